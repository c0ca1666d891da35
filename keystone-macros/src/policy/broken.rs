//! Stand-ins for handlers with errors, which refuse every request.
//!
//! They have the name of the handler and a witness, so that neither `Routes` nor calls add errors.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Visibility, parse_quote};

use super::check::{Shape, is_policy, returns_future};
use super::item::Handler;
use crate::lenient::{Outline, as_written};
use crate::root::Root;

/// A handler with an invalid attribute or signature.
pub(super) fn handler(root: &Root, mut handler: Handler, shape: Shape) -> TokenStream {
    handler.attributes.retain(|attribute| !is_policy(attribute));
    match shape {
        Shape::Callable => {
            let witness = witness(root);
            handler.prepend(parse_quote!(_: #witness));
            if handler.signature.asyncness.is_none() && !returns_future(&handler.signature) {
                handler.signature.asyncness = Some(<_>::default());
            }
            handler.into_token_stream()
        }
        Shape::NotCallable => replaced(root, handler),
        Shape::OfATrait => handler.into_token_stream(),
    }
}

/// A function whose signature cannot be parsed.
pub(super) fn unread(root: &Root, outline: Outline) -> TokenStream {
    let Outline {
        attributes,
        visibility,
        name,
        renamed,
        ..
    } = outline;
    let stand_in = stand_in(root, &attributes, &visibility, &name);
    quote! {
        #stand_in
        #[allow(dead_code, non_snake_case)]
        #renamed
    }
}

/// A stand-in that axum can call, beside the original function under another name.
fn replaced(root: &Root, mut handler: Handler) -> TokenStream {
    let name = &handler.signature.ident;
    let stand_in = stand_in(root, &handler.attributes, &handler.visibility, name);
    handler.signature.ident = as_written(name);
    quote! {
        #stand_in
        #[allow(dead_code, non_snake_case)]
        #handler
    }
}

fn stand_in(
    root: &Root,
    attributes: &[Attribute],
    visibility: &Visibility,
    name: &Ident,
) -> TokenStream {
    let witness = witness(root);
    let cfgs = attributes.iter().filter(|one| one.path().is_ident("cfg"));
    quote! {
        #(#cfgs)*
        #[allow(missing_docs, dead_code)]
        #visibility async fn #name(refused: #witness) -> #witness {
            refused
        }
    }
}

fn witness(root: &Root) -> TokenStream {
    quote!(#root::__private::Broken)
}
