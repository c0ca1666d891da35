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
    let policies: Vec<String> = operation
        .policies
        .iter()
        .map(|policy| code(policy))
        .collect();
    let policies = match policies.len() {
        0 => "open to all".to_owned(),
        1 => format!("policy {}", policies.join("")),
        _ => format!("policies {}", policies.join(", ")),
    };
    let address = address(context, operation);
    let summary = summary(resource, operation);
    let mut text = format!("{summary}\n\n{address}, {policies}.");
    if let Some(version) = &operation.notes.since {
        text = format!("{text} {}", since(version));
    }
    if resource.strict && matches!(operation.shape, Shape::List { .. }) {
        text.push_str(" A parameter that the service does not know is not ignored.");
    }
    let refusals = refusals(resource, operation);
    if let Some((last, others)) = refusals.split_last() {
        let others = others.join(", ");
        let statuses = if others.is_empty() {
            (*last).to_owned()
        } else {
            format!("{others} or {last}")
        };
        text = format!("{text} Can be refused with {statuses}.");
    }
    let headers: Vec<String> = operation
        .response_headers
        .iter()
        .map(|header| code(&header.name))
        .collect();
    if !headers.is_empty() {
        let headers = headers.join(", ");
        text = format!("{text} The response has headers: {headers}.");
    }
    text
}

/// Method and path.
pub(super) fn address(context: &Context<'_>, operation: &Operation) -> String {
    let (method, path) = (operation.method.as_str(), context.path(&operation.path));
    code(&format!("{method} {path}"))
}

/// The statuses with which a service refuses what it understood, as far as the shape tells.
fn refusals(resource: &Resource, operation: &Operation) -> Vec<&'static str> {
    let (sends, conflicts) = match &operation.shape {
        Shape::Create { .. } | Shape::Update => (true, true),
        Shape::Other { body, .. } => (body.is_some() || !operation.headers.is_empty(), false),
        Shape::List { .. } if resource.strict => (true, false),
        Shape::List { .. } | Shape::Get => (false, false),
    };
    let named = operation.path.parameters().next().is_some();
    [
        (sends, "400"),
        (operation.authenticated && operation.gone.is_none(), "401"),
        (!operation.policies.is_empty(), "403"),
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

/// The attribute on what should not be used any more.
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
            format!("Creates {one} with an id of one's own choice.")
        }
        (Shape::Create { .. }, _) => format!("Creates {one}."),
        (Shape::Get, _) => format!("Shows {one}."),
        (Shape::Update, _) => format!("Changes {one}."),
        (Shape::Other { .. }, "delete") => format!("Deletes {one}."),
        (Shape::Other { .. }, "add") => format!("Adds {one}; it may be there already."),
        (Shape::Other { .. }, "remove") => format!("Removes {one}."),
        (Shape::Other { .. }, "check") => {
            format!("Whether there is such {one}; an error if what it links does not exist.")
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
