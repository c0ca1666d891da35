//! `client!`: generates the typed client of an API from its description.

use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{describe, inline_client};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::diag::{Errors, Expansion};
use crate::files::{Arguments, Reads};
use crate::generated::{self, Description};
use crate::root::Root;

/// The files of `client!`.
struct Descriptions;

impl Reads for Descriptions {
    const WHAT: &'static str = "a description";
    const REMEDY: &'static str = "`client!(\"specs/service.yaml\")`";

    fn root() -> Root {
        Root::sdk()
    }
}

/// The client; with errors, a stand-in that can be named and constructed.
pub(crate) fn expand(input: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let Some(arguments) = errors.keep(syn::parse2::<Arguments<Descriptions>>(input)) else {
        return Expansion {
            tokens: fallback(&Root::sdk()),
            errors,
        };
    };
    let Description { watched, files } = Description::read(&arguments.files, &mut errors);
    let client = match errors.is_empty() {
        true => generate(&arguments, &files, &mut errors),
        false => fallback(&arguments.root),
    };
    Expansion {
        tokens: quote!(#watched #client),
        errors,
    }
}

fn generate(
    arguments: &Arguments<Descriptions>,
    files: &[SpecFile],
    errors: &mut Errors,
) -> TokenStream {
    let root = arguments
        .root
        .to_token_stream()
        .to_string()
        .replace(' ', "");
    let client = describe(files).and_then(|api| inline_client(&api, &root));
    client.map(generated::apart).unwrap_or_else(|error| {
        generated::report(&arguments.files, &error, errors);
        fallback(&arguments.root)
    })
}

/// A stand-in that can be imported and constructed.
fn fallback(root: &Root) -> TokenStream {
    quote! {
        /// A stand-in for the client that could not be generated.
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        pub struct Client;

        impl Client {
            /// A stand-in for the client of a session.
            #[must_use]
            pub fn new(_: &#root::Session) -> Self {
                Self
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: TokenStream) -> String {
        let expansion = expand(input);
        expansion.errors.beside(expansion.tokens).to_string()
    }

    #[test]
    fn a_description_becomes_a_client_and_is_watched() {
        let text = expanded(quote!("../specs/services/proxies.yaml"));
        assert!(text.contains("pub struct Client (ServiceClient)"), "{text}");
        assert!(text.contains("mod proxies {"), "{text}");
        assert!(text.contains("include_bytes"), "{text}");
        assert!(
            text.contains(":: keystone_sdk :: __private :: serde"),
            "{text}"
        );
        assert!(!text.contains("use serde"), "{text}");
    }

    #[test]
    fn the_runtime_is_found_elsewhere_if_said_so() {
        let text = expanded(quote!(
            "../specs/services/proxies.yaml",
            crate = keystone_middleware::sdk
        ));
        assert!(
            text.contains("keystone_middleware::sdk::__private::serde"),
            "{text}"
        );
        assert!(!text.contains("use :: keystone_sdk"), "{text}");
    }

    #[test]
    fn a_file_that_is_missing_is_one_error() {
        let text = expanded(quote!("specs/nothing.yaml"));
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        assert!(
            text.contains("there is no file `specs/nothing.yaml`"),
            "{text}"
        );
        assert!(text.contains("pub struct Client ;"), "{text}");
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_place() {
        let text = expanded(quote!("../specs/policies/proxies.yaml"));
        assert!(text.contains("../specs/policies/proxies.yaml:"), "{text}");
        assert!(text.contains("compile_error"), "{text}");
    }
}
