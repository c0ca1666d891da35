//! The body of a method: the request it makes, from the path to the type of the response.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::code;
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{
    Body, Operation, Parameter, Path, Presence, Resource, Response, Segment, Shape, Type, snake,
};

/// The parts of a method, as they are found out.
pub(super) struct Call {
    pub(super) arguments: Vec<TokenStream>,
    pub(super) statements: Vec<TokenStream>,
    pub(super) segments: Vec<TokenStream>,
    pub(super) expression: TokenStream,
}

impl Call {
    pub(super) fn new(sink: &mut Sink<'_>, resource: &Resource, operation: &Operation) -> Self {
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
        for segment in &path.segments {
            let tokens = match segment {
                Segment::Literal(text) => quote!(#text),
                Segment::Mixed(parts) => self.mixed(sink, resource, parts),
                Segment::Parameter(parameter) => self.parameter(sink, resource, parameter),
            };
            self.segments.push(tokens);
        }
    }

    /// A segment of several parts is put together first.
    fn mixed(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        parts: &[Segment],
    ) -> TokenStream {
        let name = format_ident!("segment_{}", self.segments.len());
        let format = "{}".repeat(parts.len());
        let mut values = Vec::new();
        for part in parts {
            match part {
                Segment::Literal(text) => values.push(quote!(#text)),
                Segment::Parameter(parameter) => {
                    values.push(self.parameter(sink, resource, parameter));
                }
                Segment::Mixed(parts) => values.push(self.mixed(sink, resource, parts)),
            }
        }
        self.statements
            .push(quote!(let #name = format!(#format, #(#values),*);));
        quote!(&#name)
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
            _ => ident(&parameter.rust_name),
        };
        match (kept, &parameter.id_of) {
            (true, Some(_)) => quote!(self.#name.as_str()),
            (true, None) => quote!(&self.#name),
            (false, None) if parameter.ty == Type::Text => {
                self.arguments.push(quote!(#name: &str));
                quote!(#name)
            }
            (false, None) => {
                let owner = resource.type_name();
                let value = quote!(#name);
                // The types of parameters have been read, so they have names.
                let types = sink
                    .argument(&parameter.ty, &owner, &parameter.name, &value)
                    .and_then(|argument| {
                        let ty = sink.rust_type(&parameter.ty, &owner, &parameter.name)?;
                        Ok((argument, ty))
                    });
                if let Ok(((argument, value), ty)) = types {
                    let style = sink.imports.runtime("Parameter");
                    self.arguments.push(quote!(#name: #argument));
                    self.statements.push(quote!(let #name: #ty = #value;));
                    self.statements
                        .push(quote!(let #name = #style::path(&#name);));
                }
                quote!(&#name)
            }
            (false, Some(_)) => {
                let ty = parameter_type(sink, parameter);
                self.arguments.push(quote!(#name: impl Into<#ty>));
                self.statements.push(quote!(let #name: #ty = #name.into();));
                quote!(#name.as_str())
            }
        }
    }

    /// Fills in the expression of a request and returns the type of its response.
    pub(super) fn request(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        operation: &Operation,
        shape: &Shape,
    ) -> Result<TokenStream, Error> {
        let method_type = sink.imports.runtime("Method");
        let method = ident(operation.method.as_str());
        let segments = &self.segments;
        let request = if operation.path.at_root {
            ident("request_at_root")
        } else {
            ident("request")
        };
        let since = sink.context.since(resource, operation);
        self.expression =
            quote!(self.client.#request(#method_type::#method, &[#(#segments),*]) #since);
        self.conditions(sink, operation);
        for styled in operation.styled.iter().filter(|styled| styled.required) {
            let (argument, statement, call) = super::styled::required(sink, resource, styled)?;
            self.arguments.push(argument);
            self.statements.push(statement);
            self.add(call);
        }
        let type_name = resource.type_name();
        let key = &resource.key;
        let one = Response::Value(key.clone(), Type::Record(type_name.clone()));
        let response = match shape {
            Shape::Create { many: true, .. } => {
                let keys = &resource.keys;
                let body = sink.imports.sibling(&format!("{type_name}Create"));
                self.arguments
                    .push(quote!(new: impl IntoIterator<Item = #body>));
                self.statements
                    .push(quote!(let new: Vec<#body> = new.into_iter().collect();));
                self.needs(
                    sink,
                    resource,
                    "new",
                    |is_used| quote!(new.iter().any(|new| #is_used)),
                );
                self.add(quote!(body(#keys, &new)));
                Response::Value(
                    keys.clone(),
                    Type::List(Box::new(Type::Record(type_name.clone()))),
                )
            }
            Shape::Create { bare, .. } => {
                let key = if *bare { "" } else { key };
                let body = sink.imports.sibling(&format!("{type_name}Create"));
                self.arguments.push(quote!(new: #body));
                self.needs(sink, resource, "new", |is_used| is_used);
                self.add(quote!(body(#key, &new)));
                one
            }
            Shape::Update => {
                let body = sink.imports.sibling(&format!("{type_name}Update"));
                self.arguments.push(quote!(change: #body));
                self.needs(sink, resource, "change", |is_used| is_used);
                self.add(quote!(body(#key, &change)));
                one
            }
            Shape::Get => one,
            Shape::Other { body, response } => {
                if let Some(body) = body {
                    self.body(sink, &type_name, operation, body)?;
                }
                response.clone()
            }
            // Lists are no requests; their builders ask for them.
            Shape::List { .. } => Response::Empty,
        };
        self.response(sink, &type_name, operation, &response)
    }

    /// Says which attributes of a body came with a microversion, and whether they are set.
    fn needs(
        &mut self,
        sink: &Sink<'_>,
        resource: &Resource,
        body: &str,
        wrap: fn(TokenStream) -> TokenStream,
    ) {
        let body = ident(body);
        for field in &resource.fields {
            let presence = if body == "new" {
                field.create
            } else {
                field.update
            };
            let version = sink.context.needed(&field.since);
            let (Some(version), Some(presence)) = (version, presence) else {
                continue;
            };
            let name = ident(&field.rust_name);
            let what = format!("the attribute {}", code(&field.name));
            self.add(match (presence, field.nullable) {
                (Presence::Always, _) => quote!(since(#version, #what)),
                (_, true) => {
                    let is_used = wrap(quote!(!#body.#name.is_keep()));
                    quote!(since_if(#is_used, #version, #what))
                }
                (_, false) => {
                    let is_used = wrap(quote!(#body.#name.is_some()));
                    quote!(since_if(#is_used, #version, #what))
                }
            });
        }
    }

    /// Appends a call to the expression.
    fn add(&mut self, call: TokenStream) {
        let expression = &self.expression;
        self.expression = quote!(#expression.#call);
    }

    /// What the request carries beside its body.
    fn conditions(&mut self, sink: &mut Sink<'_>, operation: &Operation) {
        if !operation.authenticated {
            self.add(quote!(unauthenticated()));
        }
        if let Some(accept) = &operation.accept {
            self.add(quote!(accept(#accept)));
        }
        for query in operation.query.iter().filter(|query| query.required) {
            let (wire, name) = (&query.name, ident(&query.rust_name));
            self.arguments.push(quote!(#name: impl Into<String>));
            self.add(quote!(query(#wire, #name)));
        }
        if operation.path.slash {
            self.add(quote!(slash()));
        }
        for header in &operation.headers {
            let wire = header.name.to_ascii_lowercase();
            let name = ident(&header.rust_name);
            let (ty, call) = match &header.ty {
                Type::Secret => {
                    let ty = sink.imports.crate_root("SecretString");
                    (ty, quote!(secret_header(#wire, &#name.into())))
                }
                Type::Id(of) => {
                    let ty = sink.imports.sibling(&sink.context.id_type(of));
                    self.statements.push(quote!(let #name: #ty = #name.into();));
                    (ty, quote!(header(#wire, #name.as_str())))
                }
                _ => (ident("String"), quote!(header(#wire, #name))),
            };
            self.arguments.push(quote!(#name: impl Into<#ty>));
            self.add(call);
        }
    }

    fn body(
        &mut self,
        sink: &mut Sink<'_>,
        owner: &str,
        operation: &Operation,
        body: &Body,
    ) -> Result<(), Error> {
        let key = &body.key;
        let name = if key.is_empty() {
            ident("body")
        } else {
            ident(&snake(key))
        };
        if body.media.is_some() || body.optional {
            return self.foreign_body(sink, owner, operation, body, &name);
        }
        let (argument, value) = sink.argument(&body.ty, owner, &operation.name, &quote!(#name))?;
        let ty = sink.rust_type(&body.ty, owner, &operation.name)?;
        self.arguments.push(quote!(#name: #argument));
        if name != value.to_string() {
            self.statements.push(quote!(let #name: #ty = #value;));
        }
        self.add(if body.form {
            quote!(form(&#name))
        } else {
            quote!(body(#key, &#name))
        });
        Ok(())
    }

    /// A body of a media type of its own, or one that may be left out.
    fn foreign_body(
        &mut self,
        sink: &mut Sink<'_>,
        owner: &str,
        operation: &Operation,
        body: &Body,
        name: &proc_macro2::Ident,
    ) -> Result<(), Error> {
        let key = &body.key;
        let ty = sink.rust_type(&body.ty, owner, &operation.name)?;
        let media = body.media.as_deref().unwrap_or_default();
        if body.ty == Type::Bytes {
            let media = if media.contains('*') || media.starts_with("multipart/") {
                self.arguments.push(quote!(content_type: impl Into<String>));
                quote!(content_type)
            } else {
                quote!(#media)
            };
            self.arguments.push(quote!(#name: impl Into<#ty>));
            self.add(quote!(bytes(#media, #name)));
            return Ok(());
        }
        if body.optional {
            self.arguments.push(quote!(#name: impl Into<Option<#ty>>));
            self.statements
                .push(quote!(let #name: Option<#ty> = #name.into();));
            self.add(if body.form {
                quote!(optional_form(#name.as_ref()))
            } else {
                quote!(optional_body(#key, #name.as_ref()))
            });
        } else {
            let (argument, value) =
                sink.argument(&body.ty, owner, &operation.name, &quote!(#name))?;
            self.arguments.push(quote!(#name: #argument));
            self.statements
                .push(super::styled::conversion(name, &ty, &value));
            self.add(quote!(body(#key, &#name)));
        }
        if !media.is_empty() {
            self.add(quote!(content_type(#media)));
        }
        Ok(())
    }

    fn response(
        &mut self,
        sink: &mut Sink<'_>,
        owner: &str,
        operation: &Operation,
        response: &Response,
    ) -> Result<TokenStream, Error> {
        let (read, ty) = match response {
            Response::Empty => (quote!(empty()), quote!(())),
            Response::Exists => (quote!(exists()), quote!(bool)),
            Response::Form(ty) => (
                quote!(form_response()),
                sink.rust_type(ty, owner, &operation.name)?,
            ),
            Response::IssuedToken(key) => {
                let ty = sink.imports.runtime("IssuedToken");
                (quote!(issued_token(#key)), quote!(#ty))
            }
            Response::Linked => (quote!(linked()), quote!(bool)),
            Response::Optional(key, ty) => {
                let ty = sink.rust_type(ty, owner, &operation.name)?;
                (quote!(optional(#key)), quote!(Option<#ty>))
            }
            Response::Raw => {
                let ty = sink.imports.runtime("Raw");
                (quote!(raw()), quote!(#ty))
            }
            Response::TokenBody(key) => {
                let ty = sink.imports.auth("AccessInfo");
                (quote!(keyed(#key)), quote!(#ty))
            }
            Response::Value(key, ty) => {
                let ty = sink.rust_type(ty, owner, &operation.name)?;
                let read = if key.is_empty() {
                    quote!(json())
                } else {
                    quote!(keyed(#key))
                };
                (read, ty)
            }
        };
        self.add(read);
        Ok(ty)
    }
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
