//! The arguments of macros that read files: paths, and the root of generated code.

use std::marker::PhantomData;

use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

use crate::root::Root;

/// What a macro reads, for its error messages.
pub(crate) trait Reads {
    /// For example "a policy file".
    const WHAT: &'static str;
    /// An example for the error when no file is named.
    const REMEDY: &'static str;

    /// The default root of generated paths.
    fn root() -> Root;
}

/// `"specs/a.yaml", "specs/b.yaml", crate = path`.
pub(crate) struct Arguments<R> {
    pub(crate) files: Vec<LitStr>,
    pub(crate) root: Root,
    reads: PhantomData<R>,
}

impl<R: Reads> Parse for Arguments<R> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut files = Vec::new();
        let mut root = None;
        while !input.is_empty() {
            if Root::follows(input) {
                let at = input.span();
                if root.replace(Root::parse(input)?).is_some() {
                    return Err(syn::Error::new(at, "`crate` is given twice"));
                }
            } else if input.peek(LitStr) {
                files.push(input.parse()?);
            } else {
                let what = R::WHAT;
                return Err(input.error(format!("expected the path of {what}, or `crate = path`")));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if files.is_empty() {
            return Err(input.error(format!("name {}: {}", R::WHAT, R::REMEDY)));
        }
        Ok(Self {
            files,
            root: root.unwrap_or_else(R::root),
            reads: PhantomData,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Policies;

    impl Reads for Policies {
        const WHAT: &'static str = "a policy file";
        const REMEDY: &'static str = "`policies!(\"specs/policies.yaml\")`";

        fn root() -> Root {
            Root::middleware()
        }
    }

    fn refused(text: &str) -> String {
        syn::parse_str::<Arguments<Policies>>(text)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn files_and_root_are_read_in_any_order() {
        let arguments: Arguments<Policies> =
            syn::parse_str(r#""a.yaml", crate = ::p, "b.yaml","#).unwrap();
        let files: Vec<_> = arguments.files.iter().map(LitStr::value).collect();
        assert_eq!(files, ["a.yaml", "b.yaml"]);
    }

    #[test]
    fn mistakes_are_told() {
        assert!(refused("").contains("name a policy file: `policies!("));
        assert!(refused("a").contains("expected the path of a policy file"));
        assert!(refused(r#""a" "b""#).contains("expected `,`"));
        assert!(refused(r#""a", crate = x, crate = y"#).contains("given twice"));
    }
}
