//! What is checked of a request beyond its types: microversions, policies of attributes, limits.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::restricted::{Limits, contains, restricted, service_api};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::model::{Field, Presence};

/// How an attribute of a request is held.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Held {
    /// By itself: it is always there.
    Plain,
    /// In an `Option` that is none if it is absent.
    Option,
    /// In a `Patch`, where null is a value too.
    Patch,
}

impl Held {
    /// How a request holds an attribute of this presence.
    pub(super) fn of(presence: Presence, nullable: bool, limits: &Limits<'_>) -> Self {
        let may_lack = presence == Presence::Maybe || limits.is_versioned();
        match (may_lack, nullable) {
            (false, _) => Self::Plain,
            (true, false) => Self::Option,
            (true, true) => Self::Patch,
        }
    }
}

/// The implementation for the attributes of a request.
pub(super) fn structure<'f>(
    sink: &Sink<'_>,
    name: &str,
    fields: impl Iterator<Item = (&'f Field, Presence, Held)>,
) -> TokenStream {
    let names = restricted(sink.context);
    let checks: Vec<TokenStream> = fields
        .filter_map(|(field, presence, held)| check(sink, field, presence, held, &names))
        .collect();
    implementation(sink, name, &checks)
}

/// The implementation with these statements.
pub(super) fn implementation(sink: &Sink<'_>, name: &str, checks: &[TokenStream]) -> TokenStream {
    let path = service_api(sink.context);
    let name = ident(name);
    let body = (!checks.is_empty()).then(|| {
        quote! {
            fn check(&mut self, check: &mut #path::Check<'_>) {
                #(#checks)*
            }
        }
    });
    quote!(impl #path::Checked for #name { #body })
}

fn check(
    sink: &Sink<'_>,
    field: &Field,
    presence: Presence,
    held: Held,
    names: &BTreeSet<&str>,
) -> Option<TokenStream> {
    let path = service_api(sink.context);
    let (wire, rust) = (&field.name, ident(&field.rust_name));
    let limits = Limits::of(sink.context, field);
    let mut checks = Vec::new();
    if !limits.is_empty() {
        let all = limits.all(sink.context);
        let given = quote!(check.given(#wire, #all););
        checks.push(match held {
            Held::Plain => given,
            Held::Option => quote!(if self.#rust.is_some() { #given }),
            Held::Patch => quote!(if !self.#rust.is_keep() { #given }),
        });
    }
    if presence == Presence::Always && held != Held::Plain {
        let versions = limits.versions(sink.context);
        let given = match held {
            Held::Patch => quote!(!self.#rust.is_keep()),
            Held::Plain | Held::Option => quote!(self.#rust.is_some()),
        };
        checks.push(quote!(check.required(#wire, #given, #versions);));
    }
    if contains(&field.ty, names) {
        checks.push(quote! {
            check.within(#wire, |check| #path::Checked::check(&mut self.#rust, check));
        });
    }
    (!checks.is_empty()).then(|| quote!(#(#checks)*))
}
