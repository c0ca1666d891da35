//! One operation: its parameters, its body and its responses.

use super::description;
use super::names::{self, UsedNames};
use super::node_ref::NodeRef;
use super::operation_entry::OperationEntry;
use super::operation_names::OperationNames;
use super::own;
use super::parameter::parameters;
use super::reader::Reader;
use super::response::response;
use super::types::Types;
use crate::model::{Header, Notes, Operation, Path, Response, Shape, Type};
use crate::text;

const KEYS: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
    "deprecated",
    "security",
    "servers",
];

/// The request of an action is that of the operation around it.
const ACTION_KEYS: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "responses",
    "deprecated",
];

/// Reads an operation. `one` is the name of a type of its group.
pub(super) fn operation<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    entry: &OperationEntry<'a>,
    one: &str,
    is_own: bool,
) -> Operation {
    let place = &entry.place;
    match entry.action {
        Some(_) => reader.known_keys(place, "an action", ACTION_KEYS),
        None => reader.known_keys(place, "an operation", KEYS),
    }
    let gone = place.text("x-openstack-gone").map(str::to_owned);
    let mut operation = Operation {
        name: entry.name.clone(),
        doc: doc(place),
        shape: Shape::Other {
            body: None,
            response: Response::Empty,
        },
        method: entry.method,
        path: Path::default(),
        policies: policies(reader, place),
        statuses: Vec::new(),
        authenticated: is_authenticated(&entry.request, is_own),
        query: Vec::new(),
        headers: Vec::new(),
        parameters: Vec::new(),
        response_headers: Vec::new(),
        accept: None,
        notes: Notes {
            deprecated: deprecated(place, gone.is_some()),
            since: place.text("x-openstack-since").map(str::to_owned),
            until: place.text("x-openstack-until").map(str::to_owned),
        },
        gone,
        hide: false,
        action: entry.action.map(str::to_owned),
        task: place.text("x-openstack-task").map(str::to_owned),
    };
    let name = names::camel(&names::words(&entry.name), "Call");
    let mut taken = UsedNames::of_calls();
    parameters(
        reader,
        types,
        entry,
        (&format!("{one}{name}"), is_own),
        &mut operation,
        &mut taken,
    );
    if is_own {
        let headers = secret_headers(&entry.request, &mut taken);
        operation.headers.splice(0..0, headers);
    }
    let names = OperationNames {
        one,
        operation: &name,
        is_own,
    };
    response(reader, types, entry, &names, &mut operation);
    own::check_operation(reader, entry, &mut operation);
    clear_body_name(&mut operation, &mut taken);
    operation
}

/// The body is an argument too, called after its key.
fn clear_body_name(operation: &mut Operation, taken: &mut UsedNames) {
    let key = match &operation.shape {
        Shape::Other {
            body: Some(body), ..
        } => crate::model::snake(&body.key),
        _ => return,
    };
    if key.is_empty() || !taken.has(&key) {
        return;
    }
    let other = taken.take(&key, "_");
    for segment in &mut operation.path.segments {
        if let crate::model::Segment::Parameter(parameter) = segment
            && parameter.rust_name == key
        {
            parameter.rust_name.clone_from(&other);
        }
    }
    for query in &mut operation.query {
        if query.rust_name == key {
            query.rust_name.clone_from(&other);
        }
    }
    for parameter in &mut operation.parameters {
        if parameter.rust_name == key {
            parameter.rust_name.clone_from(&other);
        }
    }
    for header in &mut operation.headers {
        if header.rust_name == key {
            header.rust_name.clone_from(&other);
        }
    }
}

fn doc(place: &NodeRef<'_>) -> String {
    let text = |key: &str| description::sentence(place.text(key).unwrap_or_default());
    let (summary, description) = (text("summary"), text("description"));
    let mut doc = match summary.is_empty() {
        false => summary,
        true => description,
    };
    let server = place
        .get("servers")
        .and_then(|servers| servers.items().next());
    if let Some(url) = server.as_ref().and_then(|server| server.text("url")) {
        let url: String = url
            .chars()
            .filter(|letter| letter.is_ascii_graphic())
            .collect();
        let end = if doc.is_empty() || doc.ends_with('.') {
            ""
        } else {
            "."
        };
        doc = format!(
            "{doc}{end} Served at `{}`: call it on a client at that address",
            url.replace('`', "")
        );
    }
    doc.trim().to_owned()
}

fn policies<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>) -> Vec<String> {
    let policies = reader.list(place, "x-openstack-policies");
    let mut names = Vec::new();
    for policy in policies {
        let name = policy.node.text().unwrap_or_default();
        match text::problem_of_policy(name) {
            Some(problem) => reader.problem(&policy, problem),
            None => names.push(name.to_owned()),
        }
    }
    names
}

/// An empty list of requirements, or an empty requirement, means no authentication. In our documents
/// the scheme of the token is `token`; others are headers.
fn is_authenticated(place: &NodeRef<'_>, is_own: bool) -> bool {
    place.get("security").is_none_or(|security| {
        security.items().any(|one| match is_own {
            true => one.value(TOKEN).is_some(),
            false => !one.node.mapping().unwrap_or_default().is_empty(),
        })
    })
}

const TOKEN: &str = "token";

/// The headers that our documents describe as security schemes: OpenAPI ignores parameters of the
/// name `Authorization`.
fn secret_headers(place: &NodeRef<'_>, taken: &mut UsedNames) -> Vec<Header> {
    let requirements = place.get("security");
    let names = requirements.iter().flat_map(NodeRef::items);
    let names = names.flat_map(|one| one.entries().filter_map(|(key, _)| key.text()));
    names
        .filter(|name| *name != TOKEN)
        .map(|name| Header {
            name: name.to_owned(),
            rust_name: taken.take(&names::field(name), "_"),
            ty: Type::Secret,
        })
        .collect()
}

fn deprecated(place: &NodeRef<'_>, gone: bool) -> Option<String> {
    let why = place.text("x-openstack-deprecated").map(str::to_owned);
    let plain =
        || (place.flag("deprecated") && !gone).then(|| "The API's description says so".to_owned());
    why.or_else(plain)
}
