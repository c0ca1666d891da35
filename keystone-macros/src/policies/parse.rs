//! The arguments: paths of policy files, and where generated paths start.

use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

use crate::root::Root;

/// `"specs/a.yaml", "specs/b.yaml", crate = path`.
pub(super) struct Arguments {
    pub(super) files: Vec<LitStr>,
    pub(super) root: Root,
}

impl Parse for Arguments {
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
                return Err(input.error("expected the path of a policy file, or `crate = path`"));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if files.is_empty() {
            return Err(input.error("name a policy file: `policies!(\"specs/policies.yaml\")`"));
        }
        Ok(Self {
            files,
            root: root.unwrap_or_else(Root::middleware),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        syn::parse_str::<Arguments>(text)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn files_and_root_are_read_in_any_order() {
        let arguments: Arguments = syn::parse_str(r#""a.yaml", crate = ::p, "b.yaml","#).unwrap();
        assert_eq!(
            arguments
                .files
                .iter()
                .map(LitStr::value)
                .collect::<Vec<_>>(),
            ["a.yaml", "b.yaml"]
        );
    }

    #[test]
    fn mistakes_are_told() {
        assert!(refused("").contains("name a policy file"));
        assert!(refused("a").contains("expected the path of a policy file"));
        assert!(refused(r#""a" "b""#).contains("expected `,`"));
        assert!(refused(r#""a", crate = x, crate = y"#).contains("given twice"));
    }
}
