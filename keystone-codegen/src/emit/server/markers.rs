//! The markers of operations: what the compiler knows an operation by.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::restricted::{service_api, version};
use super::{Served, ServedOperation, arguments, method, responses};
use crate::Error;
use crate::emit::docs::{self, doc};
use crate::emit::scope::Context;
use crate::emit::sink::Sink;

/// The markers of all operations.
pub(super) fn items(context: &Context<'_>, served: &Served<'_>) -> Result<Vec<TokenStream>, Error> {
    let mut items = Vec::new();
    for one in served.iter() {
        items.extend(marker(context, one)?);
    }
    Ok(items)
}

/// The types of an operation's method, for messages and signatures.
pub(super) struct Signature {
    /// Name and type of each argument, without the extractors that a service adds.
    pub(super) arguments: Vec<(&'static str, String)>,
    pub(super) returns: String,
}

/// The signature of an operation; types of the description begin with `prefix`.
pub(super) fn signature(
    context: &Context<'_>,
    one: &ServedOperation<'_>,
    prefix: &str,
) -> Result<Signature, Error> {
    let (resource, operation) = (one.resource, one.operation);
    let mut sink = Sink::new(context);
    let mut arguments = Vec::new();
    let named = |name: String| format!("{prefix}{name}");
    arguments.extend(arguments::path_type(resource, operation).map(|name| ("path", named(name))));
    let headers = arguments::headers_type(resource, operation);
    arguments.extend(headers.map(|name| ("headers", named(name))));
    arguments.extend(arguments::query_type(resource, operation).map(|name| ("query", named(name))));
    if let Some(body) = arguments::body_of(&mut sink, resource, operation)? {
        arguments.push((body.argument, shown(&body.ty, prefix)));
    }
    let returns = responses::type_of(&mut sink, resource, operation)?;
    Ok(Signature {
        arguments,
        returns: shown(&returns, prefix),
    })
}

/// A type as a user writes it: what the description defines with `prefix`, the runtime's by its name.
fn shown(ty: &TokenStream, prefix: &str) -> String {
    let text = ty.to_string().replace(' ', "");
    let text = text.replace("service_api::", "@");
    let mut out = String::new();
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_alphanumeric() || letter == '_' || letter == '@' {
            word.push(letter);
            continue;
        }
        let known = [
            "Vec",
            "Option",
            "Box",
            "String",
            "BTreeMap",
            "Map",
            "Value",
            "Timestamp",
        ];
        let own = word.starts_with(|first: char| first.is_ascii_uppercase());
        match word.strip_prefix('@') {
            Some(word) => out.push_str(word),
            None if own && !known.contains(&word.as_str()) => {
                out.push_str(prefix);
                out.push_str(&word);
            }
            None => out.push_str(&word),
        }
        word.clear();
        out.push(letter);
    }
    out.trim_end().replace(',', ", ")
}

fn marker(context: &Context<'_>, one: &ServedOperation<'_>) -> Result<Vec<TokenStream>, Error> {
    let operation = one.operation;
    let path = service_api(context);
    let name = method::marker(&one.method);
    let comment = doc(&format!("{}.", docs::address(context, operation)));
    let (http_method, template) = (operation.method.as_str(), context.path(&operation.path));
    let versions = versions(context, one);
    let action = operation.action.as_ref();
    let action = action.map(|action| quote!(const ACTION: Option<&'static str> = Some(#action);));
    let statuses = operation
        .statuses
        .iter()
        .map(|status| proc_macro2::Literal::u16_unsuffixed(*status));
    let hide = operation.hide.then(|| {
        quote!(
            const HIDE: bool = true;
        )
    });
    let (argument, response) = (
        format_ident!("{name}Argument"),
        format_ident!("{name}Response"),
    );
    let signature = signature(context, one, "")?;
    Ok([
        vec![
            quote! {
                #comment
                #[derive(Clone, Copy, Debug)]
                #[non_exhaustive]
                pub enum #name {}
            },
            quote! {
                impl #path::Described for #name {
                    const METHOD: &'static str = #http_method;
                    const PATH: &'static str = #template;
                    #action
                    #versions
                    #hide
                }
            },
            quote!(#(impl #path::HasStatus<#statuses> for #name {})*),
            quote! {
                #[doc(hidden)]
                impl #name {
                    pub const fn argument<T, S, M>() -> #path::Extractor<T, S>
                    where
                        T: #argument<S, M>,
                    {
                        #path::argument::<T, Self, S, M>()
                    }

                    pub fn respond<R, M>(call: #path::Call, returned: R) -> #path::Response
                    where
                        R: #response<M>,
                    {
                        call.respond::<Self, M>(returned)
                    }
                }
            },
        ],
        argument_trait(context, &name, &argument, one, &signature),
        response_trait(context, &name, &response, one, &signature),
    ]
    .concat())
}

fn versions(context: &Context<'_>, one: &ServedOperation<'_>) -> TokenStream {
    let path = service_api(context);
    let (own, all) = (&one.operation.notes, &one.resource.notes);
    let since = context.needed(&own.since).or(context.needed(&all.since));
    let until = context.needed(&own.until).or(context.needed(&all.until));
    let constant = |name: &str, value: Option<&str>| {
        let name = format_ident!("{name}");
        let value = value.map(|value| version(context, Some(value)));
        value.map(|value| quote!(const #name: Option<#path::Microversion> = #value;))
    };
    let (since, until) = (constant("SINCE", since), constant("UNTIL", until));
    quote!(#since #until)
}

fn argument_trait(
    context: &Context<'_>,
    name: &Ident,
    argument: &Ident,
    one: &ServedOperation<'_>,
    signature: &Signature,
) -> Vec<TokenStream> {
    let path = service_api(context);
    let types = signature.arguments.iter().map(|(_, ty)| format!("`{ty}`"));
    let types: Vec<String> = types.chain(["extractors".to_owned()]).collect();
    let message = format!("`{{Self}}` is no argument of `{}`", one.method);
    let note = format!("{} takes {}", address(context, one), list(&types));
    vec![
        quote! {
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(
                message = #message,
                label = "not an argument of this operation",
                note = #note,
            )]
            pub trait #argument<S, M>: #path::Argument<#name, S, M> {}
        },
        quote! {
            #[doc(hidden)]
            #[diagnostic::do_not_recommend]
            impl<T: #path::Argument<#name, S, M>, S, M> #argument<S, M> for T {}
        },
    ]
}

fn response_trait(
    context: &Context<'_>,
    name: &Ident,
    response: &Ident,
    one: &ServedOperation<'_>,
    signature: &Signature,
) -> Vec<TokenStream> {
    let path = service_api(context);
    let message = format!("`{{Self}}` is no response of `{}`", one.method);
    let note = format!(
        "{} responds with `{}`, or a `Result` of it and an error that is `IntoResponse`",
        address(context, one),
        signature.returns
    );
    vec![
        quote! {
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(
                message = #message,
                label = "not a response of this operation",
                note = #note,
            )]
            pub trait #response<M>: #path::Outcome<#name, M> {}
        },
        quote! {
            #[doc(hidden)]
            #[diagnostic::do_not_recommend]
            impl<T: #path::Outcome<#name, M>, M> #response<M> for T {}
        },
    ]
}

/// Method and path, for a message of the compiler, where braces stand for parameters.
fn address(context: &Context<'_>, one: &ServedOperation<'_>) -> String {
    let path = context.path(&one.operation.path);
    let path = path.replace('{', "{{").replace('}', "}}");
    format!("`{} {path}`", one.operation.method.as_str())
}

/// `a, b and c`.
fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
