//! `service!`: generates the server's side of an API from its description, and holds its policies
//! against those of the service.

use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{PolicyUse, ServerOptions, describe, inline_server, policy_uses};
use keystone_document::hint;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Path, Token};

use crate::diag::{Errors, Expansion, in_place, own_name};
use crate::generated::{Description, apart, report};
use crate::root::Root;

/// `"specs/service.yaml", policies = crate::policies, crate = path`.
struct Arguments {
    files: Vec<LitStr>,
    policies: Path,
    root: Root,
}

/// The server's side; with errors, a stand-in with which `#[service]` adds none.
pub(crate) fn expand(input: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let Some(arguments) = errors.keep(syn::parse2::<Arguments>(input)) else {
        return Expansion {
            tokens: fallback(&Root::middleware()),
            errors,
        };
    };
    let Description { watched, files } = Description::read(&arguments.files, &mut errors);
    let server = errors
        .is_empty()
        .then(|| generate(&arguments, &files, &mut errors))
        .flatten()
        .unwrap_or_else(|| fallback(&arguments.root));
    Expansion {
        tokens: quote!(#watched #server),
        errors,
    }
}

fn generate(arguments: &Arguments, files: &[SpecFile], errors: &mut Errors) -> Option<TokenStream> {
    let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
    let options = ServerOptions::new("service")
        .root(text(arguments.root.to_token_stream()))
        .policies(text(arguments.policies.to_token_stream()))
        .contract(own_name("contract").to_string());
    let server =
        describe(files).and_then(|api| Ok((inline_server(&api, &options)?, policy_uses(&api))));
    match server {
        Ok((server, uses)) => {
            let (server, check) = (apart(server), check(arguments, &uses));
            Some(quote!(#server #check))
        }
        Err(error) => {
            report(&arguments.files, &error, errors);
            None
        }
    }
}

/// Holds the policies that the description names against those of the service, at the path of the
/// first file.
fn check(arguments: &Arguments, uses: &[PolicyUse]) -> TokenStream {
    let span = arguments
        .files
        .first()
        .map_or_else(proc_macro2::Span::call_site, Spanned::span);
    let policies = &arguments.policies;
    let uses = uses.iter().map(|one| {
        let (policy, user) = (&one.policy, one.user.to_string());
        quote!((#policy, #user))
    });
    let uses = quote!(&[#(#uses),*]);
    quote_spanned!(in_place(span)=> const _: () = #policies::__check_operations(#uses);)
}

/// A module that `#[service]` can name.
fn fallback(root: &Root) -> TokenStream {
    let name = own_name("service_contract");
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #name {
            ($($implementation:tt)*) => {
                #root::__private::service_contract! {
                    contract { broken }
                    $($implementation)*
                }
            };
        }

        #[doc(hidden)]
        pub use #name as __contract;
        #[doc(hidden)]
        #[allow(unused_imports)]
        pub use crate::policies as __policies;
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut files = Vec::new();
        let (mut policies, mut root) = (None, None);
        while !input.is_empty() {
            if input.peek(LitStr) {
                files.push(input.parse()?);
            } else if Root::follows(input) {
                let at = input.span();
                if root.replace(Root::parse(input)?).is_some() {
                    return Err(syn::Error::new(at, "`crate` is given twice"));
                }
            } else {
                let key = input.call(Ident::parse_any).map_err(|error| {
                    let message =
                        "expected the path of a description, `policies = path` or `crate = path`";
                    syn::Error::new(error.span(), message)
                })?;
                if key != "policies" {
                    let known = hint(&key.to_string(), &["policies", "crate"]);
                    let message = format!("`service!` knows no `{key}`{known}");
                    return Err(syn::Error::new(key.span(), message));
                }
                input.parse::<Token![=]>()?;
                if policies.replace(Path::parse_mod_style(input)?).is_some() {
                    return Err(syn::Error::new(key.span(), "`policies` is given twice"));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if files.is_empty() {
            let message = "name a description: `service!(\"specs/service.yaml\", policies = crate::policies)`";
            return Err(input.error(message));
        }
        Ok(Self {
            files,
            policies: policies.unwrap_or_else(|| syn::parse_quote!(crate::policies)),
            root: root.unwrap_or_else(Root::middleware),
        })
    }
}
