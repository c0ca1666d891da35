//! Inspects items with syntax errors.
//!
//! The compiler parses an item before a macro does and reports syntax errors, so a macro need not
//! repeat those that every compiler reports.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Item, Visibility};

use crate::diag::Errors;

/// An item by its tokens.
pub(crate) struct Outline {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// The whole item under another name. Nothing else is changed, so that the compiler recognises
    /// the error and reports it once.
    pub(crate) renamed: TokenStream,
}

/// The outline of `item`; `None` if there is no name after `keyword`.
pub(crate) fn outline(item: TokenStream, keyword: &str) -> Option<Outline> {
    let front = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        Ok((attributes, visibility, input.parse::<TokenStream>()?))
    };
    let (attributes, visibility, _) = front.parse2(item.clone()).ok()?;
    let mut behind = false;
    let mut name = None;
    let renamed: TokenStream = item
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if behind && name.is_none() => {
                let ours = as_written(&word);
                name = Some(word);
                TokenTree::Ident(ours)
            }
            token => {
                behind |= is_word(&token, keyword);
                token
            }
        })
        .collect();
    Some(Outline {
        attributes,
        visibility,
        name: name?,
        renamed,
    })
}

/// Reports an item of the wrong kind, at its name where it has one.
pub(crate) fn refuse_item(item: TokenStream, message: &str, errors: &mut Errors) {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => errors.at(&item.ident, message),
        Ok(Item::Enum(item)) => errors.at(&item.ident, message),
        Ok(Item::Mod(item)) => errors.at(&item.ident, message),
        Ok(Item::Trait(item)) => errors.at(&item.ident, message),
        Ok(Item::Impl(item)) => errors.at(&item.self_ty, message),
        _ => errors.at_span(item.span(), message),
    }
}

/// The name of a function that is replaced by a stand-in.
pub(crate) fn as_written(name: &Ident) -> Ident {
    format_ident!("__{name}_as_written", span = Span::call_site())
}

/// Whether an argument has no `:`, or nothing on one side of it, or the return type is missing.
/// Other things that syn cannot parse may be newer Rust.
pub(crate) fn wrong_function(function: TokenStream) -> bool {
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
    parts(arguments).iter().any(|part| {
        let receiver = part.iter().any(|token| is_word(token, "self"));
        !receiver && !complete(part)
    })
}

/// Whether one of the fields of a struct has no `:`, or nothing on one side of it, or is not
/// separated from the next.
pub(crate) fn wrong_fields(fields: TokenStream) -> bool {
    parts(fields).iter().any(|part| {
        let begins = part.iter().position(|token| is_sign(token, ':'));
        let rest = part.iter().skip(begins.unwrap_or_default());
        // Attributes are at the start only.
        !complete(part) || rest.clone().any(|token| is_sign(token, '#'))
    })
}

/// The fields of a struct, also if a comma is missing before an attribute.
pub(crate) fn fields(fields: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut apart = vec![];
    for part in parts(fields) {
        let mut field = Vec::new();
        let mut behind_colon = false;
        for token in part {
            if behind_colon && is_sign(&token, '#') {
                apart.push(std::mem::take(&mut field));
                behind_colon = false;
            }
            behind_colon |= is_sign(&token, ':');
            field.push(token);
        }
        apart.push(field);
    }
    apart
}

/// The word before the `:`, or the last one.
pub(crate) fn name_of_field(field: &[TokenTree]) -> Option<Ident> {
    let front = field.split(|token| is_sign(token, ':')).next()?;
    front.iter().rev().find_map(|token| match token {
        TokenTree::Ident(word) => Some(word.clone()),
        _ => None,
    })
}

/// Whether there is something on both sides of a `:`.
fn complete(part: &[TokenTree]) -> bool {
    let in_path = |index: usize| part.get(index).is_some_and(|token| is_sign(token, ':'));
    let colon = (0..part.len()).find(|&index| {
        in_path(index) && !in_path(index + 1) && !index.checked_sub(1).is_some_and(in_path)
    });
    colon.is_some_and(|colon| colon > 0 && colon + 1 < part.len())
}

/// The parts between commas outside of `<..>`. A trailing comma is allowed.
fn parts(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
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
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
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
        wrong_function(function.parse().unwrap())
    }

    #[test]
    fn what_no_compiler_takes_is_told_from_what_one_may_take() {
        for function in [
            "fn f(a u8) {}",
            "fn f(a b::C) {}",
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

    #[test]
    fn fields_are_wrong_where_they_are_not_apart() {
        let wrong = |fields: &str| wrong_fields(fields.parse().unwrap());
        for fields in ["a: u8 #[x] b: u8", "a", "a: ", "a: u8,, b: u8", "a: u8, b"] {
            assert!(wrong(fields), "{fields}");
        }
        for fields in [
            "",
            "a: u8",
            "#[x] pub a: HashMap<u8, u8>, #[y] b: fn(a: u8) -> u8,",
        ] {
            assert!(!wrong(fields), "{fields}");
        }
    }

    #[test]
    fn an_outline_has_the_name_and_keeps_the_rest() {
        let item = "#[cfg(x)] pub(crate) async fn f(a u8) { fn g() {} }";
        let outline = outline(item.parse().unwrap(), "fn").unwrap();
        assert_eq!(
            (outline.name.to_string().as_str(), outline.attributes.len()),
            ("f", 1)
        );
        assert!(matches!(outline.visibility, Visibility::Restricted(_)));
        let renamed: TokenStream = item.replace("fn f", "fn __f_as_written").parse().unwrap();
        assert_eq!(outline.renamed.to_string(), renamed.to_string());
    }
}
