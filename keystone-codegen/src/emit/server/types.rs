//! Requests and responses as the server sees them: requests are read, responses are made.

use proc_macro2::TokenStream;
use quote::quote;

use super::checked::{self, Held};
use super::restricted::{Limits, contains, is_secret, secret};
use super::{shown, target};
use crate::Error;
use crate::emit::definition;
use crate::emit::docs::{doc, sentence, with_article};
use crate::emit::fields::{extra_field, fields, id_type, public, rename};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::model::{Definition, Field, Presence, Record, Resource, Shape, Usage};

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
        items.push(structure(
            sink,
            &name,
            &resource.doc,
            &members,
            (&resource.fields, true),
        ));
        items.push(shown::structure(sink, &name, described, |field| {
            field.response
        }));
        items.push(target::of(&name, &resource.fields, |field| field.response));
    }
    items.extend(id_type(sink, resource));
    if resource.has(|shape| matches!(shape, Shape::Create { .. })) {
        let docs = format!("The attributes of {one} to be created.");
        let body = RequestBody::of(resource, "Create", docs);
        items.extend(request(sink, &body, |field| field.create)?);
    }
    if resource.has(|shape| matches!(shape, Shape::Update)) {
        let docs = format!("The attributes to change in {one}.");
        let body = RequestBody::of(resource, "Update", docs);
        items.extend(request(sink, &body, |field| field.update)?);
    }
    for item in &resource.records {
        items.extend(record(sink, item)?);
    }
    Ok(items)
}

/// A type that belongs to no resource.
pub(super) fn definition(
    sink: &mut Sink<'_>,
    definition: &Definition,
) -> Result<Vec<TokenStream>, Error> {
    let mut items = match definition {
        Definition::Record(one) if one.usage == Usage::Requests => {
            let body = RequestBody::of_record(one);
            return Ok(request(sink, &body, Record::presence)?.to_vec());
        }
        Definition::Record(one) => {
            let mut items = record(sink, one)?;
            items.push(target::of(&one.name, &one.fields, written));
            return Ok(items);
        }
        other => definition::definition(sink, other)?,
    };
    match definition {
        Definition::Union(union) => {
            items.push(shown::union(sink, union));
            items.push(checked::implementation(sink, &union.name, &[]));
        }
        Definition::Enumeration(_) | Definition::Identifier(_) | Definition::Record(_) => {}
    }
    Ok(items)
}

/// A structure within requests and responses.
fn record(sink: &mut Sink<'_>, record: &Record) -> Result<Vec<TokenStream>, Error> {
    let described = (record.fields.as_slice(), record.open);
    let members = fields(sink, &record.name, described, written, true)?;
    let held = record.fields.iter().filter_map(|field| {
        let limits = Limits::of(sink.context, field);
        let presence = written(field)?;
        let may_lack = presence == Presence::Maybe || limits.is_versioned() || field.nullable;
        let held = if may_lack { Held::Option } else { Held::Plain };
        let presence = if field.nullable {
            Presence::Maybe
        } else {
            presence
        };
        Some((field, presence, held))
    });
    let checked = checked::structure(sink, &record.name, held.collect::<Vec<_>>().into_iter());
    Ok(vec![
        structure(sink, &record.name, &record.doc, &members, described),
        shown::structure(sink, &record.name, described, written),
        checked,
    ])
}

/// Whether a structure always has an attribute. One that not every caller sees is there all the same: the
/// runtime leaves it out.
fn written(field: &Field) -> Option<Presence> {
    match field.limited {
        true => field.response,
        false => Record::presence(field),
    }
}

/// A structure that is read and written. What is not described is refused, unless it is open.
fn structure(
    sink: &mut Sink<'_>,
    name: &str,
    docs: &str,
    members: &[TokenStream],
    (fields, open): (&[Field], bool),
) -> TokenStream {
    // Secrets are not compared.
    let secret = secret(sink.context);
    let has_secret = |field: &Field| is_secret(&field.ty) || contains(&field.ty, &secret);
    let compared = (!fields.iter().any(has_secret)).then(|| quote!(PartialEq,));
    let docs = doc(&sentence(docs));
    let name = ident(name);
    let (deserialize, serialize) = sink.imports.serde_both();
    let closed = (!open).then(|| quote!(#[serde(deny_unknown_fields)]));
    quote! {
        #docs
        #[derive(Clone, Debug, #deserialize, #compared #serialize)]
        #closed
        pub struct #name { #(#members,)* }
    }
}

/// The body of a request.
struct RequestBody<'a> {
    name: String,
    /// What enumerations in it are named after: the resource, not its bodies.
    owner: String,
    docs: String,
    fields: &'a [Field],
    open: bool,
}

impl<'a> RequestBody<'a> {
    fn of(resource: &'a Resource, suffix: &str, docs: String) -> Self {
        let owner = resource.type_name();
        Self {
            name: format!("{owner}{suffix}"),
            owner,
            docs,
            fields: &resource.fields,
            open: resource.open,
        }
    }

    fn of_record(record: &'a Record) -> Self {
        Self {
            name: record.name.clone(),
            owner: record.name.clone(),
            docs: sentence(&record.doc),
            fields: &record.fields,
            open: record.open,
        }
    }
}

/// A structure that is only read. Attributes that are not described are refused, unless it is open.
fn request(
    sink: &mut Sink<'_>,
    body: &RequestBody<'_>,
    presence: fn(&Field) -> Option<Presence>,
) -> Result<[TokenStream; 2], Error> {
    let name = ident(&body.name);
    let mut members = Vec::new();
    let mut held = Vec::new();
    for field in body.fields {
        if let Some(presence) = presence(field) {
            let how = Held::of(presence, field.nullable, &Limits::of(sink.context, field));
            members.push(request_field(sink, &body.owner, field, how)?);
            held.push((field, presence, how));
        }
    }
    members.extend(body.open.then(|| extra_field(sink, true)));
    let docs = doc(&body.docs);
    let deserialize = sink.imports.serde("Deserialize");
    let closed = (!body.open).then(|| quote!(#[serde(deny_unknown_fields)]));
    let structure = quote! {
        #docs
        #[derive(Clone, Debug, #deserialize)]
        #closed
        pub struct #name { #(#members,)* }
    };
    let checked = checked::structure(sink, &body.name, held.into_iter());
    Ok([structure, checked])
}

/// A field that is read; absent and null are distinguished where both may be.
fn request_field(
    sink: &mut Sink<'_>,
    owner: &str,
    field: &Field,
    held: Held,
) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let mut serde = Vec::from_iter(rename(field));
    let ty = match (held, field.nullable) {
        (Held::Plain, false) => ty,
        (Held::Plain, true) => {
            // Without this, serde takes an absent attribute for null.
            let path = service_api_path("nullable");
            serde.push(quote!(deserialize_with = #path));
            quote!(Option<#ty>)
        }
        (Held::Option, _) => {
            let path = service_api_path("present");
            serde.extend([quote!(default), quote!(deserialize_with = #path)]);
            quote!(Option<#ty>)
        }
        (Held::Patch, _) => {
            let patch = sink.imports.runtime("Patch");
            serde.push(quote!(default));
            quote!(#patch<#ty>)
        }
    };
    Ok(public(field, &serde, &ty))
}

/// The path of a function of the runtime that reads requests, as serde wants it.
pub(super) fn service_api_path(function: &str) -> String {
    format!("service_api::{function}")
}
