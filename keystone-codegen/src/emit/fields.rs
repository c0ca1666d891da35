//! What the fields of all generated structures have in common.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{code, doc, sentence};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Field, Presence, Resource, Type};

/// The public fields of a structure that is read and written, as far as `presence` says that they are there. `open`
/// adds one for attributes that are not described. Secrets are written only with `exposes`.
pub(super) fn fields(
    sink: &mut Sink<'_>,
    owner: &str,
    (fields, open): (&[Field], bool),
    presence: fn(&Field) -> Option<Presence>,
    exposes: bool,
) -> Result<Vec<TokenStream>, Error> {
    let mut members = Vec::new();
    for field in fields {
        if let Some(presence) = presence(field) {
            members.push(member(sink, owner, field, presence, exposes)?);
        }
    }
    members.extend(open.then(|| extra_field(sink, true)));
    Ok(members)
}

fn member(
    sink: &mut Sink<'_>,
    owner: &str,
    field: &Field,
    presence: Presence,
    exposes: bool,
) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let maybe = presence == Presence::Maybe;
    let optional = maybe || field.nullable;
    let secret = field.ty == Type::Secret;
    let mut serde = Vec::from_iter(rename(field));
    serde.extend(maybe.then(|| quote!(default)));
    if secret && !exposes {
        serde.push(quote!(skip_serializing));
    } else if maybe {
        serde.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    if secret && exposes {
        let function = if optional { "expose_option" } else { "expose" };
        let path = secret_path(sink, function);
        serde.push(quote!(serialize_with = #path));
    }
    let ty = if optional { quote!(Option<#ty>) } else { ty };
    Ok(public(field, &serde, &ty))
}

/// A public field.
pub(super) fn public(field: &Field, serde: &[TokenStream], ty: &TokenStream) -> TokenStream {
    let docs = field_doc(field);
    let name = ident(&field.rust_name);
    let serde = serde_attribute(serde);
    quote!(#docs #serde pub #name: #ty)
}

/// `#[serde(..)]`, unless there is nothing in it.
pub(super) fn serde_attribute(parts: &[TokenStream]) -> Option<TokenStream> {
    (!parts.is_empty()).then(|| quote!(#[serde(#(#parts),*)]))
}

/// The type of a resource's ids, if it has any.
pub(super) fn id_type(sink: &mut Sink<'_>, resource: &Resource) -> Option<TokenStream> {
    let name = resource.type_name();
    resource
        .has_id()
        .then(|| id_alias(sink, &format!("{name}Id"), &resource.name, &name))
}

/// A name for the ids of a resource; the type `of` tells them from those of others.
pub(super) fn id_alias(sink: &mut Sink<'_>, name: &str, resource: &str, of: &str) -> TokenStream {
    let docs = doc(&format!(
        "The id of {}.",
        super::docs::with_article(resource)
    ));
    let (name, of) = (ident(name), sink.imports.sibling(of));
    let id = sink.imports.runtime("Id");
    quote!(#docs pub type #name = #id<#of>;)
}

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
    if let Some(policy) = &field.policy {
        text = format!("{text} Only for callers whom {} allows.", code(policy));
    }
    if let Some(versions) = super::docs::versions(&field.since, &field.until) {
        text = format!("{text} {versions}");
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
