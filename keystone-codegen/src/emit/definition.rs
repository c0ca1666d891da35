//! Types that belong to no resource: enumerations, structures, unions.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::{code, codes, doc, sentence};
use super::enumeration::{self, enumeration};
use super::fields::id_alias;
use super::scope::ident;
use super::sink::Sink;
use super::types::record;
use crate::Error;
use crate::model::{Definition, Record, Union, Usage};

pub(super) fn definition(
    sink: &mut Sink<'_>,
    definition: &Definition,
) -> Result<Vec<TokenStream>, Error> {
    match definition {
        Definition::Enumeration(one) => Ok(enumeration(
            sink,
            &one.name,
            &documentation(&one.doc, "An enumeration."),
            &one.words,
        )),
        Definition::Identifier(one) => Ok(vec![id_alias(sink, &one.name, &one.resource, &one.of)]),
        Definition::Record(one) => structure(sink, one),
        Definition::Union(union) => match &union.tag {
            Some(tag) => tagged(sink, union, tag),
            None => untagged(sink, union),
        },
    }
}

/// The documentation of a type, or `otherwise` where it has none.
fn documentation(doc: &str, otherwise: &str) -> String {
    match doc {
        "" => otherwise.to_owned(),
        doc => sentence(doc),
    }
}

fn structure(sink: &mut Sink<'_>, one: &Record) -> Result<Vec<TokenStream>, Error> {
    let mut one = one.clone();
    one.doc = documentation(&one.doc, &format!("The structure {}.", code(&one.name)));
    match one.usage {
        Usage::Requests => super::body::request(sink, &one),
        Usage::Responses | Usage::Both => record(sink, &one),
    }
}

/// A union without a discriminator: the first type that fits is taken.
fn untagged(sink: &mut Sink<'_>, union: &Union) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&union.name);
    let docs = doc(&documentation(&union.doc, "One of several types."));
    let variants = variants(sink, union)?;
    let other = other(union);
    let value = sink.imports.runtime("Value");
    let derives = derives(sink, union.usage);
    let schema = sink.context.json_schema();
    let mut items = vec![quote! {
        #docs
        #[derive(Clone, Debug, #derives)]
        #schema
        #[non_exhaustive]
        #[serde(untagged)]
        pub enum #name {
            #(#variants,)*
            /// A value that the API's description does not cover.
            #other(#value),
        }
    }];
    items.extend(conversions(sink, union)?);
    Ok(items)
}

fn derives(sink: &mut Sink<'_>, usage: Usage) -> TokenStream {
    let serialize = sink.imports.serde("Serialize");
    if usage == Usage::Requests {
        return quote!(#serialize);
    }
    let deserialize = sink.imports.serde("Deserialize");
    quote!(#deserialize, #serialize)
}

/// A union with a discriminator.
fn tagged(sink: &mut Sink<'_>, union: &Union, tag: &str) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&union.name);
    let text = documentation(&union.doc, "One of several types.");
    let docs = doc(&format!("{text} The attribute {} tells which.", code(tag)));
    let described = variants(sink, union)?;
    let other = other(union);
    let value = sink.imports.runtime("Value");
    let [serialize, serializer] = ["Serialize", "Serializer"].map(|name| sink.imports.serde(name));
    let names: Vec<Ident> = union.variants.iter().map(|one| ident(&one.name)).collect();
    let schema = sink.context.json_schema();
    let untagged = schema
        .is_some()
        .then(|| quote!(#[cfg_attr(feature = "schema", schemars(untagged))]));
    let mut items = vec![
        quote! {
            #docs
            #[derive(Clone, Debug)]
            #schema
            #untagged
            #[non_exhaustive]
            pub enum #name {
                #(#described,)*
                /// A value that the API's description does not cover.
                #other(#value),
            }
        },
        quote! {
            impl #serialize for #name {
                fn serialize<S: #serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#names(value) => value.serialize(serializer),)*
                        Self::#other(value) => value.serialize(serializer),
                    }
                }
            }
        },
    ];
    if union.usage != Usage::Requests {
        items.push(read_by_tag(sink, union, tag));
    }
    items.extend(conversions(sink, union)?);
    Ok(items)
}

fn read_by_tag(sink: &mut Sink<'_>, union: &Union, tag: &str) -> TokenStream {
    let name = ident(&union.name);
    let other = other(union);
    let value = sink.imports.runtime("Value");
    let [deserialize, deserializer] =
        ["Deserialize", "Deserializer"].map(|name| sink.imports.serde(name));
    sink.imports.serde_trait("serde::de::Error");
    let arms = union.variants.iter().map(|variant| {
        let (name, tags) = (ident(&variant.name), &variant.tags);
        quote!(#(Some(#tags))|* => #deserialize::deserialize(value).map(Self::#name))
    });
    quote! {
        impl<'de> #deserialize<'de> for #name {
            fn deserialize<D: #deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = #value::deserialize(deserializer)?;
                let read = match value.get(#tag).and_then(#value::as_str) {
                    #(#arms,)*
                    _ => return Ok(Self::#other(value)),
                };
                read.map_err(D::Error::custom)
            }
        }
    }
}

fn variants(sink: &mut Sink<'_>, union: &Union) -> Result<Vec<TokenStream>, Error> {
    let mut variants = Vec::new();
    for variant in &union.variants {
        let ty = sink.rust_type(&variant.ty, &union.name, &variant.name)?;
        let name = ident(&variant.name);
        let docs = match variant.tags.as_slice() {
            [] => doc(&format!("As {}.", code(&variant.name))),
            tags => doc(&format!("For {}.", codes(tags))),
        };
        variants.push(quote!(#docs #name(#ty)));
    }
    Ok(variants)
}

/// A name for the variant of unknown values.
fn other(union: &Union) -> Ident {
    enumeration::other(union.variants.iter().map(|variant| variant.name.as_str()))
}

/// Conversions from each of the types, as far as they differ.
fn conversions(sink: &mut Sink<'_>, union: &Union) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&union.name);
    let mut items = Vec::new();
    let mut seen = Vec::new();
    for variant in &union.variants {
        let ty = sink.rust_type(&variant.ty, &union.name, &variant.name)?;
        let text = ty.to_string();
        if text == "Value" || seen.contains(&text) {
            continue;
        }
        seen.push(text);
        let variant = ident(&variant.name);
        items.push(quote! {
            impl From<#ty> for #name {
                fn from(value: #ty) -> Self {
                    Self::#variant(value)
                }
            }
        });
    }
    Ok(items)
}
