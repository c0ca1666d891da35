//! The body of a method: the request it makes, from the path to the type of the response.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::docs::code;
use super::parameter::{conversion, required};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{
    Body, Operation, PathParameter, Presence, Resource, Response, Segment, Shape, Type, snake,
};

/// The parts of a method, as they are collected.
#[derive(Default)]
pub(super) struct Call {
    pub(super) arguments: Vec<TokenStream>,
    pub(super) statements: Vec<TokenStream>,
    pub(super) segments: Vec<TokenStream>,
    pub(super) expression: TokenStream,
}

impl Call {
    pub(super) fn new(sink: &mut Sink<'_>, resource: &Resource, operation: &Operation) -> Self {
        let mut call = Self::default();
        for segment in &operation.path.segments {
            let tokens = call.segment(sink, resource, segment);
            call.segments.push(tokens);
        }
        call
    }

    /// The expression of a segment. One of several parts is formatted by a statement before.
    fn segment(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        segment: &Segment,
    ) -> TokenStream {
        let parts = match segment {
            Segment::Literal(text) => return quote!(#text),
            Segment::Parameter(parameter) => return self.parameter(sink, resource, parameter),
            Segment::Mixed(parts) => parts,
        };
        let name = format_ident!("segment_{}", self.segments.len());
        let format = "{}".repeat(parts.len());
        let values: Vec<TokenStream> = parts
            .iter()
            .map(|part| self.segment(sink, resource, part))
            .collect();
        self.statements
            .push(quote!(let #name = format!(#format, #(#values),*);));
        quote!(&#name)
    }

    fn parameter(
        &mut self,
        sink: &mut Sink<'_>,
        resource: &Resource,
        parameter: &PathParameter,
    ) -> TokenStream {
        // The client of the resource has the parameters of its path as fields.
        let is_field = resource
            .parents()
            .any(|parent| parent.name == parameter.name);
        let own = parameter.id_of.as_deref() == Some(resource.name.as_str());
        let name = match own && !is_field {
            true => ident("id"),
            false => ident(&parameter.rust_name),
        };
        match (is_field, &parameter.id_of) {
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
        let request = ident(match operation.path.at_root {
            true => "request_at_root",
            false => "request",
        });
        let versions = sink.context.versions(resource, operation);
        self.expression =
            quote!(self.client.#request(#method_type::#method, &[#(#segments),*]) #versions);
        self.conditions(sink, operation);
        for parameter in operation
            .parameters
            .iter()
            .filter(|parameter| parameter.required)
        {
            let (argument, statement, call) = required(sink, resource, parameter)?;
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
                match (body, &operation.action) {
                    (Some(body), _) => self.body(sink, &type_name, operation, body)?,
                    (None, Some(action)) => self.add(quote!(body(#action, &()))),
                    (None, None) => {}
                }
                response.clone()
            }
            // Lists have builders of their own.
            Shape::List { .. } => Response::Empty,
        };
        self.response(sink, &type_name, operation, &response)
    }

    /// Adds the microversions of the attributes of a body that are set.
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
            let name = ident(&field.rust_name);
            let what = format!("the attribute {}", code(&field.name));
            let used = match (presence, field.nullable) {
                (None, _) => continue,
                (Some(Presence::Always), _) => None,
                (_, true) => Some(wrap(quote!(!#body.#name.is_keep()))),
                (_, false) => Some(wrap(quote!(#body.#name.is_some()))),
            };
            let versions = (&field.since, &field.until);
            if let Some(call) = sink.context.needs(versions, &what, used) {
                self.add(call);
            }
        }
    }

    /// Appends a call to the expression.
    fn add(&mut self, call: TokenStream) {
        let expression = &self.expression;
        self.expression = quote!(#expression.#call);
    }

    /// Adds what the request carries beside its body.
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

    /// The name, unless another argument has it.
    fn free_name(&self, name: &str) -> Ident {
        let begins = format!("{} :", ident(name));
        let mut arguments = self.arguments.iter();
        match arguments.any(|argument| argument.to_string().starts_with(&begins)) {
            true => format_ident!("{name}_"),
            false => ident(name),
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
        let name = match key.as_str() {
            "" => ident("body"),
            key => self.free_name(&snake(key)),
        };
        let ty = sink.rust_type(&body.ty, owner, &operation.name)?;
        if let (Type::Bytes, Some(media)) = (&body.ty, &body.media) {
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
            self.add(match body.form {
                true => quote!(optional_form(#name.as_ref())),
                false => quote!(optional_body(#key, #name.as_ref())),
            });
        } else {
            let (argument, value) =
                sink.argument(&body.ty, owner, &operation.name, &quote!(#name))?;
            self.arguments.push(quote!(#name: #argument));
            self.statements.push(conversion(&name, &ty, &value));
            self.add(match body.form {
                true => quote!(form(&#name)),
                false => quote!(body(#key, &#name)),
            });
        }
        if let Some(media) = &body.media {
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
            Response::IssuedToken(key) => (
                quote!(issued_token(#key)),
                sink.imports.runtime("IssuedToken").into_token_stream(),
            ),
            Response::Linked => (quote!(linked()), quote!(bool)),
            Response::Optional(key, ty) => {
                let ty = sink.rust_type(ty, owner, &operation.name)?;
                (quote!(optional(#key)), quote!(Option<#ty>))
            }
            Response::Raw => (
                quote!(raw()),
                sink.imports.runtime("Raw").into_token_stream(),
            ),
            Response::TokenBody(key) => (
                quote!(keyed(#key)),
                sink.imports.auth("AccessInfo").into_token_stream(),
            ),
            Response::Value(key, ty) => {
                let ty = sink.rust_type(ty, owner, &operation.name)?;
                let read = match key.as_str() {
                    "" => quote!(json()),
                    key => quote!(keyed(#key)),
                };
                (read, ty)
            }
        };
        self.add(read);
        Ok(ty)
    }
}

/// The type of a parameter as a field of the client of its resource.
pub(super) fn parameter_type(sink: &mut Sink<'_>, parameter: &PathParameter) -> TokenStream {
    match &parameter.id_of {
        Some(resource) => {
            let name = sink.context.id_type(resource);
            sink.imports.sibling(&name).into_token_stream()
        }
        None => quote!(String),
    }
}
