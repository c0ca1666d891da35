//! Errors of a macro, collected so that one run shows them all, and hints at similar names.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Errors found so far. Each sits on the token that is wrong.
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

    /// Adds an error that is at hand already.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Keeps the error of a failed `result` and gives the value of a good one.
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

/// What a macro hands to its entry point: the tokens to emit (the user's own item too, also when
/// something is wrong with it, so that one mistake yields one message) and the errors.
pub(crate) struct Expansion {
    pub(crate) tokens: TokenStream,
    pub(crate) errors: Errors,
}

impl From<Expansion> for proc_macro::TokenStream {
    fn from(expansion: Expansion) -> Self {
        expansion.errors.beside(expansion.tokens).into()
    }
}

/// The end of a message about an unknown `name`: the near one among `known`, or all of them.
pub(crate) fn hint(name: &str, known: &[&str]) -> String {
    match near(name, known) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; expected one of `{}`", known.join("`, `")),
    }
}

/// The one of `known` that is most likely meant by `name`, if any is close enough.
pub(crate) fn near<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let closest = known.iter().map(|one| (distance(name, one), *one)).min()?;
    let limit = name.chars().count().max(3) / 3;
    (closest.0 <= limit).then_some(closest.1)
}

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (row, x) in a.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, y) in b.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(x != *y))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped = column
                .checked_sub(1)
                .is_some_and(|left| previous == Some(*y) && b.get(left) == Some(&x));
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        previous = Some(x);
        before_last = last;
        last = current;
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_near() {
        let known = ["proxy:create", "proxy:update"];
        assert_eq!(near("proxy:craete", &known), Some("proxy:create"));
        assert_eq!(near("proxy:updat", &known), Some("proxy:update"));
        assert_eq!(near("volume:list", &known), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance("user", "uesr"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("secret", "secret"), 0);
    }

    #[test]
    fn a_hint_names_the_near_one_or_all() {
        assert_eq!(
            hint("secert", &["secret", "user"]),
            "; did you mean `secret`?"
        );
        assert_eq!(
            hint("zzz", &["secret", "user"]),
            "; expected one of `secret`, `user`"
        );
        assert_eq!(hint("zzz", &[]), "");
    }

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
