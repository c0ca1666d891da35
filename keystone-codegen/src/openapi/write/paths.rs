//! The paths of an API, with what can be done at each.

use super::actions::actions;
use super::operation::operation;
use super::parameter::path_parameter;
use super::resource_operation::{ResourceOperation, with_counterparts};
use super::schema::Schemas;
use crate::model::{Api, Method, Path};
use keystone_document::Mapping as Map;

/// One path and its operations, in the order in which the API names them.
struct Item<'a> {
    address: String,
    path: &'a Path,
    operations: Vec<(Method, Vec<ResourceOperation<'a>>)>,
}

pub(super) fn paths(api: &Api, schemas: &Schemas<'_>) -> Map {
    let mut paths = Map::new();
    for item in items(api) {
        let mut entry = Map::new();
        let parameters: Vec<Map> = item
            .path
            .parameters()
            .map(|parameter| path_parameter(schemas, parameter))
            .collect();
        if !parameters.is_empty() {
            entry.push("parameters", parameters);
        }
        for (method, parts) in with_counterparts(item.operations) {
            let are_actions = parts
                .first()
                .is_some_and(|part| part.operation.action.is_some());
            let described = match are_actions {
                true => actions(schemas, &parts),
                false => operation(schemas, method, &parts),
            };
            entry.push(method.as_str().to_ascii_lowercase(), described);
        }
        paths.push(item.address, entry);
    }
    paths
}

/// Operations of one method and path, such as of two media types, are one operation of OpenAPI.
fn items(api: &Api) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    for resource in api.resources() {
        for operation in &resource.operations {
            let address = api.address(&operation.path);
            let part = ResourceOperation {
                resource,
                operation,
            };
            match items.iter_mut().find(|item| item.address == address) {
                Some(item) => item.add(part),
                None => {
                    let mut item = Item {
                        address,
                        path: &operation.path,
                        operations: Vec::new(),
                    };
                    item.add(part);
                    items.push(item);
                }
            }
        }
    }
    items
}

impl<'a> Item<'a> {
    fn add(&mut self, part: ResourceOperation<'a>) {
        let method = part.operation.method;
        match self.operations.iter_mut().find(|(at, _)| *at == method) {
            Some((_, parts)) => parts.push(part),
            None => self.operations.push((method, vec![part])),
        }
    }
}
