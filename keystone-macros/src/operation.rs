//! `#[operation]`: describes a handler, for the OpenAPI document of a code-first service.

use proc_macro2::TokenStream;
use syn::{Attribute, FnArg};

use crate::diag::{Errors, Expansion};
use crate::lenient;
use crate::policy::check::is_policy;
use crate::policy::item::{self, Handler, Read};
use crate::root::Root;

mod expand;
mod parse;
mod path;
mod response;

/// The handler as it is written, beside a type of its name that describes it.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let (operation, root) = parse::operation(arguments, &mut errors);
    let tokens = match item::read(item.clone()) {
        Read::Handler(handler) => handler_of(&root, operation, *handler, &mut errors),
        Read::Unreadable(error) => match lenient::outline(item.clone(), "fn") {
            Some(outline) => {
                let reported = lenient::wrong_function(item.clone())
                    || outline.attributes.iter().any(is_policy)
                    || expand::as_written(&outline.name).is_some();
                if !reported {
                    errors.push(error);
                }
                let marker = expand::Marker {
                    attributes: &outline.attributes,
                    visibility: &outline.visibility,
                    name: &outline.name,
                };
                expand::broken(&root, &marker, item)
            }
            None => {
                errors.push(error);
                item
            }
        },
        Read::Other => {
            let message = "`#[operation]` describes a handler, which is an `async fn`";
            lenient::refuse_item(item.clone(), message, &mut errors);
            item
        }
    };
    Expansion { tokens, errors }
}

fn handler_of(
    root: &Root,
    operation: Option<parse::Operation>,
    mut handler: Handler,
    errors: &mut Errors,
) -> TokenStream {
    if let Some(FnArg::Receiver(receiver)) = handler.signature.inputs.first() {
        // A stand-in of `#[policy]` has replaced it, and said why.
        if expand::as_written(&handler.signature.ident).is_none() {
            errors.at(
                receiver,
                "an operation is a function outside of an `impl` block: take what it needs as `State<..>`",
            );
            // Its error would be the same one.
            handler.attributes.retain(|attribute| !is_policy(attribute));
        }
        return quote::quote!(#handler);
    }
    second(&mut handler.attributes, errors);
    if let Some(parameter) = handler.signature.generics.params.first() {
        errors.at(
            parameter,
            "an operation is one function, and this one is generic: write it for the types that it \
             is called with",
        );
    }
    let operation = operation.filter(|_| errors.is_empty());
    let told = match &operation {
        Some(operation) if !expand::is_broken(&handler) => {
            response::check(&handler, operation, errors);
            errors.is_empty().then_some(operation)
        }
        _ => None,
    };
    match told {
        Some(operation) => expand::handler(root, operation, &handler),
        None => {
            let marker = expand::Marker::of(&handler);
            expand::broken(root, &marker, quote::quote!(#handler))
        }
    }
}

/// Reports and takes away further `#[operation]`s.
fn second(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let last = attribute.path().segments.last();
        let is_operation = last.is_some_and(|segment| segment.ident == "operation");
        if is_operation {
            errors.at(
                attribute,
                "a second operation for one handler: write a second handler that calls this one",
            );
        }
        !is_operation
    });
}

#[cfg(test)]
mod tests;
