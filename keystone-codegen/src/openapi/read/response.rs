//! Responses: which of them are successes, and what those hold.

use std::collections::BTreeSet;

use keystone_document::{Content, Node};

use super::body::body;
use super::description;
use super::envelope::{envelope, page};
use super::media::{FORM, choose, is_binary, is_json};
use super::node_ref::NodeRef;
use super::operation_entry::OperationEntry;
use super::operation_names::OperationNames;
use super::own;
use super::reader::Reader;
use super::types::{Direction, TypeShape, Types, VariantOf};
use crate::model::{Body, Method, Operation, Page, Query, Response, ResponseHeader, Shape, Type};

const RESPONSE_KEYS: &[&str] = &[
    "$ref",
    "description",
    "headers",
    "content",
    "links",
    "summary",
];

/// A success of an operation.
enum Success<'a> {
    Empty,
    Json(Option<NodeRef<'a>>),
    Form(Option<NodeRef<'a>>),
    Raw(String),
}

/// Reads the responses of an operation into its shape.
pub(super) fn response<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    entry: &OperationEntry<'a>,
    names: &OperationNames<'_>,
    operation: &mut Operation,
) {
    let body = body(reader, types, entry, names);
    let successes = successes(reader, entry, operation);
    if names.is_own {
        let headers = &mut operation.response_headers;
        headers.retain(|header| !own::is_header(&header.name.to_ascii_lowercase()));
    }
    let own = match entry.method {
        Method::Head => Some(of_head(entry)),
        _ => own_response(reader, entry, &successes),
    };
    if let Some(response) = own {
        return set(operation, body, response);
    }
    let successes = Successes::sorted(successes);
    if successes.json.is_empty() {
        let response = without_json(reader, types, names, successes, operation);
        return set(operation, body, response);
    }
    let one = match successes.json.as_slice() {
        [Some(schema)] => envelope(reader, schema, names.is_own),
        _ => None,
    };
    let (key, ty) = match one {
        Some(found) => {
            let preferred = names.of_key(&found.key, false);
            let typed = types.ty(reader, &found.inner, &preferred, Direction::Response);
            let ty = typed.within();
            let many = found.many && !successes.empty && body.is_none();
            if many && let Some(list) = list(entry, operation, &found.key, found.next, &ty) {
                operation.shape = list;
                return;
            }
            (found.key, ty)
        }
        None => (
            String::new(),
            several(reader, types, entry, names, &successes.json),
        ),
    };
    let response = match successes.empty {
        true => Response::Optional(key, ty),
        false => Response::Value(key, ty),
    };
    set(operation, body, response);
}

fn of_head(entry: &OperationEntry<'_>) -> Response {
    match entry.place.text("x-openstack-shape") {
        Some("linked") => Response::Linked,
        _ => Response::Exists,
    }
}

/// The response where no success has a body of JSON.
fn without_json<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    names: &OperationNames<'_>,
    successes: Successes<'a>,
    operation: &mut Operation,
) -> Response {
    match (successes.form, successes.raw) {
        (Some(schema), _) => {
            let typed = types.ty(reader, &schema, &names.of("Response"), Direction::Response);
            Response::Form(typed.within())
        }
        (None, Some(media)) => {
            operation.accept = (!media.contains('*')).then_some(media);
            operation.response_headers.clear();
            Response::Raw
        }
        (None, None) => Response::Empty,
    }
}

/// What the statuses of success bring, by kind.
struct Successes<'a> {
    json: Vec<Option<NodeRef<'a>>>,
    form: Option<NodeRef<'a>>,
    raw: Option<String>,
    /// Whether one of them brings nothing.
    empty: bool,
}

impl<'a> Successes<'a> {
    fn sorted(all: Vec<Success<'a>>) -> Self {
        let mut sorted = Self {
            json: Vec::new(),
            form: None,
            raw: None,
            empty: false,
        };
        // Several statuses often have the same schema, which is one type.
        let mut seen = BTreeSet::new();
        for success in all {
            match success {
                Success::Json(schema) => {
                    if seen.insert(schema.as_ref().map(|schema| written(schema.node))) {
                        sorted.json.push(schema);
                    }
                }
                Success::Form(schema) => sorted.form = sorted.form.or(schema),
                Success::Raw(media) => sorted.raw = sorted.raw.or(Some(media)),
                Success::Empty => sorted.empty = true,
            }
        }
        sorted
    }
}

/// A list, if the operation takes pages or says that it is one.
fn list(
    entry: &OperationEntry<'_>,
    operation: &mut Operation,
    keys: &str,
    next: bool,
    ty: &Type,
) -> Option<Shape> {
    let shape = entry.place.text("x-openstack-shape");
    if shape.is_some_and(|one| one != "list") || !takes_pages(operation) {
        return None;
    }
    let item = item_of(ty)?;
    let marker = operation.query.iter().any(|query| query.name == "marker");
    let page = page(&entry.place, next, marker);
    if page != Page::None {
        operation.query.retain(|query| !is_paging(query, page));
    }
    Some(Shape::List {
        item,
        keys: keys.to_owned(),
        page,
    })
}

/// The response that the extension key gives.
fn own_response<'a>(
    reader: &mut Reader<'a>,
    entry: &OperationEntry<'a>,
    successes: &[Success<'a>],
) -> Option<Response> {
    let shape = entry.place.text("x-openstack-shape")?;
    let mut key = || {
        let schema = successes.iter().find_map(|success| match success {
            Success::Json(schema) => schema.as_ref(),
            _ => None,
        });
        let found = envelope(reader, schema?, true)?;
        Some(found.key)
    };
    match shape {
        "linked" => Some(Response::Linked),
        "issued-token" => Some(Response::IssuedToken(key()?)),
        "token-body" => Some(Response::TokenBody(key()?)),
        "raw" if successes.iter().all(|one| matches!(one, Success::Empty)) => Some(Response::Raw),
        _ => None,
    }
}

/// A node as text, to tell whether two are the same.
fn written(node: &Node) -> String {
    match &node.value {
        Content::Scalar(text) => format!("{text:?}"),
        Content::Sequence(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(","))
        }
        Content::Mapping(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|one| format!("{:?}:{}", one.name(), written(&one.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
    }
}

fn set(operation: &mut Operation, body: Option<Body>, response: Response) {
    operation.shape = Shape::Other { body, response };
}

/// Whether the runtime's lists can ask for it.
fn takes_pages(operation: &Operation) -> bool {
    let required = operation.query.iter().any(|query| query.required)
        || operation
            .parameters
            .iter()
            .any(|parameter| parameter.required);
    operation.method == Method::Get
        && !required
        && operation.authenticated
        && operation.headers.is_empty()
        && !operation.path.slash
        && !operation.path.at_root
}

fn is_paging(query: &Query, page: Page) -> bool {
    query.name == "limit" || page == Page::Marker && query.name == "marker"
}

fn item_of(ty: &Type) -> Option<String> {
    match ty {
        Type::List(item) => match item.as_ref() {
            Type::Record(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The type of several successes: a union, if they differ.
fn several<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    entry: &OperationEntry<'a>,
    names: &OperationNames<'_>,
    schemas: &[Option<NodeRef<'a>>],
) -> Type {
    let preferred = names.of("Response");
    let mut found: Vec<Type> = Vec::new();
    for (index, schema) in schemas.iter().enumerate() {
        let preferred = match index {
            0 => preferred.clone(),
            index => format!("{preferred}{}", index + 1),
        };
        let ty = match schema {
            Some(schema) => types
                .ty(reader, schema, &preferred, Direction::Response)
                .within(),
            None => Type::Json,
        };
        if !found.contains(&ty) {
            found.push(ty);
        }
    }
    match found.as_slice() {
        [one] => one.clone(),
        all if all.contains(&Type::Json) => Type::Json,
        _ => {
            let variants = found.into_iter().enumerate().map(|(index, ty)| VariantOf {
                name: format!("Response{}", index + 1),
                ty,
                tags: Vec::new(),
            });
            let what = TypeShape::Union {
                tag: None,
                variants: variants.collect(),
            };
            types.define(
                &entry.place,
                &format!("{preferred}Any"),
                Direction::Response,
                "",
                what,
            )
        }
    }
}

/// The responses that mean success, with their statuses and headers.
fn successes<'a>(
    reader: &mut Reader<'a>,
    entry: &OperationEntry<'a>,
    operation: &mut Operation,
) -> Vec<Success<'a>> {
    let Some(responses) = reader.mapping(&entry.place, "responses") else {
        return Vec::new();
    };
    let entries = by_status(reader, &responses);
    let of_class = |class: &str| -> Vec<(&str, NodeRef<'a>)> {
        let fits = entries
            .iter()
            .filter(|(status, _)| status.starts_with(class));
        fits.cloned().collect()
    };
    // A document may describe its successes as the default, or redirect only.
    let classes = ["2", "default", "3"].map(of_class);
    let good = classes.into_iter().find(|class| !class.is_empty());
    let mut found = Vec::new();
    for (status, place) in good.unwrap_or_default() {
        let Some(place) = reader.resolve(&place) else {
            continue;
        };
        reader.known_keys(&place, "a response", RESPONSE_KEYS);
        operation.statuses.extend(status.parse::<u16>());
        headers(reader, &place, operation);
        found.push(success(reader, &place));
    }
    found
}

/// The responses of an operation, sorted by status; what is no status is reported.
fn by_status<'a>(reader: &mut Reader<'a>, responses: &NodeRef<'a>) -> Vec<(&'a str, NodeRef<'a>)> {
    let mut entries = Vec::new();
    for (key, place) in responses.entries() {
        let status = key.text().unwrap_or_default();
        if status.starts_with("x-") {
            continue;
        }
        if !is_status(status) {
            let message =
                format!("`{status}` is not a status; write one such as `200`, `2XX` or `default`");
            reader.problem(&place, message);
            continue;
        }
        entries.push((status, place));
    }
    entries.sort_by_key(|(status, _)| *status);
    entries
}

fn is_status(status: &str) -> bool {
    let classes = ["1XX", "2XX", "3XX", "4XX", "5XX", "DEFAULT"];
    let number = status
        .parse::<u16>()
        .is_ok_and(|number| (100..600).contains(&number));
    number || classes.contains(&status.to_ascii_uppercase().as_str())
}

fn success<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>) -> Success<'a> {
    let Some(content) = reader.mapping(place, "content") else {
        return Success::Empty;
    };
    match choose(reader, &content) {
        None => Success::Empty,
        Some((media, schema)) if is_json(&media) && !is_binary(schema.as_ref()) => {
            Success::Json(schema)
        }
        Some((media, schema)) if media == FORM => Success::Form(schema),
        Some((media, _)) => Success::Raw(media),
    }
}

fn headers<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>, operation: &mut Operation) {
    let Some(headers) = reader.mapping(place, "headers") else {
        return;
    };
    let mut headers: Vec<_> = headers.entries().collect();
    headers.sort_by(|(a, _), (b, _)| a.text().cmp(&b.text()));
    for (key, header) in headers {
        let name = key.text().unwrap_or_default().to_owned();
        let known = operation
            .response_headers
            .iter()
            .any(|known| known.name == name);
        if known || name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        let doc = reader.resolve(&header);
        let doc = doc.and_then(|header| header.text("description"));
        operation.response_headers.push(ResponseHeader {
            doc: description::sentence(doc.unwrap_or_default()),
            name,
        });
    }
}
