//! One operation of an OpenAPI document.

use super::names::{FORM, MEDIA_TYPE, TOKEN, no_scopes, of_type, reference};
use super::parameter::{is_authorization, parameters};
use super::resource_operation::ResourceOperation;
use super::responses::{responses, successes};
use super::schema::{Direction, Schemas};
use crate::emit::docs;
use crate::model::{Method, Operation, Page, Resource, Response, Shape};
use keystone_document::Mapping as Map;

/// The operation with this method; `parts` differ in their media types only.
pub(super) fn operation(
    schemas: &Schemas<'_>,
    method: Method,
    parts: &[ResourceOperation<'_>],
) -> Map {
    let Some(ResourceOperation {
        resource,
        operation,
    }) = parts.first().copied()
    else {
        return Map::new();
    };
    let counterpart = method != operation.method;
    let id = format!("{}.{}", resource.name, operation.name);
    let mut described = Map::new()
        .with("operationId", operation_id(&id, method, counterpart))
        .with("tags", vec![&resource.plural])
        .with("summary", summary(resource, operation));
    if operation.is_deprecated() || resource.notes.deprecated.is_some() {
        described.push("deprecated", true);
    }
    let parameters = parameters(schemas, operation, counterpart);
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

/// What an action is beside its body: an operation of its own but for method and path.
pub(super) fn action(schemas: &Schemas<'_>, part: ResourceOperation<'_>) -> Map {
    let ResourceOperation {
        resource,
        operation,
    } = part;
    let mut described = Map::new()
        .with(
            "operationId",
            format!("{}.{}", resource.name, operation.name),
        )
        .with("tags", vec![&resource.plural])
        .with("summary", summary(resource, operation));
    if operation.is_deprecated() || resource.notes.deprecated.is_some() {
        described.push("deprecated", true);
    }
    described.push("responses", successes(schemas, Method::Post, &[part]));
    described.merge(beyond_openapi(&[part]));
    described
}

fn operation_id(id: &str, method: Method, counterpart: bool) -> String {
    match counterpart {
        true => format!("{id}.{}", method.as_str().to_ascii_lowercase()),
        false => id.to_owned(),
    }
}

fn summary(resource: &Resource, operation: &Operation) -> String {
    let summary = docs::summary(resource, operation);
    summary.trim_end_matches('.').to_owned()
}

/// The policies of operations that share method and path.
pub(super) fn policies<'a>(parts: &[ResourceOperation<'a>]) -> Vec<&'a str> {
    let mut policies: Vec<&str> = Vec::new();
    for policy in parts.iter().flat_map(|part| &part.operation.policies) {
        if !policies.contains(&policy.as_str()) {
            policies.push(policy);
        }
    }
    policies
}

/// What the service enforces and does, and OpenAPI has no words for.
fn beyond_openapi(parts: &[ResourceOperation<'_>]) -> Map {
    let mut keys = Map::new().with("x-openstack-policies", policies(parts));
    for ResourceOperation {
        resource,
        operation,
    } in parts.iter().take(1)
    {
        keys.push("x-openstack-shape", shape_name(&operation.shape));
        if let Shape::List { page, .. } = operation.shape {
            keys.push("x-openstack-page", page_name(page));
        }
        if operation.hide {
            keys.push("x-openstack-hide", true);
        }
        let (since, until) = operation.versions(resource);
        keys = keys
            .with_some("x-openstack-task", operation.task.as_ref())
            .with_some("x-openstack-since", since.as_ref())
            .with_some("x-openstack-until", until.as_ref())
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
        Shape::Other { response, .. } => match response {
            Response::Empty => "empty",
            Response::Exists => "exists",
            Response::Form(_) => "form",
            Response::IssuedToken(_) => "issued-token",
            Response::Linked => "linked",
            Response::Raw => "raw",
            Response::TokenBody(_) => "token-body",
            Response::Optional(..) | Response::Value(..) => "value",
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

fn body(schemas: &Schemas<'_>, resource: &Resource, operation: &Operation) -> Option<Map> {
    let create = || reference("schemas", &format!("{}Create", resource.type_name()));
    let keyed = |key: &str, value| schemas.keyed(key, value, Direction::Request);
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
            keyed(&body.key, schemas.ty(&body.ty, Direction::Request))
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
