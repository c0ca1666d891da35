//! Parameters in the styles of OpenAPI, and headers of responses.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{code, doc, sentence};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Operation, Parameter, ParameterLocation, Resource, Style};

/// The argument of a required parameter, how it becomes its type, and the call that sets it.
pub(super) fn required(
    sink: &mut Sink<'_>,
    resource: &Resource,
    parameter: &Parameter,
) -> Result<(TokenStream, TokenStream, TokenStream), Error> {
    let name = ident(&parameter.rust_name);
    let owner = resource.type_name();
    let (argument, value) =
        sink.argument(&parameter.ty, &owner, &parameter.name, &quote!(#name))?;
    let ty = sink.rust_type(&parameter.ty, &owner, &parameter.name)?;
    let style = style(sink, parameter);
    Ok((
        quote!(#name: #argument),
        conversion(&name, &ty, &value),
        quote!(parameter(#style, &#name)),
    ))
}

/// The statement that converts an argument to its type; none where it has that type already.
pub(super) fn conversion(
    name: &proc_macro2::Ident,
    ty: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    if name == &value.to_string() {
        return TokenStream::new();
    }
    quote!(let #name: #ty = #value;)
}

/// The methods of a builder for parameters that may be left out.
pub(super) fn setters(
    sink: &mut Sink<'_>,
    resource: &Resource,
    operation: &Operation,
) -> Result<Vec<TokenStream>, Error> {
    let mut methods = Vec::new();
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| !parameter.required)
    {
        let (argument, statement, call) = required(sink, resource, parameter)?;
        let name = ident(&parameter.rust_name);
        let docs = doc(&match parameter.doc.as_str() {
            "" => format!("The parameter {}.", code(&parameter.name)),
            doc => sentence(doc),
        });
        methods.push(quote! {
            #docs
            pub fn #name(self, #argument) -> Self {
                #statement
                Self(self.0.#call)
            }
        });
    }
    Ok(methods)
}

/// The value of the runtime that says where and how a parameter is written.
fn style(sink: &mut Sink<'_>, parameter: &Parameter) -> TokenStream {
    let ty = sink.imports.runtime("Parameter");
    let name = &parameter.name;
    let place = match parameter.place {
        ParameterLocation::Cookie => quote!(#ty::cookie(#name)),
        ParameterLocation::Header => {
            let name = name.to_ascii_lowercase();
            quote!(#ty::header(#name))
        }
        ParameterLocation::Query => quote!(#ty::query(#name)),
    };
    match (parameter.place, parameter.style, parameter.explode) {
        (_, Style::Json, _) => quote!(#place.json()),
        (_, Style::DeepObject, _) => quote!(#place.deep_object()),
        (_, Style::Pipe, false) => quote!(#place.joined("|")),
        (_, Style::Space, false) => quote!(#place.joined(" ")),
        (ParameterLocation::Header, _, true) => quote!(#place.exploded()),
        (ParameterLocation::Header, _, false) | (_, _, true) => place,
        (_, _, false) => quote!(#place.joined(",")),
    }
}

/// The method that keeps the headers of the response, where some are described.
pub(super) fn with_headers(
    sink: &mut Sink<'_>,
    operation: &Operation,
    response: &TokenStream,
) -> Option<TokenStream> {
    operation.response_headers.first()?;
    let [request, with] = ["Request", "WithHeaders"].map(|name| sink.imports.runtime(name));
    Some(quote! {
        /// Returns the headers of the response too.
        pub fn with_headers(self) -> #request<#with<#response>> {
            self.0.with_headers()
        }
    })
}
