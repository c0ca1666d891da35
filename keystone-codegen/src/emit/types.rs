//! Types: entities, records, ids.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{doc, sentence};
use super::fields::{fields, id_type};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Field, Presence, Record, Resource};

/// The struct of a resource as responses bring it, and the type of its ids.
pub(super) fn entity(sink: &mut Sink<'_>, resource: &Resource) -> Result<Vec<TokenStream>, Error> {
    let mut items = Vec::new();
    if resource.has_entity() {
        let name = resource.type_name();
        // Nobody writes a response in order to send it, so nobody needs the secrets in it.
        let described = (resource.fields.as_slice(), resource.open);
        let members = fields(sink, &name, described, Field::seen, false)?;
        items.push(structure(sink, &name, &resource.doc, &members, None));
    }
    items.extend(id_type(sink, resource));
    Ok(items)
}

/// The struct of a structure within attributes, with what is needed to make one if it is sent.
pub(super) fn record(sink: &mut Sink<'_>, record: &Record) -> Result<Vec<TokenStream>, Error> {
    let sent = sink.context.is_sent(&record.name);
    let described = (record.fields.as_slice(), record.open);
    let members = fields(sink, &record.name, described, Record::presence, sent)?;
    let is_optional = |field| Record::presence(field) == Some(Presence::Maybe);
    let default = sent && record.fields.iter().all(is_optional);
    let default = default.then(|| quote!(Default,));
    let mut items = vec![structure(
        sink,
        &record.name,
        &record.doc,
        &members,
        default,
    )];
    // Nobody makes what only services send.
    if sent {
        let methods = super::body::methods(sink, &record.name, &record.fields, record.open, true)?;
        let name = ident(&record.name);
        items.push(quote!(impl #name { #(#methods)* }));
    }
    Ok(items)
}

fn structure(
    sink: &mut Sink<'_>,
    name: &str,
    docs: &str,
    members: &[TokenStream],
    default: Option<TokenStream>,
) -> TokenStream {
    let docs = doc(&sentence(docs));
    let name = ident(name);
    let (deserialize, serialize) = sink.imports.serde_both();
    let schema = sink.context.json_schema();
    quote! {
        #docs
        #[derive(Clone, Debug, #default #deserialize, #serialize)]
        #schema
        #[non_exhaustive]
        pub struct #name { #(#members,)* }
    }
}
