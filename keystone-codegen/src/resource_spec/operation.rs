//! Operations: the usual ones by name, all others by method and path.

use std::collections::BTreeMap;

use keystone_policy::yaml::Node;

use super::names::{OF_HANDLES, Taken};
use super::reader::{Keys, Reader, Wants};
use super::resource::{page, queries};
use super::table::{METHODS, OTHER, USUAL};
use super::{line, path};
use crate::model::{Answer, Body, Method, Operation, Page, Path, Query, Shape, Type, camel};

/// What the usual operations are done on.
pub(super) struct Collection {
    pub(super) type_name: String,
    pub(super) keys: String,
    pub(super) path: Path,
    pub(super) item: Path,
    pub(super) page: Page,
    pub(super) filters: Vec<Query>,
    pub(super) params: BTreeMap<String, Type>,
}

const OF_RESOURCE: &[&str] = &["list", "create", "put", "get", "update", "delete"];
const OF_LINK: &[&str] = &["list", "add", "check", "remove"];

pub(super) fn of_resource(
    reader: &mut Reader,
    node: &Node,
    collection: &Collection,
) -> Vec<Operation> {
    operations(reader, node, collection, OF_RESOURCE)
}

pub(super) fn of_link(reader: &mut Reader, node: &Node, collection: &Collection) -> Vec<Operation> {
    operations(reader, node, collection, OF_LINK)
}

fn operations(
    reader: &mut Reader,
    node: &Node,
    collection: &Collection,
    usual_names: &[&str],
) -> Vec<Operation> {
    let mut taken = Taken::new(OF_HANDLES, "choose another");
    let mut operations = Vec::new();
    for (key, value) in reader.entries(node, "`operations`") {
        let name = key.text().unwrap_or_default();
        taken.check(reader, key.position, name);
        let has_method = METHODS.iter().any(|method| value.get(method).is_some());
        if has_method {
            operations.extend(other(reader, name, value, collection));
        } else if usual_names.contains(&name) {
            operations.extend(usual(reader, name, value, collection));
        } else if value.mapping().is_some() {
            let message = format!(
                "`{name}` is none of `{}`, so it needs its method and path, such as `get: users/{{user_id}}`",
                usual_names.join("`, `")
            );
            reader.problem(key.position, message);
        } else {
            reader.unknown(key.position, "a usual operation", name, usual_names);
        }
    }
    operations
}

/// Method, status and shape of an operation with a usual name, and whether it is done on one item.
fn meaning(name: &str, collection: &Collection) -> (Method, u16, Shape, bool) {
    let nothing = |answer| Shape::Other { body: None, answer };
    match name {
        "list" => {
            let shape = Shape::List {
                item: collection.type_name.clone(),
                keys: collection.keys.clone(),
                page: collection.page,
            };
            (Method::Get, 200, shape, false)
        }
        "create" => (Method::Post, 201, Shape::Create, false),
        "put" => (Method::Put, 201, Shape::Create, true),
        "get" => (Method::Get, 200, Shape::Get, true),
        "update" => (Method::Patch, 200, Shape::Update, true),
        "add" => (Method::Put, 204, nothing(Answer::Empty), true),
        "check" => (Method::Head, 204, nothing(Answer::Exists), true),
        _ => (Method::Delete, 204, nothing(Answer::Empty), true),
    }
}

fn usual(
    reader: &mut Reader,
    name: &str,
    node: &Node,
    collection: &Collection,
) -> Option<Operation> {
    let (method, usual_status, shape, on_item) = meaning(name, collection);
    let keys = match node.mapping() {
        Some(_) => reader.keys(node, &USUAL)?,
        None => Keys::from([("policy", node)]),
    };
    let mut query = queries(reader, keys.get("query"));
    if name == "list" {
        query.extend(collection.filters.iter().cloned());
    }
    Some(Operation {
        name: name.to_owned(),
        doc: doc(reader, &keys),
        shape,
        method,
        path: if on_item {
            collection.item.clone()
        } else {
            collection.path.clone()
        },
        policies: policies(reader, node, &keys),
        status: status(reader, &keys, usual_status),
        authenticated: true,
        query,
        secret_header: None,
    })
}

fn other(
    reader: &mut Reader,
    name: &str,
    node: &Node,
    collection: &Collection,
) -> Option<Operation> {
    let keys = reader.keys(node, &OTHER)?;
    let mut methods = METHODS.iter().filter(|method| keys.contains_key(*method));
    let word = methods.next()?;
    if let Some(second) = methods.next() {
        reader.problem(
            node.position,
            format!("`{word}` and `{second}` are both given, keep one"),
        );
    }
    let method = match *word {
        "delete" => Method::Delete,
        "head" => Method::Head,
        "patch" => Method::Patch,
        "post" => Method::Post,
        "put" => Method::Put,
        _ => Method::Get,
    };
    let path = keys
        .get(word)
        .map(|node| path::read(reader, node, &collection.params))?;
    let (shape, usual_status) = if *word == "list" {
        (list_shape(reader, node, &keys), 200)
    } else {
        other_shape(reader, &keys, method)
    };
    Some(Operation {
        name: name.to_owned(),
        doc: doc(reader, &keys),
        shape,
        method,
        path,
        policies: policies(reader, node, &keys),
        status: status(reader, &keys, usual_status),
        authenticated: keys
            .get("authenticated")
            .is_none_or(|node| reader.bool(node)),
        query: queries(reader, keys.get("query")),
        secret_header: keys.get("header").map(|node| reader.text(node)),
    })
}

fn list_shape(reader: &mut Reader, node: &Node, keys: &Keys<'_>) -> Shape {
    let of = reader.required_text(node, keys, "of");
    if let Some(node) = keys.get("of") {
        reader.refer(Wants::Entity, &of, node.position);
    }
    Shape::List {
        item: camel(&of),
        keys: format!("{of}s"),
        page: page(reader, keys.get("page")),
    }
}

fn other_shape(reader: &mut Reader, keys: &Keys<'_>, method: Method) -> (Shape, u16) {
    let body = keys.get("body").and_then(|node| {
        let (key, value) = reader.entry(node, "`body`")?;
        Some(Body {
            key: reader.text(key),
            ty: line::ty(reader, value, None),
        })
    });
    let answer = match keys.get("answer") {
        Some(node) => answer(reader, node),
        None => Answer::Empty,
    };
    let status = match (&answer, method) {
        (Answer::Empty, _) => 204,
        (_, Method::Post) => 201,
        _ => 200,
    };
    (Shape::Other { body, answer }, status)
}

fn answer(reader: &mut Reader, node: &Node) -> Answer {
    if node.text() == Some("exists") {
        return Answer::Exists;
    }
    let Some((key, value)) = reader.entry(node, "`answer`") else {
        return Answer::Empty;
    };
    let key = reader.text(key);
    match value.text() {
        Some("token body") => Answer::TokenBody(key),
        Some("issued token") => Answer::IssuedToken(key),
        _ => Answer::Value(key, line::ty(reader, value, None)),
    }
}

/// An operation without any policy must say so: `public`.
fn policies(reader: &mut Reader, node: &Node, keys: &Keys<'_>) -> Vec<String> {
    let Some(policy) = keys.get("policy") else {
        let message =
            "the key `policy` is missing; an operation that is open to all says `policy: public`";
        reader.problem(node.position, message);
        return Vec::new();
    };
    match (policy.text(), policy.sequence()) {
        (Some("public"), _) => Vec::new(),
        (Some(""), _) => {
            reader.problem(policy.position, "a policy has a name, or is `public`");
            Vec::new()
        }
        (Some(name), _) => vec![name.to_owned()],
        (None, Some(names)) => names.iter().map(|name| reader.text(name)).collect(),
        (None, None) => {
            reader.problem(
                policy.position,
                "expected a policy, a list of them, or `public`",
            );
            Vec::new()
        }
    }
}

fn doc(reader: &mut Reader, keys: &Keys<'_>) -> String {
    keys.get("doc")
        .map(|node| reader.text(node))
        .unwrap_or_default()
}

fn status(reader: &mut Reader, keys: &Keys<'_>, usual: u16) -> u16 {
    let Some(node) = keys.get("status") else {
        return usual;
    };
    match node.text().and_then(|text| text.parse().ok()) {
        Some(status) if (200..400).contains(&status) => status,
        _ => {
            reader.problem(node.position, "expected a status of success, such as 204");
            usual
        }
    }
}
