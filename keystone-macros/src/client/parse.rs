//! The arguments: paths of the files of one description, and where generated paths start.

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
                return Err(input.error("expected the path of a description, or `crate = path`"));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if files.is_empty() {
            return Err(input.error("name a description: `client!(\"specs/service.yaml\")`"));
        }
        Ok(Self {
            files,
            root: root.unwrap_or_else(Root::sdk),
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
    fn mistakes_are_told() {
        assert!(refused("").contains("name a description"));
        assert!(refused("a").contains("expected the path of a description"));
        assert!(refused(r#""a" "b""#).contains("expected `,`"));
        assert!(refused(r#""a", crate = x, crate = y"#).contains("given twice"));
    }
}
