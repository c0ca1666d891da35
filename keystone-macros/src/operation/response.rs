//! Checks that the return type of a handler says what it responds with.

use syn::{ReturnType, Type};

use super::parse::Operation;
use crate::diag::Errors;
use crate::policy::expand::holds_impl_trait;
use crate::policy::item::Handler;

/// Reports a return type that says nothing, if `response` does not either.
pub(super) fn check(handler: &Handler, operation: &Operation, errors: &mut Errors) {
    let ReturnType::Type(_, output) = &handler.signature.output else {
        return;
    };
    if operation.response.is_some() {
        return;
    }
    if operation.statuses.is_empty() && names_status(output) {
        errors.at(
            output,
            "this type does not say the status of the response: add it to `#[operation]`, as in \
             `status = 201`",
        );
        return;
    }
    let kind = match () {
        () if holds_impl_trait(output) => "`impl ..`",
        () if is_response(output) => "`Response`",
        () => return,
    };
    errors.at(
        output,
        format!(
            "{kind} does not say what this operation responds with: return a type such as \
             `Json<T>`, or add `response = Json<T>` to `#[operation]`"
        ),
    );
}

/// Whether it is axum's `Response`, or a `Result` of it.
fn is_response(output: &Type) -> bool {
    let Type::Path(path) = output else {
        return false;
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    match &last.arguments {
        syn::PathArguments::None => last.ident == "Response",
        syn::PathArguments::AngleBracketed(arguments) if last.ident == "Result" => {
            let first = arguments.args.first();
            matches!(first, Some(syn::GenericArgument::Type(inner)) if is_response(inner))
        }
        _ => false,
    }
}

/// Whether a `StatusCode` is part of the response, apart from that of an error.
fn names_status(output: &Type) -> bool {
    match output {
        Type::Group(group) => names_status(&group.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(names_status),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return false;
            };
            match &last.arguments {
                syn::PathArguments::AngleBracketed(arguments) if last.ident == "Result" => {
                    let first = arguments.args.first();
                    matches!(first, Some(syn::GenericArgument::Type(inner)) if names_status(inner))
                }
                _ => last.ident == "StatusCode",
            }
        }
        _ => false,
    }
}
