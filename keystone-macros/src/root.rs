//! The root of generated paths, and the argument `crate = path` that changes it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Path, Token};

use crate::crates;

/// The root of generated paths.
#[derive(Clone)]
pub(crate) struct Root(TokenStream);

impl Root {
    /// `::keystone_middleware`, the front door of services.
    pub(crate) fn middleware() -> Self {
        Self::found("keystone-middleware").unwrap_or_else(|| Self(quote!(::keystone_middleware)))
    }

    /// `::keystone_sdk`, the front door of applications.
    pub(crate) fn sdk() -> Self {
        Self::found("keystone-sdk").unwrap_or_else(|| Self(quote!(::keystone_sdk)))
    }

    /// The path of a crate by the manifest, if it is not under its own name.
    fn found(package: &str) -> Option<Self> {
        crates::renamed(package)?.parse().ok().map(Self)
    }

    /// Whether `crate = ..` comes next. (`crate` alone could begin a path.)
    pub(crate) fn follows(input: ParseStream<'_>) -> bool {
        input.peek(Token![crate]) && input.peek2(Token![=])
    }

    /// Reads `crate = some::path`.
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        Self::parse_value(input)
    }

    /// Parses the path after the `=` of a `crate = path`, as in `attribute.parse_nested_meta(|meta|
    /// .. Root::parse_value(meta.value()?) ..)`.
    pub(crate) fn parse_value(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self(Path::parse_mod_style(input)?.into_token_stream()))
    }
}

impl ToTokens for Root {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.clone());
    }
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn the_argument_replaces_the_front_door() {
        let read = |input: ParseStream<'_>| {
            assert!(Root::follows(input));
            Root::parse(input)
        };
        let root = read.parse_str("crate = ::renamed::policy").unwrap();
        assert_eq!(root.to_token_stream().to_string(), ":: renamed :: policy");
    }

    #[test]
    fn a_path_that_begins_with_crate_is_not_the_argument() {
        let read = |input: ParseStream<'_>| {
            let follows = Root::follows(input);
            input.parse::<Path>().map(|_| follows)
        };
        assert!(!read.parse_str("crate::policies").unwrap());
    }
}
