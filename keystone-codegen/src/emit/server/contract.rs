//! The contract of a service: what `#[service]` holds an implementation against, and the
//! description that the runtime needs.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::restricted::{field_policies, numbers, service_api};
use super::{Served, ServedOperation, ServerOptions, markers, method};
use crate::Error;
use crate::emit::scope::{Context, ident};
use crate::error::EmitError;
use crate::openapi;

/// The items at the root of the generated module.
pub(super) fn items(
    context: &Context<'_>,
    served: &Served<'_>,
    options: &ServerOptions,
) -> Result<Vec<TokenStream>, Error> {
    let policies = path(&options.policies)?;
    Ok(vec![
        quote! {
            #[doc(hidden)]
            pub use #policies as __policies;
        },
        description(context)?,
        check(context, options),
        contract(context, served, options)?,
    ])
}

/// `SERVICE`.
fn description(context: &Context<'_>) -> Result<TokenStream, Error> {
    let path = service_api(context);
    let service = &context.api.service;
    let (service_type, version) = (&service.service_type, &service.version);
    let range = service.microversions.as_ref();
    let range = range.and_then(|(min, max)| Some((numbers(min)?, numbers(max)?)));
    let microversions = match range {
        None => quote!(None),
        Some(((min_major, min_minor), (max_major, max_minor))) => quote! {
            Some((
                #path::Microversion::new(#min_major, #min_minor),
                #path::Microversion::new(#max_major, #max_minor),
            ))
        },
    };
    let document = openapi::write_json(context.api, &openapi::WriteOptions::new().served(true))?;
    let fields = field_policies(context.api);
    let fields = fields.iter().map(|policy| {
        quote!(#path::FieldPolicy::new::<__policies::Rule<{ __policies::index_of(#policy) }>>())
    });
    let docs = format!("{}, as the runtime of services knows it.", service.title);
    let docs = crate::emit::docs::doc(&crate::emit::docs::sentence(&docs));
    Ok(quote! {
        #docs
        pub static SERVICE: #path::Description = #path::Description {
            service_type: #service_type,
            version: #version,
            microversions: #microversions,
            document: #document,
            field_policies: &[#(#fields),*],
        };
    })
}

/// Holds the policies of the description against those of the service, both ways.
fn check(context: &Context<'_>, options: &ServerOptions) -> TokenStream {
    if !options.checked {
        return TokenStream::new();
    }
    let uses = crate::policy_uses(context.api);
    let uses = uses.iter().map(|one| {
        let (policy, user) = (&one.policy, one.user.to_string());
        quote!((#policy, #user))
    });
    quote!(const _: () = __policies::__check_operations(&[#(#uses),*]);)
}

/// The macro that hands the contract and an implementation to the second stage of `#[service]`.
fn contract(
    context: &Context<'_>,
    served: &Served<'_>,
    options: &ServerOptions,
) -> Result<TokenStream, Error> {
    let name = options.name.as_deref().unwrap_or(&options.shared.module);
    let name = format_ident!("__service_contract_{name}");
    let middleware = options.middleware.trim_start_matches("::");
    // Where the macro is used, `crate` would be another one.
    let path = match middleware.strip_prefix("crate") {
        Some(rest) => format!("$crate{rest}"),
        None => format!("::{middleware}"),
    };
    let middleware: TokenStream = path
        .parse()
        .map_err(|_| EmitError::new(format!("`{middleware}` cannot be the path of a crate")))?;
    let mut operations = Vec::new();
    for one in served.iter() {
        operations.push(operation(context, one)?);
    }
    let sources = context
        .api
        .modules
        .iter()
        .map(|module| module.source.as_str());
    let sources: Vec<&str> = sources.filter(|source| !source.is_empty()).collect();
    let sources = sources.join(", ");
    Ok(quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #name {
            ($($implementation:tt)*) => {
                #middleware::__private::service_contract! {
                    contract {
                        root = [#middleware];
                        document = #sources;
                        #(#operations)*
                    }
                    $($implementation)*
                }
            };
        }

        #[doc(hidden)]
        pub use #name as __contract;
    })
}

fn operation(context: &Context<'_>, one: &ServedOperation<'_>) -> Result<TokenStream, Error> {
    let name = ident(&one.method);
    let marker = method::marker(&one.method);
    let (http_method, path) = (
        one.operation.method.as_str(),
        context.path(&one.operation.path),
    );
    let policies = &one.operation.policies;
    let signature = markers::signature(context, one, "{}")?;
    let arguments = signature.arguments.iter();
    let arguments: Vec<String> = arguments
        .map(|(name, ty)| format!("{name}: {ty}"))
        .collect();
    let (arguments, returns) = (arguments.join(", "), signature.returns);
    Ok(quote! {
        operation {
            name = #name;
            marker = #marker;
            method = #http_method;
            path = #path;
            policies = [#(#policies),*];
            arguments = #arguments;
            returns = #returns;
        }
    })
}

fn path(text: &str) -> Result<TokenStream, Error> {
    syn::parse_str::<syn::Path>(text)
        .map(|path| quote!(#path))
        .map_err(|_| EmitError::new(format!("`{text}` cannot be the path of a module")).into())
}
