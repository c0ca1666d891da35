//! What one operation takes and returns, around the types of its resource: path, query, and the
//! objects with the keys of the API.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::served;
use crate::Error;
use crate::emit::call::parameter_type;
use crate::emit::docs::{self, code, doc, sentence};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::error::EmitError;
use crate::model::{
    Body, Operation, Page, Query, QueryKind, Resource, Response, Shape, camel, snake,
};

/// The types that the operations of a resource need; operations that need the same share it.
#[derive(Default)]
pub(super) struct Calls {
    items: BTreeMap<String, TokenStream>,
    /// The parameters of a path, and the type that was made of them.
    paths: Vec<(Vec<String>, String)>,
}

impl Calls {
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
        let known = self.paths.iter().find(|(other, _)| *other == names);
        if let Some((_, name)) = known {
            let name = ident(name);
            return Some(quote!(#name));
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
            let docs = doc(&format!(
                "What stands for {}.",
                code(&format!("{{{wire}}}"))
            ));
            let rename = (*wire != rust).then(|| quote!(#[serde(rename = #wire)]));
            let rust = ident(&rust);
            members.push(quote!(#docs #rename pub #rust: #ty));
        }
        let docs = doc(&format!(
            "The parameters of {}.",
            code(&sink.context.path(&operation.path))
        ));
        Some(self.read(sink, &name, &docs, &members))
    }

    /// The type of the query, if there can be any.
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
                    /// The last id of the page before.
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
        Ok(Some(self.read(sink, &name, &docs, &members)))
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
        Ok(Some(self.read(sink, &name, &docs, &members)))
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
        let own_name = format!("{owner}{}Answer", camel(&operation.name));
        match &operation.shape {
            Shape::List { item, keys, page } => {
                let item = sink.imports.sibling(item);
                let members = list_members(sink, keys, &quote!(Vec<#item>), *page);
                self.written(sink, &own_name, keys, &members)
            }
            Shape::Create { many: true, .. } => {
                let members = [keyed(&resource.keys, &quote!(Vec<#one>))];
                self.written(sink, &own_name, &resource.keys, &members)
            }
            Shape::Create { .. } | Shape::Get | Shape::Update => {
                let members = [keyed(&resource.key, &quote!(#one))];
                self.written(sink, &format!("{owner}Answer"), &resource.key, &members)
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
                self.written(sink, name, key, &[keyed(key, &value)])?
            }
            Response::Optional(key, ty) => {
                let value = Response::Value(key.clone(), ty.clone());
                let value = self.other_response(sink, owner, name, operation, &value)?;
                quote!(Option<#value>)
            }
            Response::TokenBody(key) => {
                let value = sink.imports.runtime("Value");
                self.written(sink, name, key, &[keyed(key, &quote!(#value))])?
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
                self.written(sink, name, key, &members)?
            }
        })
    }

    fn read(
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

    fn written(
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
    let docs = doc(&format!("What stands under {}.", code(key)));
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
            /// The addresses of this page and of those around it.
            #[serde(skip_serializing_if = "Option::is_none")] pub links: Option<#links>
        },
    ];
    if page != Page::None {
        members.push(quote! {
            /// Whether the list was cut.
            #[serde(skip_serializing_if = "Option::is_none")] pub truncated: Option<bool>
        });
    }
    members
}

/// The comparisons of a text beside equality.
const COMPARISONS: &[&str] = &[
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
];

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
    let with = with.map(|function| served(sink, function));
    let mut members = vec![query_member(
        wire,
        &query.rust_name,
        &text,
        query.required,
        &ty,
        with,
    )];
    if query.kind == QueryKind::Text {
        members.extend(COMPARISONS.iter().map(|comparison| {
            let wire = format!("{wire}__{comparison}");
            let rust = format!("{}_{comparison}", query.rust_name);
            let text = format!("{} compared by `{comparison}`.", code(&query.name));
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
    // What a function reads has an empty form of its own: no flag, no words.
    let (ty, default) = match (required, &with) {
        (true, _) => (ty.clone(), None),
        (false, Some(_)) => (ty.clone(), Some(quote!(default))),
        (false, None) => (quote!(Option<#ty>), Some(quote!(default))),
    };
    let with = with.map(|path| quote!(deserialize_with = #path));
    let serde: Vec<TokenStream> = [rename, default, with].into_iter().flatten().collect();
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    quote!(#docs #serde pub #name: #ty)
}
