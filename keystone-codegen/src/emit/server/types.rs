//! Requests and responses as the server sees them: requests are read, responses are made.

use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;

use crate::emit::docs::{doc, sentence, with_article};
use crate::emit::fields::{extra_field, field_doc, rename, secret_path};
use crate::emit::foreign;
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::model::{Definition, Field, Presence, Record, Resource, Shape, Type};

/// The structs of a resource and the type of its ids.
pub(super) fn of_resource(
    sink: &mut Sink<'_>,
    resource: &Resource,
) -> Result<Vec<TokenStream>, Error> {
    let name = resource.type_name();
    let one = with_article(&resource.name);
    let mut items = Vec::new();
    if resource.has_entity() {
        let docs = doc(&sentence(&resource.doc));
        items.push(response(sink, &name, &docs, resource)?);
    }
    if resource.has_id() {
        let docs = doc(&format!("The id of {one}."));
        let (id_name, entity) = (ident(&format!("{name}Id")), ident(&name));
        let id = sink.imports.runtime("Id");
        items.push(quote!(#docs pub type #id_name = #id<#entity>;));
    }
    if resource.has(|shape| matches!(shape, Shape::Create { .. })) {
        let docs = doc(&format!("What {one} shall be created with."));
        items.push(request(sink, "Create", &docs, resource, |field| {
            field.create
        })?);
    }
    if resource.has(|shape| matches!(shape, Shape::Update)) {
        let docs = doc(&format!("What shall change in {one}."));
        items.push(request(sink, "Update", &docs, resource, |field| {
            field.update
        })?);
    }
    for item in &resource.records {
        items.push(record(sink, item)?);
    }
    Ok(items)
}

/// A type that belongs to no resource.
pub(super) fn definition(
    sink: &mut Sink<'_>,
    definition: &Definition,
) -> Result<Vec<TokenStream>, Error> {
    match definition {
        Definition::Record(one) => Ok(vec![record(sink, one)?]),
        other => foreign::definition(sink, other),
    }
}

fn response(
    sink: &mut Sink<'_>,
    owner: &str,
    docs: &TokenStream,
    resource: &Resource,
) -> Result<TokenStream, Error> {
    let mut members = Vec::new();
    for field in &resource.fields {
        if let Some(presence) = field.response {
            members.push(kept(sink, owner, field, presence)?);
        }
    }
    members.extend(resource.open.then(|| extra_field(sink, true)));
    let name = ident(owner);
    let (deserialize, serialize) = both(sink);
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, #deserialize, #serialize)]
        pub struct #name { #(#members,)* }
    })
}

fn record(sink: &mut Sink<'_>, record: &Record) -> Result<TokenStream, Error> {
    let mut members = Vec::new();
    for field in &record.fields {
        let presence = field.create.unwrap_or(Presence::Maybe);
        members.push(kept(sink, &record.name, field, presence)?);
    }
    members.extend(record.open.then(|| extra_field(sink, true)));
    let docs = doc(&sentence(&record.doc));
    let name = ident(&record.name);
    let (deserialize, serialize) = both(sink);
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, #deserialize, #serialize)]
        pub struct #name { #(#members,)* }
    })
}

fn both(sink: &mut Sink<'_>) -> (proc_macro2::Ident, proc_macro2::Ident) {
    (
        sink.imports.serde("Deserialize"),
        sink.imports.serde("Serialize"),
    )
}

/// A member that is written, and read back by whoever keeps it.
fn kept(
    sink: &mut Sink<'_>,
    owner: &str,
    field: &Field,
    presence: Presence,
) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let maybe = presence == Presence::Maybe;
    let optional = maybe || field.nullable;
    let mut serde: Vec<TokenStream> = rename(field).into_iter().collect();
    if maybe {
        serde.push(quote!(default));
        serde.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    if field.ty == Type::Secret {
        let path = secret_path(sink, if optional { "expose_option" } else { "expose" });
        serde.push(quote!(serialize_with = #path));
    }
    let ty = if optional { quote!(Option<#ty>) } else { ty };
    Ok(member(field, &serde, &ty))
}

/// The body of a request. What is not described is refused, unless the resource keeps it.
fn request(
    sink: &mut Sink<'_>,
    suffix: &str,
    docs: &TokenStream,
    resource: &Resource,
    standing: fn(&Field) -> Option<Presence>,
) -> Result<TokenStream, Error> {
    // Enumerations are named after the resource, not after its bodies.
    let owner = resource.type_name();
    let name = ident(&format!("{owner}{suffix}"));
    let mut members = Vec::new();
    for field in &resource.fields {
        if let Some(presence) = standing(field) {
            members.push(asked(sink, &owner, field, presence)?);
        }
    }
    members.extend(resource.open.then(|| extra_field(sink, true)));
    let deserialize = sink.imports.serde("Deserialize");
    let closed = (!resource.open).then(|| quote!(#[serde(deny_unknown_fields)]));
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, #deserialize)]
        #closed
        pub struct #name { #(#members,)* }
    })
}

/// A member that is read: absent and null are told from each other where both may be.
fn asked(
    sink: &mut Sink<'_>,
    owner: &str,
    field: &Field,
    presence: Presence,
) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let mut serde: Vec<TokenStream> = rename(field).into_iter().collect();
    let ty = match (presence, field.nullable) {
        (Presence::Always, false) => ty,
        (Presence::Always, true) => quote!(Option<#ty>),
        (Presence::Maybe, false) => {
            let path = served(sink, "present");
            serde.push(quote!(default));
            serde.push(quote!(deserialize_with = #path));
            quote!(Option<#ty>)
        }
        (Presence::Maybe, true) => {
            let patch = sink.imports.runtime("Patch");
            serde.push(quote!(default));
            quote!(#patch<#ty>)
        }
    };
    Ok(member(field, &serde, &ty))
}

fn member(field: &Field, serde: &[TokenStream], ty: &TokenStream) -> TokenStream {
    let docs = field_doc(field);
    let name = ident(&field.rust_name);
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    quote!(#docs #serde pub #name: #ty)
}

/// The path of a function of the runtime that reads requests, as serde wants it.
pub(super) fn served(sink: &Sink<'_>, function: &str) -> String {
    format!("{}::{function}", sink.context.service_api)
}
