//! Documentation comments of generated items.

use proc_macro2::TokenStream;
use quote::quote;

use super::markdown;
use super::scope::Context;
use crate::model::{Method, Operation, Resource, Shape};
use crate::text::visible;

pub(crate) use super::markdown::code;

/// A documentation comment; an empty line separates paragraphs.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = markdown::lines(text);
    let lines = lines.iter().map(|line| match line.as_str() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// One line of the documentation of a file, however long.
pub(super) fn inner_doc(text: &str) -> syn::Attribute {
    let line = match markdown::line(text).as_str() {
        "" => String::new(),
        line => format!(" {line}"),
    };
    syn::parse_quote!(#![doc = #line])
}

/// What an operation does, its method and path, and who may do it.
pub(super) fn operation(
    context: &Context<'_>,
    resource: &Resource,
    operation: &Operation,
) -> String {
    let policies = match operation.policies.as_slice() {
        [] => "open to all".to_owned(),
        [policy] => format!("policy {}", code(policy)),
        policies => format!("policies {}", codes(policies)),
    };
    let mut address = address(context, operation);
    if let Some(action) = &operation.action {
        address = format!("{address} with {}", code(action));
    }
    let summary = summary(resource, operation);
    let mut text = format!("{summary}\n\n{address}, {policies}.");
    if let Some(versions) = versions(&operation.notes.since, &operation.notes.until) {
        text = format!("{text} {versions}");
    }
    if let Some(name) = &operation.task {
        text = format!("{text} {}", task(context, name));
    }
    if resource.strict && matches!(operation.shape, Shape::List { .. }) {
        text.push_str(" The service does not ignore unknown parameters.");
    }
    let refusals = refusals(resource, operation);
    if let Some((last, others)) = refusals.split_last() {
        let others = match others {
            [] => String::new(),
            others => format!("{} or ", others.join(", ")),
        };
        text = format!("{text} Can be refused with {others}{last}.");
    }
    if operation.hide {
        text.push_str(" Callers who may not do it get 404, as if it did not exist.");
    }
    if !operation.response_headers.is_empty() {
        let headers = codes(operation.response_headers.iter().map(|header| &header.name));
        text = format!("{text} The response has headers: {headers}.");
    }
    text
}

/// What to do about an operation that returns before its work is done.
fn task(context: &Context<'_>, name: &str) -> String {
    let how = context.resource(name).map(|task| {
        let parents = if task.parents().next().is_some() {
            ".."
        } else {
            ""
        };
        let call = code(&format!("{}({parents}).get(..)", task.plural));
        format!(" with {call}")
    });
    format!(
        "Returns before the work is done: poll the {} that it returns{}.",
        words(name),
        how.unwrap_or_default()
    )
}

/// Names as code, separated by commas.
pub(super) fn codes<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| code(name)).collect();
    names.join(", ")
}

/// Method and path.
pub(super) fn address(context: &Context<'_>, operation: &Operation) -> String {
    let (method, path) = (operation.method.as_str(), context.path(&operation.path));
    code(&format!("{method} {path}"))
}

/// The statuses with which a service may refuse the operation, as far as its shape tells.
fn refusals(resource: &Resource, operation: &Operation) -> Vec<&'static str> {
    let (sends, conflicts) = match &operation.shape {
        Shape::Create { .. } | Shape::Update => (true, true),
        Shape::Other { body, .. } => {
            let sends = body.is_some() || operation.action.is_some();
            (sends || !operation.headers.is_empty(), false)
        }
        Shape::List { .. } if resource.strict => (true, false),
        Shape::List { .. } | Shape::Get => (false, false),
    };
    let named = operation.path.parameters().next().is_some();
    [
        (sends, "400"),
        (operation.authenticated && operation.gone.is_none(), "401"),
        (!operation.policies.is_empty() && !operation.hide, "403"),
        (named, "404"),
        (conflicts, "409"),
    ]
    .into_iter()
    .filter_map(|(can_be, status)| can_be.then_some(status))
    .collect()
}

/// Which version of the API brought something.
pub(super) fn since(version: &str) -> String {
    format!("Since {version}.")
}

/// Which versions of the API have something, if not all of them.
pub(super) fn versions(since: &Option<String>, until: &Option<String>) -> Option<String> {
    match (since, until) {
        (None, None) => None,
        (Some(first), None) => Some(format!("Since {first}.")),
        (None, Some(last)) => Some(format!("Until {last}.")),
        (Some(first), Some(last)) => Some(format!("Since {first}, until {last}.")),
    }
}

/// The attribute on a deprecated operation.
pub(super) fn deprecated(operation: &Operation) -> Option<TokenStream> {
    let note = operation
        .gone
        .as_ref()
        .or(operation.notes.deprecated.as_ref())?;
    Some(deprecated_as(note))
}

/// The attribute with this reason.
pub(super) fn deprecated_as(note: &str) -> TokenStream {
    let words: Vec<_> = note.split_whitespace().map(visible).collect();
    let note = words.join(" ");
    quote!(#[deprecated = #note])
}

/// What an operation does, in a sentence.
pub(crate) fn summary(resource: &Resource, operation: &Operation) -> String {
    if !operation.doc.is_empty() {
        return sentence(&operation.doc);
    }
    let one = with_article(&resource.name);
    match (&operation.shape, operation.name.as_str()) {
        (Shape::List { item, .. }, _) if *item == resource.type_name() => {
            format!("Lists {}.", words(&resource.plural))
        }
        (Shape::List { .. }, _) => format!("Lists the {}.", words(&resource.plural)),
        (Shape::Create { many: true, .. }, _) => {
            format!("Creates {}, all or none.", words(&resource.plural))
        }
        (Shape::Create { .. }, _) if operation.method == Method::Put => {
            format!("Creates {one} with the given id.")
        }
        (Shape::Create { .. }, _) => format!("Creates {one}."),
        (Shape::Get, _) => format!("Shows {one}."),
        (Shape::Update, _) => format!("Changes {one}."),
        (Shape::Other { .. }, "delete") => format!("Deletes {one}."),
        (Shape::Other { .. }, "add") => format!("Adds {one}, unless it exists already."),
        (Shape::Other { .. }, "remove") => format!("Removes {one}."),
        (Shape::Other { .. }, "check") => {
            format!("Whether {one} exists; an error if one of the linked resources does not.")
        }
        (Shape::Other { .. }, name) => sentence(&words(name)),
    }
}

/// A text with a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// `application_credential` as words.
pub(crate) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// `an application credential`.
pub(crate) fn with_article(name: &str) -> String {
    let vowel = name.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {}", if vowel { "an" } else { "a" }, words(name))
}
