//! Resources, links and records.

use keystone_document::Node;

use super::collection::Collection;
use super::names::Taken;
use super::query::{page, queries};
use super::reader::{Keys, Reader, ReferenceKind};
use super::table::{LINK, RECORD, RESOURCE};
use super::{common_keys, each, line, names, operation, path};
use crate::model::{
    Field, Notes, Operation, Path, PathParameter, Presence, Record, Resource, Segment, Type, Usage,
    camel,
};

pub(super) fn resources(reader: &mut Reader, node: &Node) -> Vec<Resource> {
    each(reader, node, "`resources`", resource)
}

/// Reads entries that may stand for several.
fn each(
    reader: &mut Reader,
    node: &Node,
    what: &str,
    read: fn(&mut Reader, &Node, &Node) -> Option<Resource>,
) -> Vec<Resource> {
    let mut found = Vec::new();
    for (key, value) in reader.entries(node, what) {
        match value.get("each") {
            None => found.extend(read(reader, key, value)),
            Some(words) => {
                for (key, value) in each::expand(reader, words, key, value) {
                    found.extend(read(reader, &key, &value));
                }
            }
        }
    }
    found
}

fn resource(reader: &mut Reader, key: &Node, node: &Node) -> Option<Resource> {
    let name = names::snake_name(reader, key);
    let keys = reader.keys(node, &RESOURCE)?;
    let plural = plural(reader, key, &keys, &name);
    let params = path::params(reader, keys.get("params"));
    let path = match keys.get("path") {
        Some(node) => path::read(reader, node, &params),
        None => Path {
            segments: vec![Segment::Literal(plural.clone())],
            ..Path::default()
        },
    };
    let fields = fields(reader, &keys, &name);
    let mut item = path.clone();
    let parameter = text_or(reader, &keys, "param", || format!("{name}_id"));
    let parameter = PathParameter::new(&parameter, Some(name.clone()));
    item.segments.push(Segment::Parameter(parameter));
    let collection = Collection {
        type_name: camel(&name),
        keys: text_or(reader, &keys, "keys", || plural.clone()),
        path: path.clone(),
        item,
        page: page(reader, keys.get("page")),
        filters: queries(reader, keys.get("filters")),
        params,
        no_item: no_id(&name, &fields),
        notes: common_keys::notes(reader, &keys, &Notes::default()),
        hide: keys.get("hide").is_some_and(|node| reader.bool(node)),
    };
    let operations = match keys.get("operations") {
        Some(node) => operation::of_resource(reader, node, &collection),
        None => Vec::new(),
    };
    check_hide(reader, &keys, &operations);
    let records = match keys.get("records") {
        Some(node) => records(reader, node),
        None => Vec::new(),
    };
    Some(Resource {
        doc: text_or(reader, &keys, "doc", String::new),
        key: text_or(reader, &keys, "key", || name.clone()),
        keys: collection.keys,
        path,
        open: keys.get("open").is_some_and(|node| reader.bool(node)),
        strict: keys.get("strict").is_some_and(|node| reader.bool(node)),
        notes: collection.notes,
        fields,
        records,
        operations,
        plural,
        name,
    })
}

/// Why a resource has no item to act on, if so.
fn no_id(name: &str, fields: &[Field]) -> Option<String> {
    let id = Type::Id(name.to_owned());
    let has_id = |field: &Field| field.ty == id && field.response == Some(Presence::Always);
    (!fields.iter().any(has_id))
        .then(|| format!("`{name}` has no id; add the field `id: id, response`"))
}

/// `hide` on all operations has to mean something for one of them.
fn check_hide(reader: &mut Reader, keys: &Keys<'_>, operations: &[Operation]) {
    let Some(node) = keys.get("hide").filter(|node| node.text() == Some("true")) else {
        return;
    };
    if !operations.iter().any(|operation| operation.hide) {
        let message =
            "no operation here has a policy and the id of an object in its path; leave `hide` out";
        reader.problem(node.position, message);
    }
}

pub(super) fn links(reader: &mut Reader, node: &Node) -> Vec<Resource> {
    each(reader, node, "`links`", link)
}

fn link(reader: &mut Reader, key: &Node, node: &Node) -> Option<Resource> {
    let name = names::snake_name(reader, key);
    let keys = reader.keys(node, &LINK)?;
    let plural = plural(reader, key, &keys, &name);
    let params = path::params(reader, keys.get("params"));
    let item = match keys.get("path") {
        Some(node) => path::read(reader, node, &params),
        None => {
            reader.problem(node.position, "the key `path` is missing");
            return None;
        }
    };
    let of = reader.required_text(node, &keys, "of");
    if let Some(node) = keys.get("of") {
        reader.refer(ReferenceKind::Entity, &of, node.position);
    }
    let mut path = item.clone();
    // The last parameter is what is linked; fixed text may follow it.
    while let Some(Segment::Literal(_)) = path.segments.pop() {}
    let collection = Collection {
        type_name: camel(&of),
        keys: format!("{of}s"),
        path: path.clone(),
        item,
        page: page(reader, keys.get("page")),
        filters: queries(reader, keys.get("filters")),
        params,
        no_item: Some(format!("`{name}` is a link; add it to a resource")),
        notes: common_keys::notes(reader, &keys, &Notes::default()),
        hide: keys.get("hide").is_some_and(|node| reader.bool(node)),
    };
    let operations = match keys.get("operations") {
        Some(node) => operation::of_link(reader, node, &collection),
        None => {
            reader.problem(node.position, "the key `operations` is missing");
            Vec::new()
        }
    };
    check_hide(reader, &keys, &operations);
    let records = match keys.get("records") {
        Some(node) => records(reader, node),
        None => Vec::new(),
    };
    Some(Resource {
        doc: text_or(reader, &keys, "doc", String::new),
        key: of,
        keys: collection.keys,
        path,
        open: false,
        strict: false,
        notes: collection.notes,
        fields: Vec::new(),
        records,
        operations,
        plural,
        name,
    })
}

fn records(reader: &mut Reader, node: &Node) -> Vec<Record> {
    let mut records = Vec::new();
    for (key, value) in reader.entries(node, "`records`") {
        let name = reader.text(key);
        if !names::is_camel(&name) {
            let message = format!("`{name}` is not the name of a type, such as `AccessRule`");
            reader.problem(key.position, message);
        }
        names::check_type(reader, key.position, &name);
        let Some(keys) = reader.keys(value, &RECORD) else {
            continue;
        };
        let fields = match keys.get("fields") {
            Some(node) => field_lines(reader, node, line::record_field),
            None => Vec::new(),
        };
        records.push(Record {
            name,
            doc: text_or(reader, &keys, "doc", String::new),
            open: keys.get("open").is_some_and(|node| reader.bool(node)),
            fields,
            usage: Usage::Both,
        });
    }
    records
}

fn fields(reader: &mut Reader, keys: &Keys<'_>, owner: &str) -> Vec<Field> {
    let Some(node) = keys.get("fields") else {
        return Vec::new();
    };
    field_lines(reader, node, |reader, name, node| {
        line::field(reader, name, node, owner)
    })
}

fn field_lines(
    reader: &mut Reader,
    node: &Node,
    read: impl Fn(&mut Reader, &str, &Node) -> Option<Field>,
) -> Vec<Field> {
    let mut taken = Taken::new(names::OF_BODIES, names::RENAME);
    let mut fields = Vec::new();
    for (key, value) in reader.entries(node, "`fields`") {
        if let Some(field) = read(reader, key.text().unwrap_or_default(), value) {
            taken.check(reader, key.position, &field.rust_name);
            fields.push(field);
        }
    }
    fields
}

fn plural(reader: &mut Reader, key: &Node, keys: &Keys<'_>, name: &str) -> String {
    let plural = match keys.get("plural") {
        Some(node) => names::snake_name(reader, node),
        None => format!("{name}s"),
    };
    names::check_resource(reader, key.position, name, &plural);
    plural
}

fn text_or(
    reader: &mut Reader,
    keys: &Keys<'_>,
    key: &str,
    default: impl FnOnce() -> String,
) -> String {
    match keys.get(key) {
        Some(node) => reader.text(node),
        None => default(),
    }
}
