//! The trait of a resource: a method for each operation.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::operation_types::OperationTypes;
use crate::Error;
use crate::emit::docs::{self, doc};
use crate::emit::scope::ident;
use crate::emit::sink::Sink;
use crate::error::EmitError;
use crate::model::{Header, Operation, Resource, Type};

/// The trait with these methods.
pub(super) fn api(resource: &Resource, methods: &[TokenStream]) -> TokenStream {
    let name = ident(&format!("{}Api", resource.type_name()));
    let docs = doc(&format!(
        "The operations on {}, as the service implements them.",
        docs::words(&resource.plural)
    ));
    quote! {
        #docs
        pub trait #name: Send + Sync {
            /// The caller, in a type of the service's own.
            type Caller: Send;
            /// The error of a call.
            type Error: Send;

            #(#methods)*
        }
    }
}

/// The method of an operation; the types that it takes and returns go into `types`.
pub(super) fn method(
    sink: &mut Sink<'_>,
    types: &mut OperationTypes,
    resource: &Resource,
    operation: &Operation,
) -> Result<TokenStream, Error> {
    let docs = doc(&docs::operation(sink.context, resource, operation));
    let name = ident(&operation.name);
    if let Some(parameter) = operation.parameters.first() {
        return Err(EmitError::new(format!(
            "the server's side cannot read the parameter `{}` of `{}.{}`; describe it as text, `csv` or `flag` in a resource spec",
            parameter.name, resource.name, operation.name
        ))
        .into());
    }
    let mut arguments = Vec::new();
    if let Some(path) = types.path(sink, resource, operation) {
        arguments.push(quote!(path: #path));
    }
    if let Some(query) = types.query(sink, resource, operation)? {
        arguments.push(quote!(query: #query));
    }
    for header in &operation.headers {
        let name = ident(&header.rust_name);
        let ty = header_type(sink, header);
        arguments.push(quote!(#name: #ty));
    }
    if let Some(body) = types.body(sink, resource, operation)? {
        arguments.push(quote!(body: #body));
    }
    let response = types.response(sink, resource, operation)?;
    Ok(quote! {
        #docs
        fn #name(&self, caller: Self::Caller #(, #arguments)*)
            -> impl Future<Output = Result<#response, Self::Error>> + Send;
    })
}

fn header_type(sink: &mut Sink<'_>, header: &Header) -> TokenStream {
    match &header.ty {
        Type::Secret => sink.imports.crate_root("SecretString").into_token_stream(),
        Type::Id(of) => {
            let ty = sink.context.id_type(of);
            sink.imports.sibling(&ty).into_token_stream()
        }
        _ => quote!(String),
    }
}
