//! Parses the arguments of `#[operation(..)]`.

use keystone_document::{hint, suggest};
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, LitInt, LitStr, Token, Type, bracketed, token};

use super::path;
use crate::diag::Errors;
use crate::root::Root;

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const KEYS: [&str; 9] = [
    "crate",
    "deprecated",
    "errors",
    "name",
    "resource",
    "response",
    "since",
    "status",
    "until",
];

/// What `#[operation(..)]` says.
#[derive(Default)]
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) statuses: Vec<u16>,
    pub(super) errors: Vec<u16>,
    pub(super) name: Option<LitStr>,
    pub(super) resource: Option<LitStr>,
    pub(super) deprecated: Option<LitStr>,
    pub(super) since: Option<LitStr>,
    pub(super) until: Option<LitStr>,
    /// What the document describes instead of the return type.
    pub(super) response: Option<Type>,
}

/// Parses the arguments; `None` if they cannot be expanded.
pub(super) fn operation(arguments: TokenStream, errors: &mut Errors) -> (Option<Operation>, Root) {
    let mut root = None;
    if arguments.is_empty() {
        errors.at_span(
            Span::call_site(),
            "say the method and the path, as in `#[operation(GET \"/v1/proxies\")]`",
        );
        return (None, Root::middleware());
    }
    let read = |input: ParseStream<'_>| read(input, &mut root, errors);
    let operation = match read.parse2(arguments) {
        Ok(operation) => Some(operation),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    (operation, root.unwrap_or_else(Root::middleware))
}

fn read(
    input: ParseStream<'_>,
    root: &mut Option<Root>,
    errors: &mut Errors,
) -> syn::Result<Operation> {
    let method = method(input)?;
    let path = input.parse::<LitStr>().map_err(|error| {
        // At the end of the arguments there is nothing to underline.
        let at = if input.is_empty() {
            method.span()
        } else {
            error.span()
        };
        syn::Error::new(at, "expected the path as text, as in `GET \"/v1/proxies\"`")
    })?;
    let mut operation = Operation {
        method: method.to_string(),
        ..Operation::default()
    };
    operation.path = path.value();
    if let Some(problem) = path::problem(&operation.path) {
        errors.at(&path, problem);
    }
    let mut seen: Vec<String> = Vec::new();
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        let key = input.call(Ident::parse_any)?;
        if seen.contains(&key.to_string()) {
            errors.at(&key, format!("`{key}` is given twice, keep one of them"));
        }
        seen.push(key.to_string());
        input.parse::<Token![=]>()?;
        option(input, &key, &mut operation, root, errors)?;
    }
    Ok(operation)
}

fn method(input: ParseStream<'_>) -> syn::Result<Ident> {
    let Ok(word) = input.call(Ident::parse_any) else {
        return Err(input.error("expected the method and the path, as in `GET \"/v1/proxies\"`"));
    };
    let name = word.to_string();
    if METHODS.contains(&name.as_str()) {
        return Ok(word);
    }
    let near = suggest(&name.to_uppercase(), &METHODS);
    let message = match near {
        Some(near) => format!("`{name}` is not a method; did you mean `{near}`?"),
        None => format!(
            "`{name}` is not a method that a document describes: write one of `{}`",
            METHODS.join("`, `")
        ),
    };
    Err(syn::Error::new(word.span(), message))
}

fn option(
    input: ParseStream<'_>,
    key: &Ident,
    operation: &mut Operation,
    root: &mut Option<Root>,
    errors: &mut Errors,
) -> syn::Result<()> {
    match key.to_string().as_str() {
        "crate" => *root = Some(Root::parse_value(input)?),
        "deprecated" => operation.deprecated = errors.keep(text(input)?),
        "errors" => operation.errors = statuses(input, 400..=599, errors)?,
        "name" => operation.name = errors.keep(word(input)?),
        "resource" => operation.resource = errors.keep(word(input)?),
        "response" => operation.response = Some(input.parse()?),
        "since" => operation.since = errors.keep(text(input)?),
        "status" => operation.statuses = statuses(input, 200..=399, errors)?,
        "until" => operation.until = errors.keep(text(input)?),
        other => {
            let message = format!("`#[operation]` knows no `{other}`{}", hint(other, &KEYS));
            errors.at(key, message);
            // Skip the value, so that all errors are reported at once.
            input.parse::<Expr>()?;
        }
    }
    Ok(())
}

/// A text that is not empty.
fn text(input: ParseStream<'_>) -> syn::Result<syn::Result<LitStr>> {
    Ok(match input.parse::<Expr>()? {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if !text.value().trim().is_empty() => Ok(text),
        other => Err(syn::Error::new_spanned(other, "expected a text")),
    })
}

/// A name in snake case.
fn word(input: ParseStream<'_>) -> syn::Result<syn::Result<LitStr>> {
    let is_snake = |text: &LitStr| {
        let text = text.value();
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let text = text(input)?;
    Ok(text.and_then(|text| match is_snake(&text) {
        true => Ok(text),
        false => Err(syn::Error::new_spanned(
            text,
            "expected a name in snake case, such as `\"proxy\"`",
        )),
    }))
}

/// A status or a list of them.
fn statuses(
    input: ParseStream<'_>,
    range: std::ops::RangeInclusive<u16>,
    errors: &mut Errors,
) -> syn::Result<Vec<u16>> {
    let numbers: Vec<LitInt> = match input.peek(token::Bracket) {
        true => {
            let content;
            bracketed!(content in input);
            let all = content.parse_terminated(|input| input.parse::<LitInt>(), Token![,])?;
            all.into_iter().collect()
        }
        false => vec![input.parse()?],
    };
    let mut found = Vec::new();
    for number in numbers {
        match number.base10_parse::<u16>() {
            Ok(status) if range.contains(&status) => found.push(status),
            _ => errors.at(
                &number,
                format!(
                    "expected a status between {} and {}",
                    range.start(),
                    range.end()
                ),
            ),
        }
    }
    Ok(found)
}
