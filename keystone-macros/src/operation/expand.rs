//! Generates the type that describes a handler.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, FnArg, Lit, LitStr, Meta, PatType, ReturnType, Type, Visibility,
};

use super::parse::Operation;
use crate::diag::in_place;
use crate::policy::arguments::{conditions, nameable};
use crate::policy::item::Handler;
use crate::root::Root;

/// The types that `#[policy]` puts first.
const WITNESSES: [&str; 5] = [
    "Authorized",
    "Authorizing",
    "Broken",
    "Public",
    "PublicWith",
];

/// What the type takes from the handler.
pub(super) struct Marker<'a> {
    pub(super) attributes: &'a [Attribute],
    pub(super) visibility: &'a Visibility,
    pub(super) name: &'a Ident,
}

impl<'a> Marker<'a> {
    pub(super) fn of(handler: &'a Handler) -> Self {
        Self {
            attributes: &handler.attributes,
            visibility: &handler.visibility,
            name: &handler.signature.ident,
        }
    }

    fn item(&self, root: &Root, facts: &TokenStream, body: &TokenStream) -> TokenStream {
        let Self {
            visibility, name, ..
        } = self;
        let name = as_written(name).unwrap_or_else(|| (*name).clone());
        let conditions = conditions(self.attributes);
        let facts = quote!(#root::__private::openapi::Facts { #facts });
        // Empty: a type that is described, and never a value.
        quote! {
            #conditions
            #[doc(hidden)]
            #[allow(missing_docs, dead_code, non_camel_case_types)]
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
            #visibility enum #name {}

            #conditions
            #[allow(deprecated, unused_qualifications)]
            impl #root::__private::openapi::Operation for #name {
                const FACTS: &'static #root::__private::openapi::Facts = &#facts;

                fn describe(operation: &mut #root::openapi::OperationDescription<'_>) {
                    #body
                }
            }
        }
    }
}

/// The name of a function for which `#[policy]` wrote a stand-in.
pub(super) fn as_written(name: &Ident) -> Option<Ident> {
    let text = name.to_string();
    let original = text.strip_prefix("__")?.strip_suffix("_as_written")?;
    Some(format_ident!("{original}", span = name.span()))
}

/// Whether `#[policy]` has reported an error of the handler.
pub(super) fn is_broken(handler: &Handler) -> bool {
    let first = handler.signature.inputs.first();
    let is_broken = match first {
        Some(FnArg::Typed(first)) => last_name(&first.ty).is_some_and(|name| name == "Broken"),
        _ => false,
    };
    is_broken || as_written(&handler.signature.ident).is_some()
}

/// `item`, beside a type that describes nothing: errors are reported already.
pub(super) fn broken(root: &Root, marker: &Marker<'_>, item: TokenStream) -> TokenStream {
    let facts = quote!(
        ..#root::__private::openapi::Facts::NONE
    );
    let body = quote!(let _ = operation;);
    let described = marker.item(root, &facts, &body);
    quote!(#item #described)
}

/// The handler beside the type that describes it.
pub(super) fn handler(root: &Root, operation: &Operation, handler: &Handler) -> TokenStream {
    let facts = facts(operation, handler);
    let arguments = arguments(root, handler);
    let response = response(root, operation, handler);
    let body = quote! {
        #arguments
        #response
    };
    let described = Marker::of(handler).item(root, &facts, &body);
    quote!(#handler #described)
}

fn facts(operation: &Operation, handler: &Handler) -> TokenStream {
    let Operation {
        method,
        path,
        statuses,
        errors,
        ..
    } = operation;
    let name = handler.signature.ident.to_string();
    let name = name.trim_start_matches("r#");
    let (summary, description) = documentation(&handler.attributes);
    let text = |text: &Option<LitStr>| match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    let own_name = text(&operation.name);
    let resource = text(&operation.resource);
    let deprecated = text(&operation.deprecated);
    let since = text(&operation.since);
    let until = text(&operation.until);
    quote! {
        method: #method,
        path: #path,
        handler: #name,
        summary: #summary,
        description: #description,
        name: #own_name,
        resource: #resource,
        statuses: &[#(#statuses),*],
        errors: &[#(#errors),*],
        deprecated: #deprecated,
        since: #since,
        until: #until,
    }
}

/// The first paragraph of the doc comment in one line, and the rest.
fn documentation(attributes: &[Attribute]) -> (String, String) {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if pair.path.is_ident("doc") => Some(text.value()),
            _ => None,
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let end = lines.iter().position(|line| line.is_empty());
    let (first, rest) = lines.split_at(end.unwrap_or(lines.len()));
    let summary = first.join(" ").trim().trim_end_matches('.').to_owned();
    (summary, rest.join("\n").trim().to_owned())
}

fn arguments(root: &Root, handler: &Handler) -> TokenStream {
    let inputs = handler.signature.inputs.iter().enumerate();
    let arguments = inputs.filter_map(|(index, argument)| match argument {
        FnArg::Typed(argument) if !(index == 0 && is_witness(argument)) => Some(argument),
        _ => None,
    });
    let arguments = arguments.filter(|argument| nameable(&argument.ty));
    let described: Vec<TokenStream> = arguments
        .map(|argument| {
            let ty = &argument.ty;
            let conditions = conditions(&argument.attrs);
            quote!(#conditions (&arguments::probe::<#ty>()).kind().describe::<#ty>(operation);)
        })
        .collect();
    if described.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unused_imports)]
        use #root::__private::openapi::arguments::{
            self, IsAnything as _, IsDescribed as _, IsKnown as _,
        };
        #(#described)*
    }
}

fn is_witness(argument: &PatType) -> bool {
    last_name(&argument.ty).is_some_and(|name| WITNESSES.iter().any(|witness| name == witness))
}

fn last_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_name(&group.elem),
        _ => None,
    }
}

fn response(root: &Root, operation: &Operation, handler: &Handler) -> TokenStream {
    let ty = match (&operation.response, &handler.signature.output) {
        (Some(ty), _) => ty.to_token_stream(),
        (None, ReturnType::Type(_, ty)) => ty.to_token_stream(),
        (None, ReturnType::Default) => quote!(()),
    };
    // With the statuses at hand, a type need not say any.
    let function = match operation.statuses.is_empty() {
        true => quote!(response_with_status),
        false => quote!(response),
    };
    let span = in_place(ty.span());
    quote_spanned!(span=> #root::__private::openapi::#function::<#ty>(operation);)
}
