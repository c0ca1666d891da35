//! What the fields of all generated structures have in common.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{code, doc, sentence};
use super::sink::Sink;
use crate::model::Field;

/// The attribute that renames a field, if Rust and the wire differ.
pub(super) fn rename(field: &Field) -> Option<TokenStream> {
    let name = &field.name;
    (field.rust_name != field.name).then(|| quote!(rename = #name))
}

pub(super) fn field_doc(field: &Field) -> TokenStream {
    let mut text = if field.doc.is_empty() {
        format!("The attribute {}.", code(&field.name))
    } else {
        sentence(&field.doc)
    };
    if field.once {
        text.push_str(" Only in the response to create.");
    }
    if let Some(version) = &field.since {
        text = format!("{text} {}", super::docs::since(version));
    }
    doc(&text)
}

/// The field for attributes that are not described.
pub(super) fn extra_field(sink: &mut Sink<'_>, public: bool) -> TokenStream {
    let extra = sink.imports.runtime("Extra");
    if public {
        quote! {
            /// Attributes that the API's description does not name.
            #[serde(flatten)]
            pub extra: #extra
        }
    } else {
        quote!(#[serde(flatten)] extra: #extra)
    }
}

/// The path of a function of the runtime that writes secrets, as serde wants it.
pub(super) fn secret_path(sink: &Sink<'_>, function: &str) -> String {
    format!("{}::client::secret::{function}", sink.context.root_path)
}
