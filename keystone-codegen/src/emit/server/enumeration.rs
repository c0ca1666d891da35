//! Enumerations of a service, which knows all of its own words.

use proc_macro2::TokenStream;
use quote::quote;

use super::restricted::service_api;
use super::shown;
use crate::emit::docs::{code, doc};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;

/// An enumeration that refuses other values. Each of `words` is the name of a variant with its value.
pub(crate) fn closed_enum(
    sink: &mut Sink<'_>,
    name: &str,
    docs: &str,
    words: &[(String, String)],
) -> Vec<TokenStream> {
    let (deserialize, serialize) = sink.imports.serde_both();
    let docs = docs.replace(", or one that a later version adds", "");
    let docs = doc(&docs);
    let (path, shown) = (service_api(sink.context), shown::whole(sink, name));
    let name = ident(name);
    let variants: Vec<_> = words.iter().map(|(name, _)| ident(name)).collect();
    let words: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    let variant_docs = words.iter().map(|word| doc(&format!("{}.", code(word))));
    vec![
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, #deserialize, Eq, PartialEq, #serialize)]
            #[serde(try_from = "String")]
            pub enum #name {
                #(#variant_docs #[serde(rename = #words)] #variants,)*
            }
        },
        quote! {
            impl #name {
                /// The value on the wire.
                pub fn as_str(&self) -> &'static str {
                    match self {
                        #(Self::#variants => #words,)*
                    }
                }
            }
        },
        quote! {
            impl TryFrom<String> for #name {
                type Error = #path::UnknownWord;

                fn try_from(word: String) -> Result<Self, #path::UnknownWord> {
                    match word.as_str() {
                        #(#words => Ok(Self::#variants),)*
                        _ => Err(#path::UnknownWord::new(word, &[#(#words),*])),
                    }
                }
            }
        },
        shown,
    ]
}
