//! From operations to modules: a resource for each group, with the types that only it uses.

use std::collections::{BTreeMap, BTreeSet};

use super::define::Defined;
use super::description;
use super::names::{self, UsedNames};
use super::node_ref::NodeRef;
use super::operation::operation;
use super::operation_entry::OperationEntry;
use super::own;
use super::paths::operation_entries;
use super::reader::Reader;
use super::service::Base;
use super::types::Types;
use super::{check, reader};
use crate::model::{
    Body, Definition, Identifier, Module, Notes, Operation, Page, Path, QueryKind, Resource,
    Response, Segment, Shape, Type, camel,
};

/// A group with its operations, before types have names.
struct Group {
    /// As the document writes it, in snake case.
    name: String,
    /// The name of one of it, in snake case.
    one: String,
    doc: String,
    /// Whether its lists refuse parameters that they do not know.
    strict: bool,
    operations: Vec<Operation>,
}

/// Reads all operations of a document.
pub(super) fn modules<'a>(
    reader: &mut Reader<'a>,
    root: &NodeRef<'a>,
    base: &Base,
    source: &str,
) -> Vec<Module> {
    let is_own = own::is_own_document(root);
    let mut types = Types::default();
    types.ordered = is_own;
    note_derived(reader, &mut types);
    let found = operation_entries(reader, root, base, is_own);
    let groups = groups(reader, &mut types, root, &found, is_own);
    types.finish(reader);
    let mut taken = UsedNames::types();
    let ids: Vec<String> = types.ids.iter().cloned().collect();
    let id_names: Vec<String> = ids.iter().map(|of| format!("{}Id", camel(of))).collect();
    taken.also(id_names.iter().map(String::as_str));
    let defined = Defined::new(std::mem::take(&mut types.definitions), &mut taken);
    let mut modules = assemble(groups, &defined, &mut taken, source, is_own);
    for of in ids {
        identifier(&mut modules, of);
    }
    modules.retain(|module| !module.is_empty());
    modules
}

/// Gives the ids of a resource a type, in the module of the resource if it has one.
fn identifier(modules: &mut [Module], of: String) {
    let entity = camel(&of);
    let defines = |module: &Module| module.types.iter().any(|one| one.name() == entity);
    let home = modules.iter().position(|module| {
        let mut resources = module.resources.iter();
        resources.any(|resource| resource.name == of)
    });
    let known = modules.iter().any(defines);
    let other = modules
        .iter()
        .position(|module| !module.resources.is_empty());
    let Some(module) = home.or(other).and_then(|number| modules.get_mut(number)) else {
        return;
    };
    let resource_client = module.resources.first().map(|one| camel(&one.plural));
    module.types.push(Definition::Identifier(Identifier {
        name: format!("{entity}Id"),
        of: if known {
            entity
        } else {
            resource_client.unwrap_or_default()
        },
        resource: of,
    }));
}

/// Notes which schemas are derived from which, by `allOf`.
fn note_derived<'a>(reader: &mut reader::Reader<'a>, types: &mut Types<'a>) {
    for schema in check::schemas(reader) {
        for part in schema.get("allOf").iter().flat_map(NodeRef::items) {
            if part.get("$ref").is_some()
                && let Some(base) = reader.resolve(&part)
            {
                types
                    .derived
                    .entry(base.address())
                    .or_default()
                    .push(schema.clone());
            }
        }
    }
}

fn groups<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    root: &NodeRef<'a>,
    found: &[OperationEntry<'a>],
    is_own: bool,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers = BTreeMap::new();
    for entry in found {
        let number = *numbers.entry(entry.group.as_str()).or_insert_with(|| {
            let tag = tag(root, &entry.group);
            let about = tag.as_ref().and_then(|tag| tag.get("x-openstack-resource"));
            groups.push(Group {
                name: entry.group.clone(),
                one: one_of(entry, is_own),
                doc: group_doc(tag.as_ref()),
                strict: about.is_some_and(|about| about.flag("strict")),
                operations: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(number) {
            let operation = operation(reader, types, entry, &camel(&group.one), is_own);
            group.operations.push(operation);
        }
    }
    let tasks: Vec<&str> = groups
        .iter()
        .filter(|group| group.operations.iter().any(|one| one.name == "get"))
        .map(|group| group.one.as_str())
        .collect();
    own::check_tasks(reader, found, &tasks);
    groups
}

/// The name of one of a group. Our own operations have it before the dot.
fn one_of(entry: &OperationEntry<'_>, is_own: bool) -> String {
    let id = entry.place.text("operationId").unwrap_or_default();
    match id.split_once('.') {
        Some((one, _)) if is_own => names::snake(&names::words(one), "resource"),
        _ => names::singular(&entry.group),
    }
}

/// What the document says of a group.
fn tag<'a>(root: &NodeRef<'a>, group: &str) -> Option<NodeRef<'a>> {
    let tags = root.get("tags")?;
    tags.items().find(|tag| {
        let name = tag.text("name").unwrap_or_default();
        names::snake(&names::words(name), "") == group
    })
}

fn group_doc(tag: Option<&NodeRef<'_>>) -> String {
    let doc = tag.and_then(|tag| tag.text("description"));
    description::sentence(doc.unwrap_or_default())
}

/// Gives all types their names, and each to the module that uses it.
fn assemble(
    mut groups: Vec<Group>,
    defined: &Defined,
    taken: &mut UsedNames,
    source: &str,
    is_own: bool,
) -> Vec<Module> {
    let mut users: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (number, group) in groups.iter_mut().enumerate() {
        let mut types = Vec::new();
        for operation in &mut group.operations {
            with_types(operation, &mut |ty| types.push(ty.clone()));
            with_types(operation, &mut |ty| *ty = defined.ty(ty));
        }
        for reached in defined.reach(&types) {
            users.entry(reached).or_default().insert(number);
        }
    }
    let mut modules = Vec::new();
    let mut files = UsedNames::new(&["operations", "types"]);
    let mut methods = UsedNames::of_clients();
    for (number, group) in groups.into_iter().enumerate() {
        let only_here = |users: &BTreeSet<usize>| users.len() == 1 && users.contains(&number);
        let types = of(defined, &users, only_here);
        let resource = resource(group, taken, &mut methods, is_own);
        modules.push(Module {
            name: files.take(&resource.plural, "_calls"),
            source: source.to_owned(),
            resources: vec![resource],
            types,
        });
    }
    let shared = of(defined, &users, |users| users.len() > 1);
    if !shared.is_empty() {
        modules.push(Module {
            name: "types".to_owned(),
            source: source.to_owned(),
            resources: Vec::new(),
            types: shared,
        });
    }
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    modules
}

/// The definitions with such users, in the order of their names.
fn of(
    defined: &Defined,
    users: &BTreeMap<usize, BTreeSet<usize>>,
    which: impl Fn(&BTreeSet<usize>) -> bool,
) -> Vec<Definition> {
    let mut types: Vec<Definition> = defined
        .definitions
        .iter()
        .filter(|(number, _)| users.get(number).is_some_and(&which))
        .map(|(_, definition)| definition.clone())
        .collect();
    types.sort_by(|a, b| a.name().cmp(b.name()));
    types
}

/// A resource whose names stand beside those of all types.
fn resource(
    group: Group,
    taken: &mut UsedNames,
    methods: &mut UsedNames,
    is_own: bool,
) -> Resource {
    let many = if is_own {
        group.name.clone()
    } else {
        names::plural(&group.name)
    };
    let free = |plural: &str, one: &str, taken: &UsedNames, methods: &UsedNames| {
        let builders = builders(&group.operations);
        let mut builders = builders.map(|name| format!("{}{name}", camel(one)));
        let is_free = !taken.has(&camel(plural)) && !methods.has(plural);
        is_free && camel(plural) != camel(one) && !builders.any(|name| taken.has(&name))
    };
    let mut names = (many.clone(), group.one.clone());
    let mut count = 1;
    while !free(&names.0, &names.1, taken, methods) {
        let number = if count > 1 {
            count.to_string()
        } else {
            String::new()
        };
        let one = match count > 1 || taken.has(&format!("{}{}", camel(&group.one), "Call")) {
            false if free(&format!("{many}_api"), &group.one, taken, methods) => group.one.clone(),
            _ => format!("{}_api{number}", group.one),
        };
        names = (format!("{many}_api{number}"), one);
        if camel(&names.0) == camel(&names.1) {
            names.1 = format!("{}_call{number}", group.one);
        }
        count += 1;
    }
    let (plural, name) = names;
    let builders = builders(&group.operations);
    let builders: Vec<String> = builders
        .map(|one| format!("{}{one}", camel(&name)))
        .collect();
    taken.also(
        builders
            .iter()
            .map(String::as_str)
            .chain([camel(&plural).as_str()]),
    );
    methods.also([plural.as_str()]);
    Resource {
        key: name.clone(),
        keys: plural.clone(),
        name,
        plural,
        doc: group.doc,
        path: Path::default(),
        open: false,
        strict: group.strict,
        notes: Notes::default(),
        fields: Vec::new(),
        records: Vec::new(),
        operations: group.operations,
    }
}

/// The names of the operations whose methods return a builder.
fn builders(operations: &[Operation]) -> impl Iterator<Item = String> + '_ {
    let has_one = |operation: &&Operation| {
        let optional = operation.query.iter().any(|query| !query.required)
            || operation
                .parameters
                .iter()
                .any(|parameter| !parameter.required);
        optional
            || matches!(
                operation.shape,
                Shape::List {
                    page: Page::Marker,
                    ..
                }
            )
    };
    let named = operations.iter().filter(has_one);
    named.map(|operation| camel(&operation.name))
}

/// Visits every type of an operation.
fn with_types(operation: &mut Operation, visit: &mut impl FnMut(&mut Type)) {
    for segment in &mut operation.path.segments {
        path_types(segment, visit);
    }
    for query in &mut operation.query {
        if let QueryKind::Exact(ty) = &mut query.kind {
            visit(ty);
        }
    }
    operation
        .headers
        .iter_mut()
        .for_each(|header| visit(&mut header.ty));
    operation
        .parameters
        .iter_mut()
        .for_each(|parameter| visit(&mut parameter.ty));
    match &mut operation.shape {
        Shape::List { item, .. } => {
            let mut ty = Type::Record(item.clone());
            visit(&mut ty);
            if let Type::Record(name) = ty {
                *item = name;
            }
        }
        Shape::Other { body, response } => {
            if let Some(Body { ty, .. }) = body {
                visit(ty);
            }
            if let Response::Form(ty) | Response::Optional(_, ty) | Response::Value(_, ty) =
                response
            {
                visit(ty);
            }
        }
        Shape::Create { .. } | Shape::Get | Shape::Update => {}
    }
}

fn path_types(segment: &mut Segment, visit: &mut impl FnMut(&mut Type)) {
    match segment {
        Segment::Literal(_) => {}
        Segment::Mixed(parts) => parts.iter_mut().for_each(|part| path_types(part, visit)),
        Segment::Parameter(parameter) => visit(&mut parameter.ty),
    }
}
