//! What can be told of a function whose signature is not Rust.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Visibility};

/// A function by its tokens.
pub(super) struct Outline {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) name: Ident,
    /// All of it, under a name of ours. Nothing else is touched, so that the compiler finds the
    /// mistake that it found before and tells it once.
    pub(super) renamed: TokenStream,
    /// Whether no compiler takes the signature.
    pub(super) certainly_wrong: bool,
}

/// The outline of `item`; none when there is no name behind a `fn`.
pub(super) fn outline(item: TokenStream) -> Option<Outline> {
    let front = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        Ok((attributes, visibility, input.parse::<TokenStream>()?))
    };
    let (attributes, visibility, _) = front.parse2(item.clone()).ok()?;
    let mut behind_fn = false;
    let mut name = None;
    let renamed: TokenStream = item
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if behind_fn && name.is_none() => {
                let ours = as_written(&word);
                name = Some(word);
                TokenTree::Ident(ours)
            }
            token => {
                behind_fn |= matches!(&token, TokenTree::Ident(word) if word == "fn");
                token
            }
        })
        .collect();
    Some(Outline {
        attributes,
        visibility,
        name: name?,
        certainly_wrong: certainly_wrong(renamed.clone()),
        renamed,
    })
}

/// The name of a function for which another stands.
pub(super) fn as_written(name: &Ident) -> Ident {
    format_ident!("__{name}_as_written", span = Span::call_site())
}

/// Whether an argument has no `:`, or nothing on a side of it, or the return type is missing.
/// Other things that syn cannot read may be Rust of a day to come.
fn certainly_wrong(function: TokenStream) -> bool {
    let mut tokens = function
        .into_iter()
        .skip_while(|token| !is_word(token, "fn"));
    let arguments = tokens.find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    });
    let Some(arguments) = arguments else {
        return true;
    };
    let rest: Vec<TokenTree> = tokens.collect();
    let no_output = match rest.as_slice() {
        [dash, arrow, next, ..] if is_sign(dash, '-') && is_sign(arrow, '>') => {
            is_brace(next) || is_word(next, "where")
        }
        _ => false,
    };
    no_output || wrong_arguments(arguments.stream())
}

fn wrong_arguments(arguments: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = arguments.into_iter().collect();
    let mut parts = vec![Vec::new()];
    let mut depth = 0_usize;
    let mut arrow = false;
    for token in tokens {
        match &token {
            sign if is_sign(sign, '<') => depth += 1,
            sign if is_sign(sign, '>') && !arrow => depth = depth.saturating_sub(1),
            _ => {}
        }
        arrow = is_sign(&token, '-');
        if depth == 0 && is_sign(&token, ',') {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    // A comma at the end is no mistake.
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts.iter().any(|part| {
        let colon = part.iter().position(|token| is_sign(token, ':'));
        let receiver = part.iter().any(|token| is_word(token, "self"));
        let complete = colon.is_some_and(|colon| colon > 0 && colon + 1 < part.len());
        !receiver && !complete
    })
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(function: &str) -> bool {
        outline(function.parse().unwrap()).unwrap().certainly_wrong
    }

    #[test]
    fn what_no_compiler_takes_is_told_from_what_one_may_take() {
        for function in [
            "fn f(a u8) {}",
            "fn f(a: u8,, b: u8) {}",
            "fn f(a: ) {}",
            "fn f(: u8) {}",
            "fn f() -> {}",
            "fn f() -> where u8: Copy {}",
            "fn f<F: Send>(a u8) {}",
            "fn f {}",
        ] {
            assert!(wrong(function), "{function}");
        }
        for function in [
            "fn f(a: u8, b: u8,) -> u8 {}",
            "fn f(&self, a: HashMap<u8, u8>) {}",
            "fn f(a: &pin mut u8) -> u8 {}",
            "fn f(a: impl Fn(u8) -> u8, b: u8) {}",
            "fn f(#[x] a: u8) {}",
            "gen fn f(a: u8) {}",
        ] {
            assert!(!wrong(function), "{function}");
        }
    }
}
