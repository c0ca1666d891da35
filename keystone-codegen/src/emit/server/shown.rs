//! How responses are written: whole, or attribute by attribute where some are limited.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::restricted::{Limits, contains, limited, restricted, service_api};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::model::{Field, Presence, Type, Union};

/// The implementation for a structure with these attributes in responses.
pub(super) fn structure(
    sink: &mut Sink<'_>,
    name: &str,
    (fields, open): (&[Field], bool),
    presence: impl Fn(&Field) -> Option<Presence>,
) -> TokenStream {
    let names = restricted(sink.context);
    let shown: Vec<&Field> = fields
        .iter()
        .filter(|field| presence(field).is_some())
        .collect();
    let is_whole = !limited(sink.context, fields, &names);
    let path = service_api(sink.context);
    let (serialize, serializer) = (
        sink.imports.serde("Serialize"),
        sink.imports.serde("Serializer"),
    );
    let name = ident(name);
    if is_whole {
        return quote! {
            impl #path::Show for #name {
                fn show<S: #serializer>(&self, _: &#path::View, serializer: S) -> Result<S::Ok, S::Error> {
                    #serialize::serialize(self, serializer)
                }
            }
        };
    }
    sink.imports.serde_trait("serde::ser::SerializeMap");
    let entries = shown
        .iter()
        .map(|field| entry(sink, field, presence(field), &names));
    let entries: Vec<TokenStream> = entries.collect();
    let extra = open.then(|| {
        quote! {
            for (name, value) in self.extra.iter() {
                map.serialize_entry(name, value)?;
            }
        }
    });
    quote! {
        impl #path::Show for #name {
            fn show<S: #serializer>(&self, view: &#path::View, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                #(#entries)*
                #extra
                map.end()
            }
        }
    }
}

fn entry(
    sink: &Sink<'_>,
    field: &Field,
    presence: Option<Presence>,
    names: &BTreeSet<&str>,
) -> TokenStream {
    let path = service_api(sink.context);
    let (wire, rust) = (&field.name, ident(&field.rust_name));
    let maybe = presence == Some(Presence::Maybe);
    let value = if maybe {
        quote!(value)
    } else {
        quote!(&self.#rust)
    };
    let value = match &field.ty {
        Type::Secret => quote!(&#path::Exposed(#value)),
        ty if contains(ty, names) => quote!(&#path::Shown(#value, view)),
        _ => value,
    };
    let write = quote!(map.serialize_entry(#wire, #value)?;);
    let write = match maybe {
        true => quote!(if let Some(value) = &self.#rust { #write }),
        false => write,
    };
    let limits = Limits::of(sink.context, field);
    if limits.is_empty() {
        return write;
    }
    let limits = limits.all(sink.context);
    quote!(if view.shows(#limits) { #write })
}

/// The implementation for one of several types.
pub(super) fn union(sink: &mut Sink<'_>, union: &Union) -> TokenStream {
    let names = restricted(sink.context);
    let path = service_api(sink.context);
    let (serialize, serializer) = (
        sink.imports.serde("Serialize"),
        sink.imports.serde("Serializer"),
    );
    let name = ident(&union.name);
    let parts = union
        .variants
        .iter()
        .filter(|variant| contains(&variant.ty, &names));
    let parts = parts.map(|variant| {
        let variant = ident(&variant.name);
        quote!(Self::#variant(value) => #path::Show::show(value, view, serializer),)
    });
    let parts: Vec<TokenStream> = parts.collect();
    let body = match parts.as_slice() {
        [] => quote!(#serialize::serialize(self, serializer)),
        parts => {
            quote!(match self { #(#parts)* whole => #serialize::serialize(whole, serializer), })
        }
    };
    let view = if parts.is_empty() {
        quote!(_)
    } else {
        quote!(view)
    };
    quote! {
        impl #path::Show for #name {
            fn show<S: #serializer>(&self, #view: &#path::View, serializer: S) -> Result<S::Ok, S::Error> {
                #body
            }
        }
    }
}

/// The implementation for a type that is always whole, such as an enumeration.
pub(super) fn whole(sink: &mut Sink<'_>, name: &str) -> TokenStream {
    let path = service_api(sink.context);
    let (serialize, serializer) = (
        sink.imports.serde("Serialize"),
        sink.imports.serde("Serializer"),
    );
    let name = ident(name);
    quote! {
        impl #path::Show for #name {
            fn show<S: #serializer>(&self, _: &#path::View, serializer: S) -> Result<S::Ok, S::Error> {
                #serialize::serialize(self, serializer)
            }
        }
    }
}
