//! The second stage of `#[service]`: the methods beside the operations of the document.

use proc_macro2::TokenStream;

use crate::diag::{Errors, Expansion};

mod check;
mod expand;
mod parse;

/// The routes of the service, and what is wrong with its methods.
pub(crate) fn expand(input: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let tokens = match errors.keep(syn::parse2::<parse::Input>(input)) {
        Some(input) => {
            let served = check::served(&input, &mut errors);
            expand::routes(&input, &served)
        }
        None => TokenStream::new(),
    };
    Expansion { tokens, errors }
}
