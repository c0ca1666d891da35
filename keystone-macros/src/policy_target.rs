//! `#[derive(PolicyTarget)]`: the fields of a struct as attributes that policies read.

use proc_macro2::TokenStream;

use crate::diag::{Errors, Expansion};

mod expand;
mod model;

/// The implementations for the struct; with errors, ones that let the rest of the crate compile.
pub(crate) fn expand(item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let tokens = match errors.keep(syn::parse2(item)) {
        Some(item) => expand::target(&model::read(item, &mut errors)),
        None => TokenStream::new(),
    };
    Expansion { tokens, errors }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn shown(item: TokenStream) -> String {
        let expansion = expand(item);
        expansion.errors.beside(expansion.tokens).to_string()
    }

    #[test]
    fn fields_are_attributes_unless_skipped() {
        let text = shown(quote! {
            struct Proxy {
                id: String,
                #[policy(rename = "owner")] owner_id: String,
                #[policy(skip)] cache: Cache,
                r#type: u8,
            }
        });
        assert!(!text.contains("compile_error"), "{text}");
        for name in ["\"id\"", "\"owner\"", "\"type\""] {
            assert!(text.contains(name), "{name}: {text}");
        }
        assert!(
            !text.contains("cache") && !text.contains("\"owner_id\""),
            "{text}"
        );
        assert_eq!(text.matches("HasAttr").count(), 3, "{text}");
        assert!(
            text.contains(":: keystone_middleware :: policy ::"),
            "{text}"
        );
    }

    #[test]
    fn the_root_can_be_changed() {
        let text = shown(quote! {
            #[policy(crate = ::keystone_policy)]
            struct Proxy { id: String }
        });
        assert!(
            text.contains(":: keystone_policy :: policy :: PolicyTarget"),
            "{text}"
        );
        assert!(!text.contains("keystone_middleware"), "{text}");
    }

    #[test]
    fn generics_are_carried_over() {
        let text = shown(quote!(
            struct Owned<'a, T: Clone>
            where
                T: Copy,
            {
                id: &'a str,
                #[policy(skip)]
                inner: T,
            }
        ));
        assert!(
            text.contains("for Owned < 'a , T > where T : Copy"),
            "{text}"
        );
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        let cases = [
            (
                quote!(
                    enum E {
                        A,
                    }
                ),
                "structs with named fields",
            ),
            (
                quote!(
                    struct T(String);
                ),
                "structs with named fields",
            ),
            (
                quote!(
                    struct S {
                        #[policy(renam = "x")]
                        a: String,
                    }
                ),
                "did you mean `rename`?",
            ),
            (
                quote!(
                    struct S {
                        #[policy(skip, rename = "x")]
                        a: String,
                    }
                ),
                "skipped",
            ),
            (
                quote!(
                    struct S {
                        #[policy(rename = "b")]
                        a: String,
                        b: String,
                    }
                ),
                "already an attribute",
            ),
            (
                quote!(
                    struct S {
                        #[policy(rename = "x", rename = "y")]
                        a: String,
                    }
                ),
                "given twice",
            ),
            (
                quote!(
                    struct S {
                        #[policy]
                        a: String,
                    }
                ),
                "expected",
            ),
            (
                quote!(
                    #[policy(skip)]
                    struct S {
                        a: String,
                    }
                ),
                "belongs on a field",
            ),
        ];
        for (item, message) in cases {
            let text = shown(item);
            assert!(text.contains(message), "{message}: {text}");
            assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        }
    }
}
