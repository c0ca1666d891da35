//! Types: entities, records, ids.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{doc, sentence, with_article};
use super::fields::{extra_field, field_doc, rename, secret_path};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Field, Presence, Record, Resource, Type};

/// The struct of a resource as responses bring it, and the type of its ids.
pub(super) fn entity(sink: &mut Sink<'_>, resource: &Resource) -> Result<Vec<TokenStream>, Error> {
    let type_name = resource.type_name();
    let name = ident(&type_name);
    let mut items = Vec::new();
    if resource.has_entity() {
        let docs = doc(&sentence(&resource.doc));
        let (deserialize, serialize) = (
            sink.imports.serde("Deserialize"),
            sink.imports.serde("Serialize"),
        );
        let mut fields = Vec::new();
        for field in resource
            .fields
            .iter()
            .filter(|field| field.response.is_some())
        {
            fields.push(response_field(sink, &type_name, field)?);
        }
        fields.extend(resource.open.then(|| extra_field(sink, true)));
        let schema = sink.context.json_schema();
        items.push(quote! {
            #docs
            #[derive(Clone, Debug, #deserialize, #serialize)]
            #schema
            #[non_exhaustive]
            pub struct #name { #(#fields,)* }
        });
    }
    if resource.has_id() {
        let docs = doc(&format!("The id of {}.", with_article(&resource.name)));
        let id_name = ident(&format!("{type_name}Id"));
        let id = sink.imports.runtime("Id");
        items.push(quote!(#docs pub type #id_name = #id<#name>;));
    }
    Ok(items)
}

/// The struct of a structure within attributes, with what is needed to make one if it is sent.
pub(super) fn record(sink: &mut Sink<'_>, record: &Record) -> Result<Vec<TokenStream>, Error> {
    let docs = doc(&sentence(&record.doc));
    let name = ident(&record.name);
    let (deserialize, serialize) = (
        sink.imports.serde("Deserialize"),
        sink.imports.serde("Serialize"),
    );
    let mut fields = Vec::new();
    for field in &record.fields {
        fields.push(record_field(sink, &record.name, field)?);
    }
    fields.extend(record.open.then(|| extra_field(sink, true)));
    let sent = sink.context.is_sent(&record.name);
    let no_field_required = record
        .fields
        .iter()
        .all(|field| field.create != Some(Presence::Always));
    let default = (sent && no_field_required).then(|| quote!(Default,));
    let schema = sink.context.json_schema();
    let mut items = vec![quote! {
        #docs
        #[derive(Clone, Debug, #default #deserialize, #serialize)]
        #schema
        #[non_exhaustive]
        pub struct #name { #(#fields,)* }
    }];
    // Nobody makes what only services send.
    if sent {
        let methods = super::body::methods(sink, &record.name, &record.fields, record.open, true)?;
        items.push(quote!(impl #name { #(#methods)* }));
    }
    Ok(items)
}

fn response_field(sink: &mut Sink<'_>, owner: &str, field: &Field) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let maybe = field.response == Some(Presence::Maybe);
    let mut serde = Vec::new();
    serde.extend(rename(field));
    if maybe {
        serde.push(quote!(default));
    }
    if field.ty == Type::Secret {
        // Nobody writes a response in order to send it, so nobody needs the secret in it.
        serde.push(quote!(skip_serializing));
    } else if maybe {
        serde.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    let ty = if maybe || field.nullable {
        quote!(Option<#ty>)
    } else {
        ty
    };
    Ok(public(field, &serde, ty))
}

fn record_field(sink: &mut Sink<'_>, owner: &str, field: &Field) -> Result<TokenStream, Error> {
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let optional = field.create != Some(Presence::Always);
    let mut serde = Vec::new();
    serde.extend(rename(field));
    let secret = field.ty == Type::Secret;
    let sent = sink.context.is_sent(owner);
    if optional {
        serde.push(quote!(default));
        if sent || !secret {
            serde.push(quote!(skip_serializing_if = "Option::is_none"));
        }
    }
    if secret && !sent {
        serde.push(quote!(skip_serializing));
    } else if secret {
        let function = if optional { "expose_option" } else { "expose" };
        let path = secret_path(sink, function);
        serde.push(quote!(serialize_with = #path));
    }
    let ty = if optional || field.nullable {
        quote!(Option<#ty>)
    } else {
        ty
    };
    Ok(public(field, &serde, ty))
}

fn public(field: &Field, serde: &[TokenStream], ty: TokenStream) -> TokenStream {
    let docs = field_doc(field);
    let name = ident(&field.rust_name);
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    quote!(#docs #serde pub #name: #ty)
}
