//! Operations: the usual ones by name, all others by method and path.

use keystone_document::{Node, suggest};

use super::collection::Collection;
use super::common_keys::{doc, notes, policies, statuses};
use super::names::{OF_RESOURCE_CLIENTS, RENAME, Taken};
use super::query::queries;
use super::reader::{Keys, Reader};
use super::shape::{list_shape, other_shape};
use super::table::{METHODS, OTHER, USUAL};
use super::{action, path, task};
use crate::model::{Header, Method, Operation, Response, Shape};

const OF_RESOURCE: &[&str] = &["list", "create", "put", "get", "update", "delete"];
const CREATE: Shape = Shape::Create {
    bare: false,
    many: false,
};
const OF_LINK: &[&str] = &["list", "add", "check", "remove"];

pub(super) fn of_resource(
    reader: &mut Reader,
    node: &Node,
    collection: &Collection,
) -> Vec<Operation> {
    let mut operations = operations(reader, node, collection, OF_RESOURCE);
    // Where nothing can be created otherwise, PUT is how it is created.
    if !operations
        .iter()
        .any(|operation| operation.name == "create")
    {
        for operation in &mut operations {
            if matches!(operation.shape, Shape::Create { .. }) {
                "create".clone_into(&mut operation.name);
            }
        }
    }
    operations
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
    let mut taken = Taken::new(OF_RESOURCE_CLIENTS, "choose another");
    let mut operations = Vec::new();
    for (key, value) in reader.entries(node, "`operations`") {
        let name = key.text().unwrap_or_default();
        taken.check(reader, key.position, name);
        let has_method = METHODS.iter().any(|method| value.get(method).is_some());
        if has_method {
            operations.extend(other(reader, name, value, collection));
        } else if usual_names.contains(&name) {
            operations.extend(usual(reader, name, value, collection));
        } else if let Some(misspelt) = misspelt_method(value) {
            let what = "a key of an operation";
            reader.unknown(
                misspelt.position,
                what,
                misspelt.text().unwrap_or_default(),
                METHODS,
            );
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

/// The key of an operation that was meant to be its method.
fn misspelt_method(node: &Node) -> Option<&Node> {
    let known = |name: &str| OTHER.rows.iter().any(|row| row.key == name);
    let mut keys = node.mapping()?.iter().map(|entry| &entry.key);
    keys.find(|key| {
        let name = key.text().unwrap_or_default();
        !known(name) && suggest(name, METHODS).is_some()
    })
}

/// Method, status and shape of an operation with a usual name, and whether it is done on one item.
fn meaning(name: &str, collection: &Collection) -> (Method, u16, Shape, bool) {
    let nothing = |response| Shape::Other {
        body: None,
        response,
    };
    match name {
        "list" => {
            let shape = Shape::List {
                item: collection.type_name.clone(),
                keys: collection.keys.clone(),
                page: collection.page,
            };
            (Method::Get, 200, shape, false)
        }
        "create" => (Method::Post, 201, CREATE, false),
        "put" => (Method::Put, 201, CREATE, true),
        "get" => (Method::Get, 200, Shape::Get, true),
        "update" => (Method::Patch, 200, Shape::Update, true),
        "add" => (Method::Put, 204, nothing(Response::Empty), true),
        "check" => (Method::Head, 204, nothing(Response::Linked), true),
        _ => (Method::Delete, 204, nothing(Response::Empty), true),
    }
}

fn usual(
    reader: &mut Reader,
    name: &str,
    node: &Node,
    collection: &Collection,
) -> Option<Operation> {
    let (method, usual_status, mut shape, on_item) = meaning(name, collection);
    let keys = match node.mapping() {
        Some(_) => reader.keys(node, &USUAL)?,
        None => Keys::from([("policy", node)]),
    };
    for key in ["bare", "many"] {
        let Some(node) = keys.get(key) else { continue };
        let yes = reader.bool(node);
        match &mut shape {
            Shape::Create { bare, .. } if key == "bare" => *bare = yes,
            Shape::Create { many, .. } => *many = yes,
            _ => reader.problem(node.position, format!("`{key}` is for `create` and `put`")),
        }
    }
    let mut query = queries(reader, keys.get("query"));
    if name == "list" {
        query.extend(collection.filters.iter().cloned());
    }
    let mut operation = Operation {
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
        statuses: statuses(reader, &keys, usual_status),
        authenticated: true,
        query,
        headers: Vec::new(),
        parameters: Vec::new(),
        response_headers: Vec::new(),
        accept: None,
        notes: notes(reader, &keys, &collection.notes),
        gone: None,
        hide: false,
        action: None,
        task: None,
    };
    hide(reader, &keys, collection, &mut operation);
    Some(operation)
}

/// Whether an operation hides its object: as it says, or as its resource says of all.
fn hide(reader: &mut Reader, keys: &Keys<'_>, collection: &Collection, operation: &mut Operation) {
    let problem = operation.problem_of_hide();
    let Some(node) = keys.get("hide") else {
        operation.hide = collection.hide && problem.is_none();
        return;
    };
    let hide = reader.bool(node);
    operation.hide = hide && problem.is_none();
    // An operation without the key `policy` has a problem of its own.
    if let Some(problem) = problem.filter(|_| hide && keys.contains_key("policy")) {
        reader.problem(node.position, problem);
    }
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
    let second = methods.next().filter(|_| !keys.contains_key("action"));
    if let Some(second) = second {
        reader.problem(
            node.position,
            format!("`{word}` and `{second}` are both given, keep one"),
        );
    }
    let method = match *word {
        "delete" => Method::Delete,
        "head" => Method::Head,
        "patch" => Method::Patch,
        "post" | "action" => Method::Post,
        "put" => Method::Put,
        _ => Method::Get,
    };
    let action = keys.get("action").and_then(|node| node.text());
    let path = match keys.get("action") {
        Some(node) => action::path(reader, node, &keys, collection)?,
        None => keys
            .get(word)
            .map(|node| path::read(reader, node, &collection.params))?,
    };
    let (shape, usual_status) = if *word == "list" {
        (list_shape(reader, node, &keys), 200)
    } else {
        other_shape(reader, &keys, method, action)
    };
    let gone = keys.get("gone").map(|node| reader.text(node));
    let mut statuses = statuses(reader, &keys, usual_status);
    if gone.is_some() {
        statuses.clear();
    }
    let mut operation = Operation {
        name: name.to_owned(),
        doc: doc(reader, &keys),
        shape,
        method,
        path,
        policies: policies(reader, node, &keys),
        statuses,
        authenticated: keys
            .get("authenticated")
            .is_none_or(|node| reader.bool(node)),
        query: queries(reader, keys.get("query")),
        headers: headers(reader, keys.get("headers")),
        parameters: Vec::new(),
        response_headers: Vec::new(),
        accept: keys.get("accept").map(|node| reader.text(node)),
        notes: notes(reader, &keys, &collection.notes),
        gone,
        hide: false,
        action: action.map(str::to_owned),
        task: None,
    };
    task::respond(reader, &keys, word, &mut operation);
    hide(reader, &keys, collection, &mut operation);
    Some(operation)
}

fn headers(reader: &mut Reader, node: Option<&&Node>) -> Vec<Header> {
    let Some(node) = node else {
        return Vec::new();
    };
    let mut taken = Taken::new(&[], RENAME);
    let mut headers = Vec::new();
    for (key, value) in reader.entries(node, "`headers`") {
        if let Some(header) = super::line::header(reader, key.text().unwrap_or_default(), value) {
            taken.check(reader, key.position, &header.rust_name);
            headers.push(header);
        }
    }
    headers
}
