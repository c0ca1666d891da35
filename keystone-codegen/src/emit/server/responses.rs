//! What operations respond with.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::method;
use super::restricted::service_api;
use crate::Error;
use crate::emit::docs::{self, code, doc};
use crate::emit::scope::{Context, ident};
use crate::emit::sink::Sink;
use crate::model::{Operation, Page, Resource, Response, Shape, camel, snake};

/// The response of an operation in Rust, and how it is written.
struct Written {
    ty: TokenStream,
    /// The response of `self` with the status `status`.
    write: TokenStream,
}

/// What makes types the response of an operation: the type itself with the first status, and each
/// status by itself.
pub(super) fn of(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<Vec<TokenStream>, Error> {
    let path = service_api(sink.context);
    sink.imports.sibling("operations");
    let marker = method::marker(&method::name(resource, operation));
    let marker = quote!(operations::#marker);
    let Written { ty, write } = written(sink, resource, operation)?;
    let first = Literal::u16_unsuffixed(operation.statuses.first().copied().unwrap_or(200));
    let mut items = vec![quote! {
        impl #path::ResponseOf<#marker> for #ty {
            const STATUS: u16 = #first;

            fn write(self, status: u16, responder: &#path::Responder<'_>) -> #path::Response {
                #write
            }
        }
    }];
    items.extend(with_headers(
        sink.context,
        resource,
        operation,
        &marker,
        &ty,
    ));
    Ok(items)
}

/// The type that a method returns, for a signature to paste.
pub(super) fn type_of(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<TokenStream, Error> {
    Ok(written(sink, resource, operation)?.ty)
}

fn written(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<Written, Error> {
    let owner = resource.type_name();
    let one = ident(&owner);
    let (key, keys) = (&resource.key, &resource.keys);
    Ok(match &operation.shape {
        Shape::List { item, keys, page } => {
            let item = sink.imports.sibling(item);
            match page {
                Page::Marker => {
                    let path = service_api(sink.context);
                    Written {
                        ty: quote!(#path::Page<#item>),
                        write: quote!(responder.page(status, #keys, &self)),
                    }
                }
                Page::Echo | Page::None => Written {
                    ty: quote!(Vec<#item>),
                    write: quote!(responder.one(status, #keys, &self)),
                },
            }
        }
        Shape::Create { many: true, .. } => Written {
            ty: quote!(Vec<#one>),
            write: quote!(responder.one(status, #keys, &self)),
        },
        Shape::Create { .. } | Shape::Get | Shape::Update => Written {
            ty: quote!(#one),
            write: quote!(responder.one(status, #key, &self)),
        },
        Shape::Other { response, .. } => other(sink, &owner, operation, response)?,
    })
}

fn other(
    sink: &mut Sink<'_>,
    owner: &str,
    operation: &Operation,
    response: &Response,
) -> Result<Written, Error> {
    Ok(match response {
        Response::Exists | Response::Linked => Written {
            ty: quote!(bool),
            write: quote!(responder.whether(status, self)),
        },
        Response::Raw => {
            let media = operation
                .accept
                .as_deref()
                .unwrap_or("text/plain; charset=utf-8");
            Written {
                ty: quote!(String),
                write: quote!(responder.text(status, #media, self)),
            }
        }
        Response::Value(key, ty) => Written {
            ty: sink.rust_type(ty, owner, &operation.name)?,
            write: match task_path(sink.context, operation) {
                None => quote!(responder.one(status, #key, &self)),
                Some(path) => quote! {
                    responder.accepted(status, #key, &self, #path, self.id.as_str())
                },
            },
        },
        Response::Optional(key, ty) => {
            let ty = sink.rust_type(ty, owner, &operation.name)?;
            Written {
                ty: quote!(Option<#ty>),
                write: quote!(responder.maybe(status, #key, self.as_ref())),
            }
        }
        // The other shapes were refused before.
        Response::Empty | Response::Form(_) | Response::IssuedToken(_) | Response::TokenBody(_) => {
            Written {
                ty: quote!(()),
                write: quote!(responder.empty(status)),
            }
        }
    })
}

/// The path at which the task of an operation is found, if it begins one.
fn task_path(context: &Context<'_>, operation: &Operation) -> Option<String> {
    let task = operation.task.as_deref()?;
    let resource = context.resources().find(|resource| resource.name == task)?;
    let get = resource
        .operations
        .iter()
        .find(|one| matches!(one.shape, Shape::Get))?;
    Some(context.path(&get.path))
}

/// A response with declared headers.
fn with_headers(
    context: &Context<'_>,
    resource: &Resource,
    operation: &Operation,
    marker: &TokenStream,
    ty: &TokenStream,
) -> Option<TokenStream> {
    if operation.response_headers.is_empty() || operation.task.is_some() {
        return None;
    }
    let path = service_api(context);
    let name = format!(
        "{}{}ResponseHeaders",
        resource.type_name(),
        camel(&operation.name)
    );
    let name = ident(&name);
    let docs = doc(&format!(
        "The headers of the response to {}.",
        docs::address(context, operation)
    ));
    let (mut members, mut writes) = (Vec::new(), Vec::new());
    for header in &operation.response_headers {
        let (wire, rust) = (&header.name, ident(&snake(&header.name)));
        let text = match header.doc.as_str() {
            "" => format!("The header {}.", code(wire)),
            text => docs::sentence(text),
        };
        let text = doc(&text);
        members.push(quote!(#text pub #rust: Option<String>));
        writes.push(quote! {
            let response = responder.header(response, #wire, self.1.#rust.as_deref());
        });
    }
    Some(quote! {
        #docs
        #[derive(Clone, Debug, Default)]
        pub struct #name { #(#members,)* }

        impl #path::ResponseOf<#marker> for (#ty, #name) {
            const STATUS: u16 = <#ty as #path::ResponseOf<#marker>>::STATUS;

            fn write(self, status: u16, responder: &#path::Responder<'_>) -> #path::Response {
                let response = #path::ResponseOf::<#marker>::write(self.0, status, responder);
                #(#writes)*
                response
            }
        }
    })
}
