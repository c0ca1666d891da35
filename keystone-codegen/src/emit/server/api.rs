//! The trait of a resource: a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::call::Calls;
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
        "What a service does with {}: a method for each operation.",
        docs::words(&resource.plural)
    ));
    quote! {
        #docs
        pub trait #name: Send + Sync {
            /// Whoever calls, as the service knows them.
            type Caller: Send;
            /// Why a call is refused.
            type Error: Send;

            #(#methods)*
        }
    }
}

/// A method for each operation; what they take and return is noted in `calls`.
pub(super) fn methods(
    sink: &mut Sink<'_>,
    calls: &mut Calls,
    resource: &Resource,
) -> Result<Vec<TokenStream>, Error> {
    let operations = resource.operations.iter();
    operations
        .map(|operation| method(sink, calls, resource, operation))
        .collect()
}

fn method(
    sink: &mut Sink<'_>,
    calls: &mut Calls,
    resource: &Resource,
    operation: &Operation,
) -> Result<TokenStream, Error> {
    let docs = doc(&docs::operation(sink.context, resource, operation));
    let name = ident(&operation.name);
    if let Some(parameter) = operation.styled.first() {
        return Err(EmitError::new(format!(
            "the server's side cannot read the parameter `{}` of `{}.{}`; describe it as text, `csv` or `flag` in a resource spec",
            parameter.name, resource.name, operation.name
        ))
        .into());
    }
    let mut arguments = Vec::new();
    if let Some(path) = calls.path(sink, resource, operation) {
        arguments.push(quote!(path: #path));
    }
    if let Some(query) = calls.query(sink, resource, operation)? {
        arguments.push(quote!(query: #query));
    }
    for header in &operation.headers {
        let name = ident(&header.rust_name);
        let ty = header_type(sink, header);
        arguments.push(quote!(#name: #ty));
    }
    if let Some(body) = calls.body(sink, resource, operation)? {
        arguments.push(quote!(body: #body));
    }
    let response = calls.response(sink, resource, operation)?;
    Ok(quote! {
        #docs
        fn #name(&self, caller: Self::Caller #(, #arguments)*)
            -> impl Future<Output = Result<#response, Self::Error>> + Send;
    })
}

fn header_type(sink: &mut Sink<'_>, header: &Header) -> TokenStream {
    match &header.ty {
        Type::Secret => {
            let ty = sink.imports.crate_root("SecretString");
            quote!(#ty)
        }
        Type::Id(of) => {
            let ty = sink.imports.sibling(&sink.context.id_type(of));
            quote!(#ty)
        }
        _ => quote!(String),
    }
}
