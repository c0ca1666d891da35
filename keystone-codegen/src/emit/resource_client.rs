//! The client of a resource: it holds the parameters of its path, and has a method for each operation.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::call::{Call, parameter_type};
use super::docs::{self, doc, sentence};
use super::query;
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Operation, Page, Resource, Shape, camel};

/// The client, and the builders that its methods return.
pub(super) fn emit(sink: &mut Sink<'_>, resource: &Resource) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&camel(&resource.plural));
    let client = sink.imports.runtime("ServiceClient");
    let parents: Vec<(Ident, TokenStream)> = resource
        .parents()
        .map(|parameter| (ident(&parameter.rust_name), parameter_type(sink, parameter)))
        .collect();
    let (names, types): (Vec<_>, Vec<_>) = parents.into_iter().unzip();
    let mut methods = Vec::new();
    let mut builders = Vec::new();
    for operation in &resource.operations {
        let (method, builder) = operation_items(sink, resource, operation)?;
        methods.push(method);
        builders.extend(builder);
    }
    methods.extend(query::find_by_name(sink, resource));
    let docs = doc(&resource_client_doc(resource));
    let mut items = vec![
        quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #name {
                client: #client,
                #(#names: #types,)*
            }
        },
        quote! {
            impl #name {
                pub(super) fn new(client: &#client #(, #names: #types)*) -> Self {
                    Self { client: client.clone() #(, #names)* }
                }

                #(#methods)*
            }
        },
    ];
    items.extend(builders);
    Ok(items)
}

pub(super) fn resource_client_doc(resource: &Resource) -> String {
    let mut text = sentence(&docs::words(&resource.plural));
    if !resource.doc.is_empty() {
        text = format!("{text} {}", sentence(&resource.doc));
    }
    if let Some(versions) = docs::versions(&resource.notes.since, &resource.notes.until) {
        text = format!("{text}\n\n{versions}");
    }
    text
}

fn operation_items(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<(TokenStream, Vec<TokenStream>), Error> {
    let docs = doc(&docs::operation(sink.context, resource, operation));
    let deprecated = docs::deprecated(operation);
    let name = ident(&operation.name);
    let versions = sink.context.versions(resource, operation);
    let mut call = Call::new(sink, resource, operation);
    let (response, builders) = match &operation.shape {
        // Only lists with parameters have a builder of their own.
        Shape::List { item, keys, page } if query::is_plain(operation, *page) => {
            let list = sink.imports.runtime("PlainList");
            let item = sink.imports.sibling(item);
            let page = paging(sink, *page);
            let segments = &call.segments;
            call.expression = quote! {
                #list::new(self.client.list(&[#(#segments),*], #keys, #page) #versions)
            };
            (quote!(#list<#item>), Vec::new())
        }
        Shape::List { item, keys, page } => {
            let builder = ident(&query::builder_name(resource, operation));
            let page_variant = paging(sink, *page);
            let segments = &call.segments;
            call.expression = quote! {
                #builder(self.client.list(&[#(#segments),*], #keys, #page_variant) #versions)
            };
            let builders = query::list(sink, resource, operation, item, *page)?;
            (quote!(#builder), builders)
        }
        shape => {
            let response = call.request(sink, resource, operation, shape)?;
            if query::is_direct(operation) {
                let request = sink.imports.runtime("Request");
                (quote!(#request<#response>), Vec::new())
            } else {
                let builder = ident(&query::builder_name(resource, operation));
                let expression = &call.expression;
                call.expression = quote!(#builder(#expression));
                let builders = query::request(sink, resource, operation, &response)?;
                (quote!(#builder), builders)
            }
        }
    };
    let Call {
        arguments,
        statements,
        expression,
        ..
    } = call;
    let method = quote! {
        #docs
        #deprecated
        pub fn #name(&self #(, #arguments)*) -> #response {
            #(#statements)*
            #expression
        }
    };
    Ok((method, builders))
}

fn paging(sink: &mut Sink<'_>, page: Page) -> TokenStream {
    let paging = sink.imports.runtime("Paging");
    match page {
        Page::Echo => quote!(#paging::Echo),
        Page::Marker => quote!(#paging::Marker),
        Page::None => quote!(#paging::None),
    }
}
