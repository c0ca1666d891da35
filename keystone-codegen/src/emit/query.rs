//! Builders for lists and for operations with a query, with a method for each parameter that the service reads.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::{code, doc, sentence};
use super::parameter;
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Operation, Page, Query, QueryKind, Resource, Shape, Type, camel};

/// The name of the builder of an operation.
pub(super) fn builder_name(resource: &Resource, operation: &Operation) -> String {
    format!("{}{}", resource.type_name(), camel(&operation.name))
}

/// Whether a list takes no parameter at all.
pub(super) fn is_plain(operation: &Operation, page: Page) -> bool {
    operation.query.is_empty() && operation.parameters.is_empty() && page != Page::Marker
}

/// Whether all parameters of an operation are required, so that it needs no builder.
pub(super) fn is_direct(operation: &Operation) -> bool {
    let required = operation.query.iter().all(|query| query.required);
    required
        && operation
            .parameters
            .iter()
            .all(|parameter| parameter.required)
}

/// The builder around a list.
pub(super) fn list(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
    item: &str,
    page: Page,
) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&builder_name(resource, operation));
    let item = sink.imports.sibling(item);
    let [list, page_type, items] = ["List", "Page", "Items"].map(|name| sink.imports.runtime(name));
    let error = sink.imports.crate_root("Error");
    let docs = doc(&super::docs::operation(sink.context, resource, operation));
    let mut methods = Vec::new();
    for query in operation.query.iter().filter(|query| !query.required) {
        methods.push(filter(sink, resource, query, FILTER)?);
    }
    methods.extend(parameter::setters(sink, resource, operation)?);
    methods.extend((page == Page::Marker).then(|| {
        quote! {
            /// The size of a page. Not sent together with a filter other than equality, because
            /// the service cuts the page before it applies such a filter.
            pub fn limit(self, limit: u32) -> Self {
                Self(self.0.limit(limit))
            }
        }
    }));
    methods.push(call_settings(sink));
    let paging = paging_doc(page);
    Ok(vec![
        quote! {
            #docs
            #[derive(Clone, Debug)]
            #[must_use = "nothing is sent until `send`, `all` or `stream` is called"]
            pub struct #name(#list<#item>);
        },
        quote! {
            impl #name {
                #(#methods)*

                #paging
                ///
                /// # Errors
                ///
                /// When the call fails, or the response is not what the API describes.
                pub async fn send(self) -> Result<#page_type<#item>, #error> {
                    self.0.send().await
                }

                /// Fetches all items, page by page.
                ///
                /// # Errors
                ///
                /// As `send`, and when the service does not return the whole list.
                pub async fn all(self) -> Result<Vec<#item>, #error> {
                    self.0.all().await
                }

                /// Fetches the only item, if there is one.
                ///
                /// # Errors
                ///
                /// As `all`, and when there are several.
                pub async fn at_most_one(self) -> Result<Option<#item>, #error> {
                    self.0.at_most_one("these filters").await
                }

                /// Streams the items, and fetches pages as they are needed.
                pub fn stream(self) -> #items<#item> {
                    self.0.stream()
                }
            }
        },
    ])
}

fn paging_doc(page: Page) -> TokenStream {
    doc(match page {
        Page::Marker => "Fetches the first page.",
        Page::Echo => {
            "Fetches the list. The service cannot page here: it only reports that it left items out."
        }
        Page::None => "Fetches the list, which comes in one response.",
    })
}

/// The builder around a request with a query.
pub(super) fn request(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
    response: &TokenStream,
) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&builder_name(resource, operation));
    let request = sink.imports.runtime("Request");
    let error = sink.imports.crate_root("Error");
    let docs = doc(&super::docs::operation(sink.context, resource, operation));
    let mut methods = Vec::new();
    for query in operation.query.iter().filter(|query| !query.required) {
        methods.push(filter(sink, resource, query, QUERY)?);
    }
    methods.extend(parameter::setters(sink, resource, operation)?);
    methods.extend(parameter::with_headers(sink, operation, response));
    methods.push(call_settings(sink));
    let into_future = sink.imports.std("std::future::IntoFuture");
    Ok(vec![
        quote! {
            #docs
            #[derive(Debug)]
            #[must_use = "nothing is sent until the request is awaited"]
            pub struct #name(#request<#response>);
        },
        quote! {
            impl #name {
                #(#methods)*

                /// Sends the request, as awaiting it does.
                ///
                /// # Errors
                ///
                /// When the call fails, or the response is not what the API describes.
                pub async fn send(self) -> Result<#response, #error> {
                    self.0.send().await
                }
            }
        },
        quote! {
            impl #into_future for #name {
                type Output = Result<#response, #error>;
                type IntoFuture = <#request<#response> as #into_future>::IntoFuture;

                fn into_future(self) -> Self::IntoFuture {
                    self.0.into_future()
                }
            }
        },
    ])
}

/// The setters that every call has.
fn call_settings(sink: &mut Sink<'_>) -> TokenStream {
    let settings = sink.imports.runtime("call_settings");
    quote!(#settings!(0);)
}

/// The methods of the runtime's lists and requests that take a plain value.
const FILTER: &str = "filter";
const QUERY: &str = "query";

fn filter(
    sink: &mut Sink<'_>,
    resource: &Resource,
    query: &Query,
    plain: &str,
) -> Result<TokenStream, Error> {
    let wire = &query.name;
    let name = ident(&query.rust_name);
    let (argument, call) = parameter(sink, resource, query, &name, &ident(plain))?;
    let mut text = if query.doc.is_empty() {
        let wire = code(wire);
        match query.kind {
            QueryKind::Text => format!("Only those whose {wire} matches."),
            QueryKind::Exact(_) => format!("Only those with this {wire}."),
            QueryKind::Flag => format!("Sets the flag {wire}."),
            QueryKind::Csv => format!("Filters by {wire}."),
            QueryKind::Time => format!("Only those whose {wire} is in this range."),
        }
    } else {
        sentence(&query.doc)
    };
    if let Some(versions) = super::docs::versions(&query.since, &query.until) {
        text = format!("{text} {versions}");
    }
    let docs = doc(&text);
    let what = format!("the parameter {}", code(wire));
    let versions = sink
        .context
        .needs((&query.since, &query.until), &what, None)
        .map(|call| quote!(.#call));
    Ok(quote! {
        #docs
        pub fn #name(self, #name: #argument) -> Self {
            Self(self.0.#call #versions)
        }
    })
}

fn parameter(
    sink: &mut Sink<'_>,
    resource: &Resource,
    query: &Query,
    name: &Ident,
    plain: &Ident,
) -> Result<(TokenStream, TokenStream), Error> {
    let wire = query.name.as_str();
    Ok(match &query.kind {
        QueryKind::Flag => (quote!(bool), quote!(flag(#wire, #name))),
        QueryKind::Csv => (
            quote!(impl IntoIterator<Item = impl Into<String>>),
            quote!(csv(#wire, #name)),
        ),
        QueryKind::Text => {
            let matches = sink.imports.runtime("Match");
            (quote!(impl Into<#matches>), quote!(text(#wire, #name)))
        }
        QueryKind::Time => {
            let time = sink.imports.runtime("TimeMatch");
            (quote!(#time), quote!(time(#wire, #name)))
        }
        QueryKind::Exact(Type::Text) => (quote!(impl Into<String>), quote!(#plain(#wire, #name))),
        QueryKind::Exact(ty @ (Type::Id(_) | Type::Enum(_))) => {
            let rust = sink.rust_type(ty, &resource.type_name(), wire)?;
            (
                quote!(impl Into<#rust>),
                quote!(#plain(#wire, #name.into())),
            )
        }
        QueryKind::Exact(ty) => {
            let rust = sink.rust_type(ty, &resource.type_name(), wire)?;
            (rust, quote!(#plain(#wire, #name.to_string())))
        }
    })
}

/// The operation that `find_by_name` uses, if the list can be filtered by name.
pub(super) fn by_name(resource: &Resource) -> Option<&Operation> {
    resource.operations.iter().find(|operation| {
        matches!(&operation.shape, Shape::List { item, .. } if *item == resource.type_name())
            && operation.name == "list"
            && operation.query.iter().any(|query| {
                query.name == "name"
                    && matches!(query.kind, QueryKind::Text | QueryKind::Exact(Type::Text))
            })
    })
}

/// `find_by_name` of a resource.
pub(super) fn find_by_name(sink: &mut Sink<'_>, resource: &Resource) -> Option<TokenStream> {
    by_name(resource)?;
    let entity = ident(&resource.type_name());
    let error = sink.imports.crate_root("Error");
    let docs = doc(&format!(
        "The {} of this name, if there is one.",
        super::docs::words(&resource.name)
    ));
    Some(quote! {
        #docs
        ///
        /// # Errors
        ///
        /// When the list fails, and when several have the name.
        pub async fn find_by_name(
            &self,
            name: impl Into<String>,
        ) -> Result<Option<#entity>, #error> {
            let name = name.into();
            let what = format!("the name `{name}`");
            self.list().name(name).0.at_most_one(&what).await
        }
    })
}
