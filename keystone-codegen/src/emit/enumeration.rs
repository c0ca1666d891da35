//! Enumerations: those of a client keep words that a later version of the API adds, those of a server refuse them.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{code, doc};
use super::scope::ident;
use super::server::closed_enum;
use super::sink::Sink;
use crate::model::camel;

/// The enumerations that the types so far have named.
pub(super) fn named(sink: &mut Sink<'_>) -> Vec<TokenStream> {
    let docs = "One of the values that the API describes, or one that a later version adds.";
    let mut items = Vec::new();
    for (name, words) in sink.take_enumerations() {
        let words: Vec<(String, String)> =
            words.into_iter().map(|word| (camel(&word), word)).collect();
        items.extend(enumeration(sink, &name, docs, &words));
    }
    items
}

/// An enumeration as the side needs it. Each of `words` is the name of a variant with its value.
pub(super) fn enumeration(
    sink: &mut Sink<'_>,
    name: &str,
    docs: &str,
    words: &[(String, String)],
) -> Vec<TokenStream> {
    match sink.context.is_server() {
        true => closed_enum(sink, name, docs, words),
        false => open_enum(sink, name, docs, words),
    }
}

/// An enumeration that keeps unknown values.
fn open_enum(
    sink: &mut Sink<'_>,
    name: &str,
    docs: &str,
    words: &[(String, String)],
) -> Vec<TokenStream> {
    let (deserialize, serialize) = sink.imports.serde_both();
    let docs = doc(docs);
    let name = ident(name);
    let schema = sink.context.json_schema();
    let variants: Vec<_> = words.iter().map(|(name, _)| ident(name)).collect();
    let other = other(words.iter().map(|(name, _)| name.as_str()));
    let words: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    let variant_docs = words.iter().map(|word| doc(&format!("{}.", code(word))));
    vec![
        quote! {
            #docs
            #[derive(Clone, Debug, #deserialize, Eq, PartialEq, #serialize)]
            #schema
            #[non_exhaustive]
            #[serde(from = "String", into = "String")]
            pub enum #name {
                #(#variant_docs #variants,)*
                /// A value that this version does not know.
                #other(String),
            }
        },
        quote! {
            impl #name {
                /// The value on the wire.
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#variants => #words,)*
                        Self::#other(word) => word,
                    }
                }
            }
        },
        quote! {
            impl From<&str> for #name {
                fn from(word: &str) -> Self {
                    match word {
                        #(#words => Self::#variants,)*
                        word => Self::#other(word.to_owned()),
                    }
                }
            }
        },
        quote! {
            impl From<String> for #name {
                fn from(word: String) -> Self {
                    Self::from(word.as_str())
                }
            }
        },
        quote! {
            impl From<#name> for String {
                fn from(word: #name) -> Self {
                    word.as_str().to_owned()
                }
            }
        },
    ]
}

/// A name for the variant of unknown values.
pub(super) fn other<'n>(names: impl Iterator<Item = &'n str> + Clone) -> proc_macro2::Ident {
    let numbered = (2..).map(|number| format!("Other{number}"));
    let mut candidates = ["Other", "Unknown"]
        .map(str::to_owned)
        .into_iter()
        .chain(numbered);
    let free = candidates.find(|candidate| names.clone().all(|name| name != candidate));
    ident(free.as_deref().unwrap_or("Other"))
}
