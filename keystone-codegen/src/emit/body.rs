//! Request bodies: what is required goes into the constructor, the rest has setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{code, doc, sentence, with_article};
use super::fields::{extra_field, field_doc, rename, secret_path, serde_attribute};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Field, Presence, Record, Resource, Type};

/// The body of a request to create.
pub(super) fn create(sink: &mut Sink<'_>, resource: &Resource) -> Result<Vec<TokenStream>, Error> {
    let fields: Vec<Field> = resource
        .fields
        .iter()
        .filter(|field| field.create.is_some())
        .cloned()
        .collect();
    let docs = format!(
        "The attributes of {} to be created.",
        with_article(&resource.name)
    );
    body(sink, resource, "Create", &docs, &fields)
}

/// The body of a request to update: every attribute may be left out.
pub(super) fn update(sink: &mut Sink<'_>, resource: &Resource) -> Result<Vec<TokenStream>, Error> {
    let fields: Vec<Field> = resource
        .fields
        .iter()
        .filter(|field| field.update.is_some())
        .cloned()
        .map(|field| Field {
            create: field.update,
            ..field
        })
        .collect();
    let docs = format!(
        "The attributes to change in {}. Those that are not set stay as they are.",
        with_article(&resource.name)
    );
    body(sink, resource, "Update", &docs, &fields)
}

fn body(
    sink: &mut Sink<'_>,
    resource: &Resource,
    suffix: &str,
    docs: &str,
    fields: &[Field],
) -> Result<Vec<TokenStream>, Error> {
    // Enumerations are named after the resource, not after its bodies.
    let owner = resource.type_name();
    let name = format!("{owner}{suffix}");
    structure(sink, (&owner, &name), resource.open, docs, fields)
}

/// A structure that is part of requests only.
pub(super) fn request(sink: &mut Sink<'_>, record: &Record) -> Result<Vec<TokenStream>, Error> {
    let names = (record.name.as_str(), record.name.as_str());
    structure(
        sink,
        names,
        record.open,
        &sentence(&record.doc),
        &record.fields,
    )
}

fn structure(
    sink: &mut Sink<'_>,
    (owner, name): (&str, &str),
    open: bool,
    docs: &str,
    fields: &[Field],
) -> Result<Vec<TokenStream>, Error> {
    let name = ident(name);
    let docs = doc(docs);
    let serialize = sink.imports.serde("Serialize");
    let mut members = Vec::new();
    for field in fields {
        members.push(member(sink, owner, field)?);
    }
    members.extend(open.then(|| extra_field(sink, false)));
    let default = fields
        .iter()
        .all(|field| field.create != Some(Presence::Always))
        .then(|| quote!(Default,));
    let methods = methods(sink, owner, fields, open, false)?;
    let schema = sink.context.json_schema();
    Ok(vec![
        quote! {
            #docs
            #[derive(Clone, Debug, #default #serialize)]
            #schema
            #[must_use]
            pub struct #name { #(#members,)* }
        },
        quote!(impl #name { #(#methods)* }),
    ])
}

/// How the struct of a body holds a field.
enum Storage {
    Value,
    Option,
    Patch,
}

/// A record holds null and absence as one `None`: it is read as well as written.
fn storage(field: &Field, record: bool) -> Storage {
    match (field.create, field.nullable, record) {
        (Some(Presence::Always), true, true) => Storage::Option,
        (Some(Presence::Always), true, false) => Storage::Patch,
        (Some(Presence::Always), false, _) => Storage::Value,
        (_, true, false) => Storage::Patch,
        (_, _, _) => Storage::Option,
    }
}

fn member(sink: &mut Sink<'_>, owner: &str, field: &Field) -> Result<TokenStream, Error> {
    let name = ident(&field.rust_name);
    let ty = sink.rust_type(&field.ty, owner, &field.name)?;
    let mut serde = Vec::new();
    serde.extend(rename(field));
    let (ty, expose) = match storage(field, false) {
        Storage::Value => (ty, "expose"),
        Storage::Option => {
            serde.push(quote!(skip_serializing_if = "Option::is_none"));
            (quote!(Option<#ty>), "expose_option")
        }
        Storage::Patch => {
            let patch = sink.imports.runtime("Patch");
            serde.push(quote!(default));
            serde.push(quote!(skip_serializing_if = "Patch::is_keep"));
            (quote!(#patch<#ty>), "expose_patch")
        }
    };
    if field.ty == Type::Secret {
        let path = secret_path(sink, expose);
        serde.push(quote!(serialize_with = #path));
    }
    let serde = serde_attribute(&serde);
    Ok(quote!(#serde #name: #ty))
}

/// Constructor and setters over `fields`.
pub(super) fn methods(
    sink: &mut Sink<'_>,
    owner: &str,
    fields: &[Field],
    open: bool,
    record: bool,
) -> Result<Vec<TokenStream>, Error> {
    let mut methods = vec![constructor(sink, owner, fields, open, record)?];
    for field in fields {
        if field.create == Some(Presence::Always) && !field.nullable {
            continue;
        }
        methods.extend(setters(sink, owner, field, record)?);
    }
    if open {
        let must_use = must_use(record);
        let value = sink.imports.runtime("Value");
        methods.push(quote! {
            /// Sets an attribute that the API's description does not name.
            #must_use
            pub fn extra(mut self, name: impl Into<String>, value: impl Into<#value>) -> Self {
                self.extra.insert(name.into(), value.into());
                self
            }
        });
    }
    Ok(methods)
}

/// Bodies are `must_use` themselves; records are not, since they are read too.
fn must_use(record: bool) -> Option<TokenStream> {
    record.then(|| quote!(#[must_use]))
}

fn constructor(
    sink: &mut Sink<'_>,
    owner: &str,
    fields: &[Field],
    open: bool,
    record: bool,
) -> Result<TokenStream, Error> {
    let must_use = must_use(record);
    let mut arguments = Vec::new();
    let mut members = Vec::new();
    for field in fields {
        let name = ident(&field.rust_name);
        if field.create != Some(Presence::Always) {
            let empty = match storage(field, record) {
                Storage::Patch => quote!(Patch::Keep),
                _ => quote!(None),
            };
            members.push(quote!(#name: #empty));
            continue;
        }
        let (argument, value) = sink.argument(&field.ty, owner, &field.name, &quote!(#name))?;
        arguments.push(quote!(#name: #argument));
        members.push(match storage(field, record) {
            Storage::Value if name == value.to_string() => quote!(#name),
            Storage::Value => quote!(#name: #value),
            Storage::Option => quote!(#name: Some(#value)),
            Storage::Patch => quote!(#name: Patch::Set(#value)),
        });
    }
    if open {
        let extra = sink.imports.runtime("Extra");
        members.push(quote!(extra: #extra::default()));
    }
    if arguments.is_empty() {
        let docs = doc("Without any attribute set.");
        return Ok(quote!(#docs #must_use pub fn new() -> Self { Self::default() }));
    }
    let docs = doc("With the required attributes.");
    Ok(quote! {
        #docs
        #must_use
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#members),* }
        }
    })
}

fn setters(
    sink: &mut Sink<'_>,
    owner: &str,
    field: &Field,
    record: bool,
) -> Result<Vec<TokenStream>, Error> {
    let docs = field_doc(field);
    let name = ident(&field.rust_name);
    let (argument, value) = sink.argument(&field.ty, owner, &field.name, &quote!(#name))?;
    let must_use = must_use(record);
    let mut setters = Vec::new();
    let wrap = match storage(field, record) {
        Storage::Patch => {
            let clear = ident(&format!("clear_{}", field.rust_name));
            let clear_docs = doc(&format!("Sets {} to null.", code(&field.name)));
            setters.push(quote! {
                #clear_docs
                #must_use
                pub fn #clear(mut self) -> Self {
                    self.#name = Patch::Null;
                    self
                }
            });
            quote!(Patch::Set)
        }
        Storage::Option | Storage::Value => quote!(Some),
    };
    let setter = quote! {
        #docs
        #must_use
        pub fn #name(mut self, #name: #argument) -> Self {
            self.#name = #wrap(#value);
            self
        }
    };
    // A nullable attribute that is required is set by the constructor; it can only be cleared.
    if field.create != Some(Presence::Always) {
        setters.insert(0, setter);
    }
    Ok(setters)
}
