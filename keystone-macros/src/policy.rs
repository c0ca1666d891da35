//! `#[policy]`: adds the decision of a policy to a handler.

use proc_macro2::TokenStream;

use crate::diag::{Errors, Expansion};
use crate::lenient;
use crate::root::Root;

pub(crate) mod arguments;
mod broken;
pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod item;
pub(crate) mod parse;

/// The handler with its witness; with errors, one that refuses every request.
pub(crate) fn policy(arguments: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let protection = parse::protection(arguments, &mut errors);
    let tokens = match item::read(item.clone()) {
        item::Read::Handler(handler) => {
            let shape = check::handler(&handler, protection.as_ref(), &mut errors);
            match protection {
                Some(protection) if errors.is_empty() => expand::handler(&protection, *handler),
                protection => broken::handler(&root(protection), *handler, shape),
            }
        }
        item::Read::Unreadable(error) => match lenient::outline(item.clone(), "fn") {
            Some(outline) => {
                if !lenient::wrong_function(item) {
                    errors.push(error);
                }
                broken::unread(&root(protection), outline)
            }
            None => {
                errors.push(error);
                item
            }
        },
        item::Read::Other => {
            check::not_a_function(item.clone(), &mut errors);
            item
        }
    };
    Expansion { tokens, errors }
}

fn root(protection: Option<parse::Protection>) -> Root {
    protection.map_or_else(Root::middleware, |protection| protection.root)
}

#[cfg(test)]
mod tests;
