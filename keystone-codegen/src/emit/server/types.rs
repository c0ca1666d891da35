//! Requests and responses as the server sees them: requests are read, responses are made.

use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;

use crate::emit::definition;
use crate::emit::docs::{doc, sentence, with_article};
use crate::emit::fields::{extra_field, fields, id_type, public, rename};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::model::{Definition, Field, Presence, Record, Resource, Shape};

/// The structs of a resource and the type of its ids.
pub(super) fn of_resource(
    sink: &mut Sink<'_>,
    resource: &Resource,
) -> Result<Vec<TokenStream>, Error> {
    let name = resource.type_name();
    let one = with_article(&resource.name);
    let mut items = Vec::new();
    if resource.has_entity() {
        let described = (resource.fields.as_slice(), resource.open);
        let members = fields(sink, &name, described, |field| field.response, true)?;
        items.push(structure(sink, &name, &resource.doc, &members));
    }
    items.extend(id_type(sink, resource));
    if resource.has(|shape| matches!(shape, Shape::Create { .. })) {
        let docs = format!("The attributes of {one} to be created.");
        items.push(request(sink, "Create", &docs, resource, |field| {
            field.create
        })?);
    }
    if resource.has(|shape| matches!(shape, Shape::Update)) {
        let docs = format!("The attributes to change in {one}.");
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
        other => definition::definition(sink, other),
    }
}

fn record(sink: &mut Sink<'_>, record: &Record) -> Result<TokenStream, Error> {
    let described = (record.fields.as_slice(), record.open);
    let members = fields(sink, &record.name, described, Record::presence, true)?;
    Ok(structure(sink, &record.name, &record.doc, &members))
}

fn structure(sink: &mut Sink<'_>, name: &str, docs: &str, members: &[TokenStream]) -> TokenStream {
    let docs = doc(&sentence(docs));
    let name = ident(name);
    let (deserialize, serialize) = sink.imports.serde_both();
    quote! {
        #docs
        #[derive(Clone, Debug, #deserialize, #serialize)]
        pub struct #name { #(#members,)* }
    }
}

/// The body of a request. Attributes that are not described are refused, unless the resource is open.
fn request(
    sink: &mut Sink<'_>,
    suffix: &str,
    docs: &str,
    resource: &Resource,
    presence: fn(&Field) -> Option<Presence>,
) -> Result<TokenStream, Error> {
    // Enumerations are named after the resource, not after its bodies.
    let owner = resource.type_name();
    let name = ident(&format!("{owner}{suffix}"));
    let mut members = Vec::new();
    for field in &resource.fields {
        if let Some(presence) = presence(field) {
            members.push(request_field(sink, &owner, field, presence)?);
        }
    }
    members.extend(resource.open.then(|| extra_field(sink, true)));
    let docs = doc(docs);
    let deserialize = sink.imports.serde("Deserialize");
    let closed = (!resource.open).then(|| quote!(#[serde(deny_unknown_fields)]));
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, #deserialize)]
        #closed
        pub struct #name { #(#members,)* }
    })
}

/// A field that is read; absent and null are distinguished where both may be.
fn request_field(
    sink: &mut Sink<'_>,
    owner: &str,
    field: &Field,
    presence: Presence,
) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let mut serde = Vec::from_iter(rename(field));
    let ty = match (presence, field.nullable) {
        (Presence::Always, false) => ty,
        (Presence::Always, true) => quote!(Option<#ty>),
        (Presence::Maybe, false) => {
            let path = service_api_path(sink, "present");
            serde.extend([quote!(default), quote!(deserialize_with = #path)]);
            quote!(Option<#ty>)
        }
        (Presence::Maybe, true) => {
            let patch = sink.imports.runtime("Patch");
            serde.push(quote!(default));
            quote!(#patch<#ty>)
        }
    };
    Ok(public(field, &serde, &ty))
}

/// The path of a function of the runtime that reads requests, as serde wants it.
pub(super) fn service_api_path(sink: &Sink<'_>, function: &str) -> String {
    format!("{}::{function}", sink.context.service_api)
}
