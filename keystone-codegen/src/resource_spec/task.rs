//! Operations that go on after their response: it holds a resource to poll.

use std::collections::BTreeMap;

use super::reader::{Keys, OperationReference, Reader, ReferenceKind};
use crate::model::{
    Api, Operation, Path, PathParameter, Resource, Response, ResponseHeader, Shape, Type, camel,
};

/// The status of all of them: accepted.
const STATUS: u16 = 202;

/// Gives an operation the response that `task` means.
pub(super) fn respond(reader: &mut Reader, keys: &Keys<'_>, word: &str, operation: &mut Operation) {
    let Some(node) = keys.get("task") else {
        return;
    };
    let task = reader.text(node);
    if ["list", "get", "head"].contains(&word) {
        let message = format!("`{word}` starts no work; leave `task` out");
        reader.problem(node.position, message);
        return;
    }
    for key in ["response", "status", "gone"] {
        if let Some(node) = keys.get(key) {
            let message = format!(
                "an operation with `task` responds with {STATUS} and that resource; leave `{key}` out"
            );
            reader.problem(node.position, message);
        }
    }
    reader.refer_from(ReferenceKind::Task, &task, node.position, &operation.path);
    operation.statuses = vec![STATUS];
    operation.response_headers.push(ResponseHeader {
        name: "Location".to_owned(),
        doc: "The path of the task".to_owned(),
    });
    if let Shape::Other { response, .. } = &mut operation.shape {
        // The key is known when all files are read.
        *response = Response::Value(String::new(), Type::Record(camel(&task)));
    }
    operation.task = Some(task);
}

/// A task can be polled: it has `get`, and its path is known from that of the operation.
pub(super) fn check(reader: &mut Reader, resources: &[&Resource], reference: &OperationReference) {
    let name = reference.name();
    let Some(task) = resources.iter().find(|resource| resource.name == name) else {
        let known: Vec<&str> = resources
            .iter()
            .filter(|resource| poll(resource).is_some())
            .map(|resource| resource.name.as_str())
            .collect();
        let hint = keystone_document::hint_or(name, &known, "describe it in one of the files");
        let message = format!("`{name}` is not a resource with `get`{hint}");
        return reader.unresolved(reference.reference(), message);
    };
    let Some(get) = poll(task) else {
        let message = format!(
            "`{name}` has no operation `get`, by which callers see how far the work is; add it"
        );
        return reader.unresolved(reference.reference(), message);
    };
    let known: Vec<&PathParameter> = reference.path.parameters().collect();
    let is_known = |wanted: &PathParameter| {
        wanted.id_of.as_deref() == Some(name) || known.iter().any(|one| one.name == wanted.name)
    };
    if let Some(missing) = get.parameters().find(|wanted| !is_known(wanted)) {
        let message = format!(
            "`Location` would be `{}`, but the path of this operation has no `{{{}}}`; put it there, or choose another path for `{name}`",
            get.template(),
            missing.name
        );
        reader.unresolved(reference.reference(), message);
    }
}

/// The path at which a resource is polled.
fn poll(resource: &Resource) -> Option<&Path> {
    let mut operations = resource.operations.iter();
    let get = operations.find(|operation| matches!(operation.shape, Shape::Get))?;
    resource.has_entity().then_some(&get.path)
}

/// Puts the key of the task around the responses that hold one.
pub(super) fn add_keys(api: &mut Api) {
    let keys: BTreeMap<String, String> = api
        .resources()
        .map(|resource| (resource.name.clone(), resource.key.clone()))
        .collect();
    let modules = api.modules.iter_mut();
    let resources = modules.flat_map(|module| &mut module.resources);
    for operation in resources.flat_map(|resource| &mut resource.operations) {
        let known = operation.task.as_ref().and_then(|task| keys.get(task));
        if let (Shape::Other { response, .. }, Some(known)) = (&mut operation.shape, known)
            && let Response::Value(key, _) = response
        {
            key.clone_from(known);
        }
    }
}
