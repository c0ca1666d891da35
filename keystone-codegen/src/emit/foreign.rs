//! Types that belong to no resource: enumerations, structures, unions.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::{code, doc, sentence, with_article};
use super::scope::ident;
use super::sink::{self, Sink, open_enum};
use super::types::record;
use crate::Error;
use crate::model::{Definition, Record, Union, Usage};

pub(super) fn definition(
    sink: &mut Sink<'_>,
    definition: &Definition,
) -> Result<Vec<TokenStream>, Error> {
    match definition {
        Definition::Enumeration(enumeration) => Ok(open_enum(
            sink,
            &enumeration.name,
            &documentation(&enumeration.doc, "One of some words."),
            &enumeration.words,
        )),
        Definition::Identifier(one) => {
            let docs = doc(&format!("The id of {}.", with_article(&one.resource)));
            let name = ident(&one.name);
            let of = sink.imports.sibling(&one.of);
            let id = sink.imports.runtime("Id");
            Ok(vec![quote!(#docs pub type #name = #id<#of>;)])
        }
        Definition::Record(one) => structure(sink, one),
        Definition::Union(union) => match &union.tag {
            Some(tag) => tagged(sink, union, tag),
            None => untagged(sink, union),
        },
    }
}

/// The documentation of a type, or what can be said of any.
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

/// A union whose types are told apart by what fits.
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
            /// Something that the API's description does not name.
            #other(#value),
        }
    }];
    items.extend(conversions(sink, union)?);
    Ok(items)
}

fn derives(sink: &mut Sink<'_>, usage: Usage) -> TokenStream {
    let serialize = sink.imports.serde("Serialize");
    match usage {
        Usage::Requests => quote!(#serialize),
        Usage::Responses | Usage::Both => {
            let deserialize = sink.imports.serde("Deserialize");
            quote!(#deserialize, #serialize)
        }
    }
}

/// A union with an attribute that tells its types apart.
fn tagged(sink: &mut Sink<'_>, union: &Union, tag: &str) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&union.name);
    let text = documentation(&union.doc, "One of several types.");
    let docs = doc(&format!("{text} The attribute {} tells which.", code(tag)));
    let described = variants(sink, union)?;
    let other = other(union);
    let value = sink.imports.runtime("Value");
    let (serialize, serializer) = (
        sink.imports.serde("Serialize"),
        sink.imports.serde("Serializer"),
    );
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
                /// Something that the API's description does not name.
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
    let (deserialize, deserializer) = (
        sink.imports.serde("Deserialize"),
        sink.imports.serde("Deserializer"),
    );
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
            tags => {
                let tags: Vec<String> = tags.iter().map(|tag| code(tag)).collect();
                doc(&format!("For {}.", tags.join(", ")))
            }
        };
        variants.push(quote!(#docs #name(#ty)));
    }
    Ok(variants)
}

/// The variant for what is none of the others.
fn other(union: &Union) -> Ident {
    sink::other(union.variants.iter().map(|variant| variant.name.as_str()))
}

/// From each of the types, so far as they differ.
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
