//! The method of an operation: its name, and whether it can be served at all.

use proc_macro2::Ident;

use crate::Error;
use crate::emit::scope::ident;
use crate::error::EmitError;
use crate::model::{Method, Operation, Path, Resource, Response, Segment, Shape, camel};

/// `list_proxies`, `update_proxy`.
pub(super) fn name(resource: &Resource, operation: &Operation) -> String {
    let of_collection = match &operation.shape {
        Shape::List { .. } | Shape::Create { many: true, .. } => true,
        Shape::Create { .. } | Shape::Get | Shape::Update => false,
        // What an OpenAPI document says of a creation is a request and a response like any other.
        Shape::Other { .. } if operation.name == "create" => false,
        Shape::Other { .. } => collection(resource).is_some_and(|path| same(&operation.path, path)),
    };
    let of = if of_collection {
        &resource.plural
    } else {
        &resource.name
    };
    format!("{}_{of}", operation.name)
}

/// The path of the collection, by the operations that every collection has: an OpenAPI document does
/// not say it otherwise.
fn collection(resource: &Resource) -> Option<&Path> {
    let mut operations = resource.operations.iter();
    let of_collection = operations.find(|one| match &one.shape {
        Shape::List { item, .. } => *item == resource.type_name(),
        Shape::Create { .. } => one.method == Method::Post,
        Shape::Other { .. } => one.name == "create",
        Shape::Get | Shape::Update => false,
    });
    let stated = (!resource.path.segments.is_empty()).then_some(&resource.path);
    stated.or(of_collection.map(|one| &one.path))
}

/// The marker of an operation: `UpdateProxy`.
pub(super) fn marker(method: &str) -> Ident {
    ident(&camel(method))
}

fn same(one: &Path, other: &Path) -> bool {
    one.at_root == other.at_root && one.template() == other.template()
}

/// Refuses what the runtime of services cannot do.
pub(super) fn check(resource: &Resource, operation: &Operation) -> Result<(), Error> {
    let name = format!("{}.{}", resource.name, operation.name);
    let refuse = |problem: String| {
        Err(EmitError::new(format!("a service cannot offer `{name}`: {problem}")).into())
    };
    if let Some(parameter) = operation.parameters.first() {
        return refuse(format!(
            "the style of its parameter `{}` cannot be read; describe it as text, `csv` or `flag`",
            parameter.name
        ));
    }
    let mixed = |segment: &Segment| matches!(segment, Segment::Mixed(_));
    if operation.path.segments.iter().any(mixed) {
        return refuse("a parameter of its path has text beside it in one segment".to_owned());
    }
    if let Shape::Other { body, response } = &operation.shape {
        if body
            .as_ref()
            .is_some_and(|body| body.form || body.media.is_some())
        {
            return refuse("its body is not JSON".to_owned());
        }
        match response {
            Response::IssuedToken(_) | Response::TokenBody(_) => {
                return refuse("tokens are what Keystone issues".to_owned());
            }
            Response::Form(_) => return refuse("its response is a form".to_owned()),
            _ => {}
        }
    }
    Ok(())
}
