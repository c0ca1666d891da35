//! Collects the errors of a macro, so that one run shows them all.

use std::fmt::Display;

use keystone_policy::value::attr_hash;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};

/// The errors found so far, each at the token that is wrong.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
}

impl Errors {
    /// Reports `message` under `tokens`.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports `message` at `span`. Use the call site only for what is missing altogether.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Adds an existing error.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Adds all of `others`.
    pub(crate) fn extend(&mut self, others: Self) {
        others.found.into_iter().for_each(|error| self.push(error));
    }

    /// Adds the error of a failed `result`, or returns its value.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// `tokens` followed by one `compile_error!` for each error.
    pub(crate) fn beside(self, tokens: TokenStream) -> TokenStream {
        let mut tokens = tokens;
        tokens.extend(self.found.map(|error| error.to_compile_error()));
        tokens
    }
}

/// The result of a macro: the tokens to emit, always with the user's own item, so that one mistake
/// yields one message; and the errors.
pub(crate) struct Expansion {
    pub(crate) tokens: TokenStream,
    pub(crate) errors: Errors,
}

impl From<Expansion> for proc_macro::TokenStream {
    fn from(expansion: Expansion) -> Self {
        expansion.errors.beside(expansion.tokens).into()
    }
}

/// The location of `span` for generated code: lints recognise it as such.
pub(crate) fn in_place(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// A name for a generated item. It contains the position of the macro call: with glob imports of
/// modules with other calls, equal names would be ambiguous.
pub(crate) fn own_name(name: &str) -> Ident {
    let place = match proc_macro::is_available() {
        true => {
            let call = proc_macro::Span::call_site();
            format!("{}:{}:{}", call.file(), call.line(), call.column())
        }
        false => String::new(),
    };
    format_ident!("__{name}_{:x}", attr_hash(&place), span = Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_emitted_beside_the_item() {
        let mut errors = Errors::default();
        assert!(errors.is_empty());
        errors.at_span(Span::call_site(), "first");
        errors.at(&quote::quote!(field), "second");
        let text = errors
            .beside(quote::quote!(
                struct Kept;
            ))
            .to_string();
        assert!(text.starts_with("struct Kept ;"), "{text}");
        assert_eq!(text.matches("compile_error").count(), 2, "{text}");
    }
}
