//! `#[service]`: the operations of a described service as methods.
//!
//! Two stages. The attribute reads the block of methods, puts the proofs of their policies behind
//! `&self`, and generates `into_routes`, in which the macro `__contract!` of the described module is
//! called with what was read. That macro passes this on, with the operations of the document, to
//! [`contract`], which reports what differs and generates the endpoints.

use proc_macro2::TokenStream;

use crate::diag::{Errors, Expansion};

mod check;
mod contract;
mod expand;
mod parse;

pub(crate) use contract::expand as expand_contract;

/// The block with proofs, and the call of the second stage.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let arguments = parse::arguments(arguments, &mut errors);
    let tokens = match parse::block(item.clone()) {
        Ok(block) => {
            let service = check::service(block, &mut errors);
            expand::service(arguments.as_ref(), service)
        }
        Err(error) => {
            errors.push(error);
            item
        }
    };
    Expansion { tokens, errors }
}

#[cfg(test)]
mod tests;
