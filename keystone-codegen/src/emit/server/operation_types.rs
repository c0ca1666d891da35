//! The types of an operation's path, query, request body and response, around those of its resource.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::types::service_api_path;
use crate::Error;
use crate::emit::call::parameter_type;
use crate::emit::docs::{self, code, doc, sentence};
use crate::emit::fields::serde_attribute;
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::error::EmitError;
use crate::model::{
    Body, Operation, Page, Query, QueryKind, Resource, Response, Shape, camel, snake,
};

/// The types that the operations of a resource need; operations with equal types share them.
#[derive(Default)]
pub(super) struct OperationTypes {
    items: BTreeMap<String, TokenStream>,
    /// The parameters of a path, and the type that was made of them.
    paths: Vec<(Vec<String>, String)>,
}

impl OperationTypes {
    pub(super) fn into_items(self) -> impl Iterator<Item = TokenStream> {
        self.items.into_values()
    }

    /// The type of the parameters of the path, if it has any.
    pub(super) fn path(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
    ) -> Option<TokenStream> {
        let names: Vec<String> = operation
            .path
            .parameters()
            .map(|parameter| parameter.name.clone())
            .collect();
        if names.is_empty() {
            return None;
        }
        if let Some((_, name)) = self.paths.iter().find(|(other, _)| *other == names) {
            return Some(ident(name).into_token_stream());
        }
        let name = match self.paths.is_empty() {
            true => format!("{}Path", resource.type_name()),
            false => format!("{}{}Path", resource.type_name(), camel(&operation.name)),
        };
        self.paths.push((names, name.clone()));
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
        Some(self.request_type(sink, &name, &docs, &members))
    }

    /// The type of the query, if the operation takes one.
    pub(super) fn query(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
    ) -> Result<Option<TokenStream>, Error> {
        let mut members = Vec::new();
        for query in &operation.query {
            members.extend(query_members(sink, resource, query)?);
        }
        if let Shape::List { page, .. } = operation.shape {
            if page != Page::None {
                members.push(quote!(
                    /// The size of a page.
                    #[serde(default)] pub limit: Option<u32>
                ));
            }
            if page == Page::Marker {
                members.push(quote!(
                    /// The id of the last item of the previous page.
                    #[serde(default)] pub marker: Option<String>
                ));
            }
        }
        if members.is_empty() {
            return Ok(None);
        }
        let name = format!("{}{}Query", resource.type_name(), camel(&operation.name));
        let docs = doc(&format!(
            "The query of {}.",
            docs::address(sink.context, operation)
        ));
        Ok(Some(self.request_type(sink, &name, &docs, &members)))
    }

    /// The type of the whole body, if there is one.
    pub(super) fn body(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
    ) -> Result<Option<TokenStream>, Error> {
        let owner = resource.type_name();
        let (create, update) = (
            ident(&format!("{owner}Create")),
            ident(&format!("{owner}Update")),
        );
        let (name, key, inner) = match &operation.shape {
            Shape::Create { bare: true, .. } => return Ok(Some(quote!(#create))),
            Shape::Create { many: true, .. } => (
                format!("{create}Body"),
                &resource.keys,
                quote!(Vec<#create>),
            ),
            Shape::Create { .. } => (format!("{create}Body"), &resource.key, quote!(#create)),
            Shape::Update => (format!("{update}Body"), &resource.key, quote!(#update)),
            Shape::Other {
                body: Some(Body { key, ty, .. }),
                ..
            } => {
                let ty = sink.rust_type(ty, &owner, &operation.name)?;
                if key.is_empty() {
                    return Ok(Some(ty));
                }
                (format!("{owner}{}Body", camel(&operation.name)), key, ty)
            }
            _ => return Ok(None),
        };
        let members = [keyed(key, &inner)];
        let docs = doc(&format!(
            "The body of a request, under the key {}.",
            code(key)
        ));
        Ok(Some(self.request_type(sink, &name, &docs, &members)))
    }

    /// The type of the whole response.
    pub(super) fn response(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
    ) -> Result<TokenStream, Error> {
        let owner = resource.type_name();
        let one = ident(&owner);
        let own_name = format!("{owner}{}Response", camel(&operation.name));
        match &operation.shape {
            Shape::List { item, keys, page } => {
                let item = sink.imports.sibling(item);
                let members = list_members(sink, keys, &quote!(Vec<#item>), *page);
                self.response_type(sink, &own_name, keys, &members)
            }
            Shape::Create { many: true, .. } => {
                let members = [keyed(&resource.keys, &quote!(Vec<#one>))];
                self.response_type(sink, &own_name, &resource.keys, &members)
            }
            Shape::Create { .. } | Shape::Get | Shape::Update => {
                let members = [keyed(&resource.key, &quote!(#one))];
                self.response_type(sink, &format!("{owner}Response"), &resource.key, &members)
            }
            Shape::Other { response, .. } => {
                self.other_response(sink, &owner, &own_name, operation, response)
            }
        }
    }

    fn other_response(
        &mut self,
        sink: &mut Sink<'_>,
        owner: &str,
        name: &str,
        operation: &Operation,
        response: &Response,
    ) -> Result<TokenStream, Error> {
        Ok(match response {
            Response::Empty => quote!(()),
            Response::Exists | Response::Linked => quote!(bool),
            Response::Raw => quote!(String),
            Response::Form(ty) => sink.rust_type(ty, owner, &operation.name)?,
            Response::Value(key, ty) => {
                let value = sink.rust_type(ty, owner, &operation.name)?;
                if key.is_empty() {
                    return Ok(value);
                }
                self.response_type(sink, name, key, &[keyed(key, &value)])?
            }
            Response::Optional(key, ty) => {
                let value = Response::Value(key.clone(), ty.clone());
                let value = self.other_response(sink, owner, name, operation, &value)?;
                quote!(Option<#value>)
            }
            Response::TokenBody(key) => {
                let value = sink.imports.runtime("Value");
                self.response_type(sink, name, key, &[keyed(key, &quote!(#value))])?
            }
            Response::IssuedToken(key) => {
                let value = sink.imports.runtime("Value");
                let secret = sink.imports.crate_root("SecretString");
                let members = [
                    quote! {
                        /// The token, for the header `X-Subject-Token`.
                        #[serde(skip)] pub subject_token: #secret
                    },
                    keyed(key, &quote!(#value)),
                ];
                self.response_type(sink, name, key, &members)?
            }
        })
    }

    /// Adds a type that requests are read into.
    fn request_type(
        &mut self,
        sink: &mut Sink<'_>,
        name: &str,
        docs: &TokenStream,
        members: &[TokenStream],
    ) -> TokenStream {
        let deserialize = sink.imports.serde("Deserialize");
        let ident = ident(name);
        let item = quote! {
            #docs
            #[derive(Clone, Debug, #deserialize)]
            pub struct #ident { #(#members,)* }
        };
        self.items.insert(name.to_owned(), item);
        quote!(#ident)
    }

    /// Adds a type that responses are written from.
    fn response_type(
        &mut self,
        sink: &mut Sink<'_>,
        name: &str,
        key: &str,
        members: &[TokenStream],
    ) -> Result<TokenStream, Error> {
        let serialize = sink.imports.serde("Serialize");
        let ident = ident(name);
        let docs = doc(&format!("A response with the key {}.", code(key)));
        let item = quote! {
            #docs
            #[derive(Clone, Debug, #serialize)]
            pub struct #ident { #(#members,)* }
        };
        let text = item.to_string();
        let known = self.items.entry(name.to_owned()).or_insert(item);
        if known.to_string() != text {
            let message = format!("two types would be named `{name}`; rename an operation");
            return Err(EmitError::new(message).into());
        }
        Ok(quote!(#ident))
    }
}

fn keyed(key: &str, ty: &TokenStream) -> TokenStream {
    let rust = snake(key);
    let rename = (rust != key).then(|| quote!(#[serde(rename = #key)]));
    let name = ident(&rust);
    let docs = doc(&format!("The value of the key {}.", code(key)));
    quote!(#docs #rename pub #name: #ty)
}

fn list_members(
    sink: &mut Sink<'_>,
    keys: &str,
    items: &TokenStream,
    page: Page,
) -> Vec<TokenStream> {
    let links = sink.imports.runtime("Links");
    let mut members = vec![
        keyed(keys, items),
        quote! {
            /// The links to this page and to its neighbours.
            #[serde(skip_serializing_if = "Option::is_none")] pub links: Option<#links>
        },
    ];
    if page != Page::None {
        members.push(quote! {
            /// Whether the list is incomplete.
            #[serde(skip_serializing_if = "Option::is_none")] pub truncated: Option<bool>
        });
    }
    members
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
        QueryKind::Exact(ty) => (sink.rust_type(ty, &resource.type_name(), wire)?, None),
        QueryKind::Csv => (quote!(Vec<String>), Some("csv")),
        QueryKind::Flag => (quote!(bool), Some("flag")),
        QueryKind::Text | QueryKind::Time => (quote!(String), None),
    };
    let with = with.map(|function| service_api_path(sink, function));
    let mut members = vec![query_member(
        wire,
        &query.rust_name,
        &text,
        query.required,
        &ty,
        with,
    )];
    if query.kind == QueryKind::Text {
        members.extend(COMPARISONS.split(' ').map(|comparison| {
            let wire = format!("{wire}__{comparison}");
            let rust = format!("{}_{comparison}", query.rust_name);
            let text = format!("Compares {} by `{comparison}`.", code(&query.name));
            query_member(&wire, &rust, &text, false, &ty, None)
        }));
    }
    Ok(members)
}

fn query_member(
    wire: &str,
    rust: &str,
    text: &str,
    required: bool,
    ty: &TokenStream,
    with: Option<String>,
) -> TokenStream {
    let docs = doc(text);
    let name = ident(rust);
    let rename = (wire != rust).then(|| quote!(rename = #wire));
    // A type that a function reads has an empty value: no flag, no texts.
    let (ty, default) = match (required, &with) {
        (true, _) => (ty.clone(), None),
        (false, Some(_)) => (ty.clone(), Some(quote!(default))),
        (false, None) => (quote!(Option<#ty>), Some(quote!(default))),
    };
    let with = with.map(|path| quote!(deserialize_with = #path));
    let serde = serde_attribute(&Vec::from_iter(
        [rename, default, with].into_iter().flatten(),
    ));
    quote!(#docs #serde pub #name: #ty)
}
