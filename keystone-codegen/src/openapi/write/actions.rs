//! Actions: several operations of one method and path, which OpenAPI has as one.

use super::names::{MEDIA_TYPE, of_type};
use super::operation::{action, policies};
use super::parameter::parameters;
use super::resource_operation::ResourceOperation;
use super::responses::responses;
use super::schema::{Direction, Schemas};
use crate::emit::docs::with_article;
use crate::model::{Method, Shape};
use keystone_document::Mapping as Map;

/// The one operation of all actions on an item: its body has the key of one of them.
pub(super) fn actions(schemas: &Schemas<'_>, parts: &[ResourceOperation<'_>]) -> Map {
    let mut described = Map::new();
    if let Some(ResourceOperation {
        resource,
        operation,
    }) = parts.first()
    {
        described = described
            .with("operationId", format!("{}.action.post", resource.name))
            .with("tags", vec![&resource.plural])
            .with(
                "summary",
                format!("Acts on {}", with_article(&resource.name)),
            );
        let parameters = parameters(schemas, operation, false);
        if !parameters.is_empty() {
            described.push("parameters", parameters);
        }
    }
    let bodies: Vec<Map> = parts.iter().map(|part| body(schemas, *part)).collect();
    let schema = Map::new().with("oneOf", bodies);
    let content = Map::new().with(MEDIA_TYPE, Map::new().with("schema", schema));
    let body = Map::new().with("required", true).with("content", content);
    let mut all = Map::new();
    for part in parts {
        let name = part.operation.action.as_deref().unwrap_or_default();
        all.push(name, action(schemas, *part));
    }
    described
        .with("requestBody", body)
        .with("responses", responses(schemas, Method::Post, parts))
        .with("x-openstack-policies", policies(parts))
        .with("x-openstack-actions", all)
}

/// The body of one action: its name is the key, and null is the value where it takes nothing.
fn body(schemas: &Schemas<'_>, part: ResourceOperation<'_>) -> Map {
    let value = match &part.operation.shape {
        Shape::Other {
            body: Some(body), ..
        } => schemas.ty(&body.ty, Direction::Request),
        _ => of_type("null"),
    };
    let name = part.operation.action.as_deref().unwrap_or_default();
    schemas.keyed(name, value, Direction::Request)
}
