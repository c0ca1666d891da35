//! The handle of a resource: a value that knows where the collection is, with a method for each
//! operation.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::{self, doc, sentence};
use super::query;
use super::scope::ident;
use super::types::Sink;
use crate::Error;
use crate::model::{
    Answer, Body, Operation, Page, Parameter, Path, Resource, Segment, Shape, Type, camel, snake,
};

/// The handle, and the builders that its methods return.
pub(super) fn emit(sink: &mut Sink<'_>, resource: &Resource) -> Result<Vec<TokenStream>, Error> {
    let name = ident(&camel(&resource.plural));
    let client = sink.imports.runtime("ServiceClient");
    let parents: Vec<(Ident, TokenStream)> = resource
        .parents()
        .map(|parameter| (ident(&parameter.name), parameter_type(sink, parameter)))
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
    let docs = doc(&handle_doc(resource));
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

pub(super) fn handle_doc(resource: &Resource) -> String {
    let mut text = sentence(&docs::words(&resource.plural));
    if !resource.doc.is_empty() {
        text = format!("{text} {}", sentence(&resource.doc));
    }
    text
}

/// The type of a parameter as the handle keeps it.
pub(super) fn parameter_type(sink: &mut Sink<'_>, parameter: &Parameter) -> TokenStream {
    match &parameter.id_of {
        Some(resource) => {
            let name = sink.imports.sibling(&sink.context.id_type(resource));
            quote!(#name)
        }
        None => quote!(String),
    }
}

fn operation_items(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<(TokenStream, Vec<TokenStream>), Error> {
    let docs = doc(&docs::operation(sink.context, resource, operation));
    let name = ident(&operation.name);
    let mut call = Call::new(sink, resource, operation);
    let (answer, builders) = match &operation.shape {
        Shape::List { item, keys, page } => {
            let builder = ident(&query::builder_name(resource, operation));
            let page_variant = paging(sink, *page);
            let segments = &call.segments;
            call.expression = quote! {
                #builder(self.client.list(&[#(#segments),*], #keys, #page_variant))
            };
            let builders = query::list(sink, resource, operation, item, *page)?;
            (quote!(#builder), builders)
        }
        shape => {
            let answer = call.request(sink, resource, operation, shape)?;
            if operation.query.is_empty() {
                let request = sink.imports.runtime("Request");
                (quote!(#request<#answer>), Vec::new())
            } else {
                let builder = ident(&query::builder_name(resource, operation));
                let expression = &call.expression;
                call.expression = quote!(#builder(#expression));
                let builders = query::request(sink, resource, operation, &answer)?;
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
        pub fn #name(&self #(, #arguments)*) -> #answer {
            #(#statements)*
            #expression
        }
    };
    Ok((method, builders))
}

/// The parts of a method, as they are found out.
struct Call {
    arguments: Vec<TokenStream>,
    statements: Vec<TokenStream>,
    segments: Vec<TokenStream>,
    expression: TokenStream,
}

impl Call {
    fn new(sink: &mut Sink<'_>, resource: &Resource, operation: &Operation) -> Self {
        let mut call = Self {
            arguments: Vec::new(),
            statements: Vec::new(),
            segments: Vec::new(),
            expression: TokenStream::new(),
        };
        call.add_path(sink, resource, &operation.path);
        call
    }

    fn add_path(&mut self, sink: &mut Sink<'_>, resource: &Resource, path: &Path) {
        for segment in &path.0 {
            let tokens = match segment {
                Segment::Literal(text) => quote!(#text),
                Segment::Parameter(parameter) => self.parameter(sink, resource, parameter),
            };
            self.segments.push(tokens);
        }
    }

    fn parameter(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        parameter: &Parameter,
    ) -> TokenStream {
        let kept = resource
            .parents()
            .any(|parent| parent.name == parameter.name);
        let own = parameter.id_of.as_deref() == Some(resource.name.as_str());
        let name = match own {
            true if !kept => ident("id"),
            _ => ident(&snake(&parameter.name)),
        };
        match (kept, &parameter.id_of) {
            (true, Some(_)) => quote!(self.#name.as_str()),
            (true, None) => quote!(&self.#name),
            (false, None) => {
                self.arguments.push(quote!(#name: &str));
                quote!(#name)
            }
            (false, Some(_)) => {
                let ty = parameter_type(sink, parameter);
                self.arguments.push(quote!(#name: impl Into<#ty>));
                self.statements.push(quote!(let #name: #ty = #name.into();));
                quote!(#name.as_str())
            }
        }
    }

    /// Fills in the expression of a request and returns the type of its answer.
    fn request(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
        shape: &Shape,
    ) -> Result<TokenStream, Error> {
        let method_type = sink.imports.runtime("Method");
        let method = ident(operation.method.as_str());
        let segments = &self.segments;
        let mut expression = quote!(self.client.request(#method_type::#method, &[#(#segments),*]));
        if !operation.authenticated {
            expression = quote!(#expression.unauthenticated());
        }
        if let Some(header) = &operation.secret_header {
            let header = header.to_ascii_lowercase();
            let name = ident(&snake(header.trim_start_matches("x-")));
            let secret = sink.imports.crate_root("SecretString");
            self.arguments.push(quote!(#name: impl Into<#secret>));
            expression = quote!(#expression.secret_header(#header, &#name.into()));
        }
        let type_name = resource.type_name();
        let key = &resource.key;
        let answer = match shape {
            Shape::Create | Shape::Update => {
                let update = matches!(shape, Shape::Update);
                let (suffix, name) = if update {
                    ("Update", ident("change"))
                } else {
                    ("Create", ident("new"))
                };
                let body = sink.imports.sibling(&format!("{type_name}{suffix}"));
                self.arguments.push(quote!(#name: #body));
                expression = quote!(#expression.body(#key, &#name));
                Answer::Value(key.clone(), Type::Record(type_name.clone()))
            }
            Shape::Get => Answer::Value(key.clone(), Type::Record(type_name.clone())),
            Shape::Other { body, answer } => {
                if let Some(body) = body {
                    expression = self.body(sink, &type_name, operation, body, expression)?;
                }
                answer.clone()
            }
            // Lists are no requests; their builders ask for them.
            Shape::List { .. } => Answer::Empty,
        };
        self.expression = expression;
        self.answer(sink, &type_name, operation, &answer)
    }

    fn body(
        &mut self,
        sink: &mut Sink<'_>,
        owner: &str,
        operation: &Operation,
        body: &Body,
        expression: TokenStream,
    ) -> Result<TokenStream, Error> {
        let key = &body.key;
        let name = if key.is_empty() {
            ident("body")
        } else {
            ident(&snake(key))
        };
        let (argument, value) = sink.argument(&body.ty, owner, &operation.name, &quote!(#name))?;
        let ty = sink.rust_type(&body.ty, owner, &operation.name)?;
        self.arguments.push(quote!(#name: #argument));
        if name != value.to_string() {
            self.statements.push(quote!(let #name: #ty = #value;));
        }
        Ok(quote!(#expression.body(#key, &#name)))
    }

    fn answer(
        &mut self,
        sink: &mut Sink<'_>,
        owner: &str,
        operation: &Operation,
        answer: &Answer,
    ) -> Result<TokenStream, Error> {
        let expression = &self.expression;
        let (expression, ty) = match answer {
            Answer::Empty => (quote!(#expression.empty()), quote!(())),
            Answer::Exists => (quote!(#expression.exists()), quote!(bool)),
            Answer::IssuedToken(key) => {
                let ty = sink.imports.runtime("IssuedToken");
                (quote!(#expression.issued_token(#key)), quote!(#ty))
            }
            Answer::TokenBody(key) => {
                let ty = sink.imports.auth("AccessInfo");
                (quote!(#expression.keyed(#key)), quote!(#ty))
            }
            Answer::Value(key, ty) => {
                let ty = sink.rust_type(ty, owner, &operation.name)?;
                (quote!(#expression.keyed(#key)), ty)
            }
        };
        self.expression = expression;
        Ok(ty)
    }
}

fn paging(sink: &mut Sink<'_>, page: Page) -> TokenStream {
    let paging = sink.imports.runtime("Paging");
    match page {
        Page::Echo => quote!(#paging::Echo),
        Page::Marker => quote!(#paging::Marker),
        Page::None => quote!(#paging::None),
    }
}
