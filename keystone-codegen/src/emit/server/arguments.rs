//! The arguments of methods: the types of path, query and headers, and which bodies fit.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::checked;
use super::method;
use super::restricted::{Limits, service_api};
use super::types::service_api_path;
use crate::Error;
use crate::emit::call::parameter_type;
use crate::emit::docs::{self, code, doc, sentence};
use crate::emit::fields::serde_attribute;
use crate::emit::scope::{Context, ident};
use crate::emit::sink::Sink;
use crate::model::{Body, Operation, Page, Query, QueryKind, Resource, Shape, Type, camel, snake};

/// The types that the operations of a resource take; those with equal paths share one.
#[derive(Default)]
pub(super) struct Arguments {
    items: BTreeMap<String, TokenStream>,
}

impl Arguments {
    pub(super) fn into_items(self) -> impl Iterator<Item = TokenStream> {
        self.items.into_values()
    }

    /// What makes the types arguments of this operation.
    pub(super) fn of(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
    ) -> Result<Vec<TokenStream>, Error> {
        let path = service_api(sink.context);
        sink.imports.sibling("operations");
        let marker = method::marker(&method::name(resource, operation));
        let mut items = Vec::new();
        if let Some(name) = path_type(resource, operation) {
            let item = path_item(sink, operation, &name);
            self.items.insert(name.clone(), item);
            let name = ident(&name);
            items.push(quote!(impl #path::PathOf<operations::#marker> for #name {}));
        }
        if let Some(name) = query_type(resource, operation) {
            let item = query_item(sink, resource, operation, &name)?;
            self.items.insert(name.clone(), item);
            let name = ident(&name);
            items.push(quote!(impl #path::QueryOf<operations::#marker> for #name {}));
        }
        if let Some(name) = headers_type(resource, operation) {
            let item = headers_item(sink, operation, &name, &marker);
            self.items.insert(name, item);
        }
        if let Some(body) = body_of(sink, resource, operation)? {
            let (ty, key, optional) = (&body.ty, body.key, body.optional);
            let optional = optional.then(|| {
                quote!(
                    const OPTIONAL: bool = true;
                )
            });
            items.push(quote! {
                impl #path::BodyOf<operations::#marker> for #ty {
                    const KEY: &'static str = #key;
                    #optional
                }
            });
        }
        Ok(items)
    }
}

/// The body of an operation in Rust.
pub(super) struct BodyType {
    pub(super) ty: TokenStream,
    key: String,
    optional: bool,
    /// The name of the argument in a signature to paste.
    pub(super) argument: &'static str,
}

/// The body that an operation takes.
pub(super) fn body_of(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<Option<BodyType>, Error> {
    let owner = resource.type_name();
    let [create, update] = ["Create", "Update"].map(|suffix| ident(&format!("{owner}{suffix}")));
    let (ty, key, optional, argument) = match &operation.shape {
        Shape::Create { bare, many } => {
            let (ty, key) = match many {
                true => (quote!(Vec<#create>), &resource.keys),
                false => (quote!(#create), &resource.key),
            };
            let key = if *bare { String::new() } else { key.clone() };
            (ty, key, false, "new")
        }
        Shape::Update => (quote!(#update), resource.key.clone(), false, "change"),
        Shape::Other {
            body: Some(Body {
                key, ty, optional, ..
            }),
            ..
        } => {
            let ty = sink.rust_type(ty, &owner, &operation.name)?;
            let ty = if *optional { quote!(Option<#ty>) } else { ty };
            (ty, key.clone(), *optional, "body")
        }
        _ => return Ok(None),
    };
    Ok(Some(BodyType {
        ty,
        key,
        optional,
        argument,
    }))
}

/// The name of the type of a path with parameters: `ProxyPath` for the path of one of the resources,
/// `ZoneProxyPath`-like names for others.
pub(super) fn path_type(resource: &Resource, operation: &Operation) -> Option<String> {
    let names: Vec<&str> = parameters(operation);
    if names.is_empty() {
        return None;
    }
    let first = resource
        .operations
        .iter()
        .map(parameters)
        .filter(|names| !names.is_empty());
    // Of all paths, the one with the most parameters is that of the resource itself.
    let own = first.max_by_key(Vec::len).unwrap_or_default();
    let owner = resource.type_name();
    if names == own {
        return Some(format!("{owner}Path"));
    }
    let collection: Vec<&str> = resource
        .path
        .parameters()
        .map(|one| one.name.as_str())
        .collect();
    match names == collection {
        true => Some(format!("{}Path", camel(&resource.plural))),
        false => Some(format!("{owner}{}Path", camel(&operation.name))),
    }
}

fn parameters(operation: &Operation) -> Vec<&str> {
    operation
        .path
        .parameters()
        .map(|parameter| parameter.name.as_str())
        .collect()
}

fn path_item(sink: &mut Sink<'_>, operation: &Operation, name: &str) -> TokenStream {
    let mut members = Vec::new();
    for parameter in operation.path.parameters() {
        let (wire, rust) = (&parameter.name, snake(&parameter.name));
        let ty = parameter_type(sink, parameter);
        let docs = doc(&format!("The value of {}.", code(&format!("{{{wire}}}"))));
        let rename = (*wire != rust).then(|| quote!(#[serde(rename = #wire)]));
        let rust = ident(&rust);
        members.push(quote!(#docs #rename pub #rust: #ty));
    }
    let docs = doc(&format!(
        "The parameters of {}.",
        code(&sink.context.path(&operation.path))
    ));
    let deserialize = sink.imports.serde("Deserialize");
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, Debug, #deserialize)]
        pub struct #name { #(#members,)* }
    }
}

fn page(operation: &Operation) -> Page {
    match operation.shape {
        Shape::List { page, .. } => page,
        _ => Page::None,
    }
}

/// The name of the type of the query, if the operation takes one.
pub(super) fn query_type(resource: &Resource, operation: &Operation) -> Option<String> {
    let takes = !operation.query.is_empty() || page(operation) != Page::None;
    takes.then(|| format!("{}{}Query", resource.type_name(), camel(&operation.name)))
}

fn query_item(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
    name: &str,
) -> Result<TokenStream, Error> {
    let mut members = Vec::new();
    let mut checks = Vec::new();
    for query in &operation.query {
        members.extend(query_members(sink, resource, query)?);
        checks.extend(query_checks(sink.context, query));
    }
    if page(operation) != Page::None {
        let limit = service_api(sink.context);
        members.push(quote! {
            /// The size of a page.
            #[serde(default)] pub limit: #limit::Limit
        });
        checks.push(quote!(self.limit.bound(check);));
    }
    if page(operation) == Page::Marker {
        members.push(quote! {
            /// The id of the last item of the previous page.
            #[serde(default)] pub marker: Option<String>
        });
    }
    let docs = doc(&format!(
        "The query of {}.",
        docs::address(sink.context, operation)
    ));
    let checked = checked::implementation(sink, name, &checks);
    let deserialize = sink.imports.serde("Deserialize");
    let name = ident(name);
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, #deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct #name { #(#members,)* }
        #checked
    })
}

/// The comparisons of a text beside equality.
const COMPARISONS: &str = "contains icontains startswith istartswith endswith iendswith";

fn query_members(
    sink: &mut Sink<'_>,
    resource: &Resource,
    query: &Query,
) -> Result<Vec<TokenStream>, Error> {
    let wire = &query.name;
    let text = match query.doc.as_str() {
        "" => format!("The parameter {}.", code(wire)),
        text => sentence(text),
    };
    let text = match &query.since {
        Some(version) => format!("{text} {}", docs::since(version)),
        None => text,
    };
    let (ty, with) = match &query.kind {
        QueryKind::Exact(Type::Bool) => (quote!(bool), Some("boolean")),
        QueryKind::Exact(ty) => (sink.rust_type(ty, &resource.type_name(), wire)?, None),
        QueryKind::Csv => (quote!(Vec<String>), Some("csv")),
        QueryKind::Flag => (quote!(bool), Some("flag")),
        QueryKind::Text | QueryKind::Time => (quote!(String), None),
    };
    let mut members = vec![query_member(query, &text, &ty, with)];
    if query.kind == QueryKind::Text {
        members.extend(comparisons(query).map(|(wire, rust, comparison)| {
            let text = format!("Compares {} by `{comparison}`.", code(&query.name));
            let (docs, rust) = (doc(&text), ident(&rust));
            let serde = serde_attribute(&[quote!(rename = #wire), quote!(default)]);
            quote!(#docs #serde pub #rust: Option<#ty>)
        }));
    }
    Ok(members)
}

/// The names of a text's comparisons: on the wire, in Rust, and by themselves.
fn comparisons(query: &Query) -> impl Iterator<Item = (String, String, &'static str)> {
    COMPARISONS.split(' ').map(|comparison| {
        let wire = format!("{}__{comparison}", query.name);
        (
            wire,
            format!("{}_{comparison}", query.rust_name),
            comparison,
        )
    })
}

fn query_member(query: &Query, text: &str, ty: &TokenStream, with: Option<&str>) -> TokenStream {
    let wire = &query.name;
    let docs = doc(text);
    let name = ident(&query.rust_name);
    let rename = (*wire != query.rust_name).then(|| quote!(rename = #wire));
    // A type that a function reads has an empty value: no flag, no texts. A boolean has none.
    let (ty, default, with) = match (query.required, with) {
        (true, with) => (ty.clone(), None, with),
        (false, Some("boolean")) => (
            quote!(Option<#ty>),
            Some(quote!(default)),
            Some("optional_boolean"),
        ),
        (false, Some(with)) => (ty.clone(), Some(quote!(default)), Some(with)),
        (false, None) => (quote!(Option<#ty>), Some(quote!(default)), None),
    };
    let with = with.map(|function| {
        let path = service_api_path(function);
        quote!(deserialize_with = #path)
    });
    let parts = [rename, default, with].into_iter().flatten();
    let serde = serde_attribute(&Vec::from_iter(parts));
    quote!(#docs #serde pub #name: #ty)
}

/// The checks of the microversions of a parameter.
fn query_checks(context: &Context<'_>, query: &Query) -> Vec<TokenStream> {
    let limits = Limits::between(context, &query.since, &query.until);
    if limits.is_empty() {
        return Vec::new();
    }
    let limits = limits.all(context);
    let own = (query.name.clone(), query.rust_name.clone());
    let compared = comparisons(query).map(|(wire, rust, _)| (wire, rust));
    let names: Vec<(String, String)> = match query.kind {
        QueryKind::Text => std::iter::once(own).chain(compared).collect(),
        _ => vec![own],
    };
    let check = |(wire, rust): &(String, String)| {
        let rust = ident(rust);
        let given = match (&query.kind, query.required) {
            (QueryKind::Flag, _) => quote!(self.#rust),
            (QueryKind::Csv, _) => quote!(!self.#rust.is_empty()),
            (_, true) => quote!(true),
            (_, false) => quote!(self.#rust.is_some()),
        };
        quote!(if #given { check.given(#wire, #limits); })
    };
    names.iter().map(check).collect()
}

/// The name of the type of the headers, if the operation needs any.
pub(super) fn headers_type(resource: &Resource, operation: &Operation) -> Option<String> {
    (!operation.headers.is_empty())
        .then(|| format!("{}{}Headers", resource.type_name(), camel(&operation.name)))
}

fn headers_item(
    sink: &mut Sink<'_>,
    operation: &Operation,
    name: &str,
    marker: &proc_macro2::Ident,
) -> TokenStream {
    let path = service_api(sink.context);
    let (mut members, mut values) = (Vec::new(), Vec::new());
    for header in &operation.headers {
        let (wire, rust) = (&header.name, ident(&header.rust_name));
        let ty = match &header.ty {
            Type::Secret => sink.imports.crate_root("SecretString").into_token_stream(),
            Type::Id(of) => {
                let ty = sink.context.id_type(of);
                sink.imports.sibling(&ty).into_token_stream()
            }
            _ => quote!(String),
        };
        let docs = doc(&format!("The header {}.", code(wire)));
        members.push(quote!(#docs pub #rust: #ty));
        values.push(quote!(#rust: call.header(#wire)?.into()));
    }
    let docs = doc(&format!(
        "The headers of {}.",
        docs::address(sink.context, operation)
    ));
    let name = ident(name);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name { #(#members,)* }

        impl #path::PartOf<operations::#marker> for #name {
            fn read(call: &#path::Call) -> Result<Self, #path::Rejection> {
                Ok(Self { #(#values,)* })
            }
        }
    }
}
