//! Parameters in the styles of OpenAPI, and what else one call needs beside the described shapes.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{code, doc, sentence};
use super::scope::ident;
use super::sink::Sink;
use crate::Error;
use crate::model::{Operation, ParameterLocation, Resource, Style, Styled};

/// The argument of a required parameter, how it becomes its type, and the call that sets it.
pub(super) fn required(
    sink: &mut Sink<'_>,
    resource: &Resource,
    styled: &Styled,
) -> Result<(TokenStream, TokenStream, TokenStream), Error> {
    let name = ident(&styled.rust_name);
    let owner = resource.type_name();
    let (argument, value) = sink.argument(&styled.ty, &owner, &styled.name, &quote!(#name))?;
    let ty = sink.rust_type(&styled.ty, &owner, &styled.name)?;
    let parameter = parameter(sink, styled);
    Ok((
        quote!(#name: #argument),
        conversion(&name, &ty, &value),
        quote!(parameter(#parameter, &#name)),
    ))
}

/// The statement that makes a value of an argument, unless it is one already.
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
    for styled in operation.styled.iter().filter(|styled| !styled.required) {
        let (argument, statement, call) = required(sink, resource, styled)?;
        let name = ident(&styled.rust_name);
        let docs = doc(&match styled.doc.as_str() {
            "" => format!("The parameter {}.", code(&styled.name)),
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

fn parameter(sink: &mut Sink<'_>, styled: &Styled) -> TokenStream {
    let parameter = sink.imports.runtime("Parameter");
    let name = &styled.name;
    let place = match styled.place {
        ParameterLocation::Cookie => quote!(#parameter::cookie(#name)),
        ParameterLocation::Header => {
            let name = name.to_ascii_lowercase();
            quote!(#parameter::header(#name))
        }
        ParameterLocation::Query => quote!(#parameter::query(#name)),
    };
    match (styled.place, styled.style, styled.explode) {
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
    let (request, with) = (
        sink.imports.runtime("Request"),
        sink.imports.runtime("WithHeaders"),
    );
    Some(quote! {
        /// Keeps the headers of the response too.
        pub fn with_headers(self) -> #request<#with<#response>> {
            self.0.with_headers()
        }
    })
}
