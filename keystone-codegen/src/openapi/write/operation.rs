//! One operation of an OpenAPI document.

use super::answer::responses;
use super::components::{LIMIT, MARKER, MEDIA_TYPE, TOKEN};
use super::paths::parameter_at;
use super::schema::{Schemas, Side, of_type};
use super::{no_scopes, reference};
use crate::emit::docs;
use crate::model::{
    Answer, Header, Method, Operation, Page, Place, Query, QueryKind, Resource, Shape, Style,
    Styled, snake,
};
use keystone_document::Mapping as Map;

/// An operation and the resource that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) resource: &'a Resource,
    pub(super) operation: &'a Operation,
}

/// Where there is GET there is HEAD, and the other way round.
pub(super) fn with_twin(
    mut operations: Vec<(Method, Vec<Part<'_>>)>,
) -> Vec<(Method, Vec<Part<'_>>)> {
    for (one, other) in [(Method::Get, Method::Head), (Method::Head, Method::Get)] {
        let has = |method| operations.iter().position(|(at, _)| *at == method);
        if let (Some(index), None) = (has(one), has(other))
            && let Some((_, parts)) = operations.get(index)
        {
            // A check is the same with and without a body; of several media types, the first counts.
            let parts = parts.iter().take(1).copied().collect();
            operations.insert(index + 1, (other, parts));
        }
    }
    operations
}

/// The operation with this method; `parts` differ in their media types only.
pub(super) fn operation(schemas: &Schemas<'_>, method: Method, parts: &[Part<'_>]) -> Map {
    let Some(Part {
        resource,
        operation,
    }) = parts.first().copied()
    else {
        return Map::new();
    };
    let twin = method != operation.method;
    let id = format!("{}.{}", resource.name, operation.name);
    let mut described = Map::new()
        .with("operationId", operation_id(&id, method, twin))
        .with("tags", vec![&resource.plural])
        .with("summary", summary(resource, operation));
    if operation.is_deprecated() || resource.notes.deprecated.is_some() {
        described.push("deprecated", true);
    }
    let parameters = parameters(schemas, operation, twin);
    if !parameters.is_empty() {
        described.push("parameters", parameters);
    }
    if let Some(body) = body(schemas, resource, operation) {
        described.push("requestBody", body);
    }
    described.push("responses", responses(schemas, method, parts));
    if let Some(security) = security(operation) {
        described.push("security", security);
    }
    described.merge(beyond_openapi(parts));
    described
}

fn operation_id(id: &str, method: Method, twin: bool) -> String {
    match twin {
        true => format!("{id}.{}", method.as_str().to_ascii_lowercase()),
        false => id.to_owned(),
    }
}

fn summary(resource: &Resource, operation: &Operation) -> String {
    let summary = docs::summary(resource, operation);
    summary.trim_end_matches('.').to_owned()
}

/// What the service enforces and does, and OpenAPI has no words for.
fn beyond_openapi(parts: &[Part<'_>]) -> Map {
    let mut policies: Vec<&str> = Vec::new();
    for policy in parts.iter().flat_map(|part| &part.operation.policies) {
        if !policies.contains(&policy.as_str()) {
            policies.push(policy);
        }
    }
    let mut keys = Map::new().with("x-openstack-policies", policies);
    for Part {
        resource,
        operation,
    } in parts.iter().take(1)
    {
        keys.push("x-openstack-shape", shape_name(&operation.shape));
        if let Shape::List { page, .. } = operation.shape {
            keys.push("x-openstack-page", page_name(page));
        }
        let since = operation.notes.since.as_ref();
        keys = keys
            .with_some("x-openstack-since", since.or(resource.notes.since.as_ref()))
            .with_some("x-openstack-gone", operation.gone.as_ref())
            .with_some(
                "x-openstack-deprecated",
                operation.notes.deprecated.as_ref(),
            );
    }
    keys
}

fn shape_name(shape: &Shape) -> &'static str {
    match shape {
        Shape::List { .. } => "list",
        Shape::Create { .. } => "create",
        Shape::Get => "get",
        Shape::Update => "update",
        Shape::Other { answer, .. } => match answer {
            Answer::Empty => "empty",
            Answer::Exists => "exists",
            Answer::Form(_) => "form",
            Answer::IssuedToken(_) => "issued-token",
            Answer::Linked => "linked",
            Answer::Raw => "raw",
            Answer::TokenBody(_) => "token-body",
            Answer::Optional(..) | Answer::Value(..) => "value",
        },
    }
}

fn page_name(page: Page) -> &'static str {
    match page {
        Page::Echo => "echo",
        Page::Marker => "marker",
        Page::None => "none",
    }
}

/// The requirements, where they are not those of the document. A header `Authorization` is one,
/// since OpenAPI ignores parameters of that name.
fn security(operation: &Operation) -> Option<Vec<Map>> {
    let by_header = operation
        .headers
        .iter()
        .find(|header| is_authorization(header));
    match (by_header, operation.authenticated) {
        (Some(header), false) => Some(vec![Map::new().with(&header.name, no_scopes())]),
        (Some(header), true) => Some(vec![
            Map::new()
                .with(TOKEN, no_scopes())
                .with(&header.name, no_scopes()),
        ]),
        (None, false) => Some(Vec::new()),
        (None, true) => None,
    }
}

pub(super) fn is_authorization(header: &Header) -> bool {
    header.name.eq_ignore_ascii_case("authorization")
}

/// Parameters of the query and headers. A twin takes what is required only: its answer has no
/// body, so there is nothing to choose.
fn parameters(schemas: &Schemas<'_>, operation: &Operation, twin: bool) -> Vec<Map> {
    let headers = operation
        .headers
        .iter()
        .filter(|header| !is_authorization(header))
        .map(|header| {
            let schema = schemas.ty(&header.ty, Side::Request);
            parameter_at("header", &header.name, true, schema).with_some(
                "x-openstack-name",
                rust_name(&header.name, &header.rust_name),
            )
        });
    let queries = operation
        .query
        .iter()
        .filter(|query| query.required || !twin)
        .map(|query| query_parameter(schemas, query));
    let styled = operation
        .styled
        .iter()
        .filter(|parameter| parameter.required || !twin)
        .map(|parameter| styled_parameter(schemas, parameter));
    let pages = match &operation.shape {
        _ if twin => &[][..],
        Shape::List {
            page: Page::Marker, ..
        } => &[LIMIT, MARKER][..],
        Shape::List {
            page: Page::Echo, ..
        } => &[LIMIT][..],
        _ => &[][..],
    };
    let pages = pages.iter().map(|name| reference("parameters", name));
    headers.chain(queries).chain(styled).chain(pages).collect()
}

fn styled_parameter(schemas: &Schemas<'_>, parameter: &Styled) -> Map {
    let place = match parameter.place {
        Place::Cookie => "cookie",
        Place::Header => "header",
        Place::Query => "query",
    };
    let style = match parameter.style {
        Style::DeepObject => Some("deepObject"),
        Style::Form => Some("form"),
        Style::Json => None,
        Style::Pipe => Some("pipeDelimited"),
        Style::Simple => Some("simple"),
        Style::Space => Some("spaceDelimited"),
    };
    let schema = schemas.ty(&parameter.ty, Side::Request);
    let mut described = Map::new().with("name", &parameter.name).with("in", place);
    if parameter.required {
        described.push("required", true);
    }
    let doc = Some(&parameter.doc).filter(|doc| !doc.is_empty());
    described = described.with_some("description", doc.map(|doc| docs::sentence(doc)));
    match style {
        Some(style) => described
            .with("style", style)
            .with("explode", parameter.explode)
            .with("schema", schema),
        None => {
            let media = Map::new().with("schema", schema);
            described.with("content", Map::new().with(MEDIA_TYPE, media))
        }
    }
    .with_some(
        "x-openstack-name",
        rust_name(&parameter.name, &parameter.rust_name),
    )
}

fn query_parameter(schemas: &Schemas<'_>, query: &Query) -> Map {
    let (schema, words) = match &query.kind {
        QueryKind::Exact(ty) => (schemas.ty(ty, Side::Request), None),
        QueryKind::Csv => (
            of_type("array").with("items", of_type("string")),
            Some("csv"),
        ),
        QueryKind::Flag => (of_type("boolean").with("const", true), Some("flag")),
        QueryKind::Text => (of_type("string"), Some("text")),
        QueryKind::Time => (of_type("string").with("pattern", TIME_MATCH), Some("time")),
    };
    let mut parameter = parameter_at("query", &query.name, query.required, schema);
    if query.kind == QueryKind::Csv {
        parameter.push("style", "form");
        parameter.push("explode", false);
    }
    if !query.doc.is_empty() {
        parameter.push("description", docs::sentence(&query.doc));
    }
    parameter
        .with_some("x-openstack-type", words)
        .with_some("x-openstack-name", rust_name(&query.name, &query.rust_name))
        .with_some("x-openstack-since", query.since.as_ref())
}

/// The name in Rust, where it is not what the name on the wire leads to.
pub(super) fn rust_name<'a>(wire: &str, rust: &'a str) -> Option<&'a str> {
    (snake(wire) != rust).then_some(rust)
}

/// A moment with an operator before it.
const TIME_MATCH: &str =
    r"^((lt|lte|gt|gte|eq|neq):)?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$";

fn body(schemas: &Schemas<'_>, resource: &Resource, operation: &Operation) -> Option<Map> {
    let create = || reference("schemas", &format!("{}Create", resource.type_name()));
    let keyed = |key: &str, value| keyed(schemas, key, value);
    let (mut media, mut required) = (MEDIA_TYPE, true);
    let schema = match &operation.shape {
        Shape::Create { bare: true, .. } => create(),
        Shape::Create { many: true, .. } => {
            keyed(&resource.keys, of_type("array").with("items", create()))
        }
        Shape::Create { .. } => keyed(&resource.key, create()),
        Shape::Update => {
            let change = reference("schemas", &format!("{}Update", resource.type_name()));
            keyed(&resource.key, change)
        }
        Shape::Other {
            body: Some(body), ..
        } => {
            let usual = if body.form { FORM } else { MEDIA_TYPE };
            media = body.media.as_deref().unwrap_or(usual);
            required = !body.optional;
            keyed(&body.key, schemas.ty(&body.ty, Side::Request))
        }
        _ => return None,
    };
    let content = Map::new().with(media, Map::new().with("schema", schema));
    Some(
        Map::new()
            .with("required", required)
            .with("content", content),
    )
}

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// An object with one key, or the value itself if the key is empty.
pub(super) fn keyed(schemas: &Schemas<'_>, key: &str, value: Map) -> Map {
    match key {
        "" => value,
        key => {
            let object = of_type("object")
                .with("required", vec![key])
                .with("properties", Map::new().with(key, value));
            schemas.close(object, false)
        }
    }
}
