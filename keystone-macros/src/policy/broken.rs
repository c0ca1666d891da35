//! What stands in the place of a handler that has an error: one that lets nobody in.
//!
//! It has the name of the handler and a witness, so that neither `Routes` nor a call of it adds an
//! error to the one that it has.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Visibility, parse_quote};

use super::check::{Shape, is_policy, returns_future};
use super::item::Handler;
use crate::lenient::{Outline, as_written};
use crate::root::Root;

/// A handler whose arguments or whose signature are wrong.
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

/// A function whose signature is not Rust.
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

/// A function of the same name that axum can call, beside the one that was written.
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
