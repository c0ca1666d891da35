//! From tokens to the text of a file.

use proc_macro2::TokenStream;
use syn::Item;

use super::docs::inner_doc;
use crate::Error;
use crate::error::EmitError;
use crate::text::source;

/// Formatting that `cargo fmt` leaves alone; prettyplease needs no rustfmt on the machine.
const SKIP: &str = "#![cfg_attr(rustfmt, rustfmt_skip)]";

/// A file: its documentation (without `//!`), then items with a line between them.
pub(super) fn file(doc: &[&str], items: Vec<TokenStream>) -> Result<String, Error> {
    let mut text = prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: doc.iter().map(|line| inner_doc(line)).collect(),
        items: Vec::new(),
    });
    text.push('\n');
    text.push_str(SKIP);
    text.push('\n');
    let mut group = Group::Item;
    for tokens in items {
        let (item, written) = item(tokens)?;
        let previous = std::mem::replace(&mut group, Group::of(&item));
        if group == Group::Item || group != previous {
            text.push('\n');
        }
        text.push_str(&written);
    }
    Ok(source(text))
}

/// Items as the rest of a file, each after an empty line.
pub(super) fn items(items: Vec<TokenStream>) -> Result<String, Error> {
    let mut text = String::new();
    for tokens in items {
        text.push('\n');
        text.push_str(&item(tokens)?.1);
    }
    Ok(source(text))
}

/// An item, and its text.
fn item(tokens: TokenStream) -> Result<(Item, String), Error> {
    let written = tokens.to_string();
    let file: syn::File =
        syn::parse2(tokens).map_err(|error| EmitError::new(format!("{error} in `{written}`")))?;
    let text = spread(&prettyplease::unparse(&file));
    match <[Item; 1]>::try_from(file.items) {
        Ok([item]) => Ok((item, text)),
        Err(_) => Err(EmitError::new(format!("not one item: `{written}`")).into()),
    }
}

/// Items that stand together without a line between them.
#[derive(Eq, PartialEq)]
enum Group {
    Exports,
    ImportsOfCrates,
    ImportsOfOurs,
    ImportsOfStd,
    Item,
    Modules,
}

impl Group {
    fn of(item: &Item) -> Self {
        match item {
            Item::Mod(_) => Self::Modules,
            Item::Use(item) if !matches!(item.vis, syn::Visibility::Inherited) => Self::Exports,
            Item::Use(item) => match &item.tree {
                syn::UseTree::Path(path) if path.ident == "std" => Self::ImportsOfStd,
                syn::UseTree::Path(path) if path.ident == "crate" || path.ident == "super" => {
                    Self::ImportsOfOurs
                }
                _ => Self::ImportsOfCrates,
            },
            _ => Self::Item,
        }
    }
}

/// Puts a line between the methods of a block.
fn spread(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let ends_method = line == "    }" || line.starts_with("    type IntoFuture");
        let declares_method = line.ends_with(';')
            && !line.starts_with("    ///")
            && lines.peek().is_some_and(|next| next.starts_with("    ///"));
        if declares_method || ends_method && lines.peek().is_some_and(|next| *next != "}") {
            out.push('\n');
        }
    }
    out
}
