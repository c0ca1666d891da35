//! The second stage of `#[service]`: the methods beside the operations of the document.

use proc_macro2::TokenStream;

use crate::diag::Errors;

mod check;
mod expand;
mod parse;

/// The endpoints of the service as an expression, with what is wrong with its methods.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match errors.keep(syn::parse2::<parse::Input>(input)) {
        Some(input) => {
            let served = check::served(&input, &mut errors);
            let errors = errors.beside(TokenStream::new());
            expand::endpoints(&input, &served, &errors)
        }
        None => errors.beside(TokenStream::new()),
    }
}
