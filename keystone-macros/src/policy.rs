//! `#[policy]`: puts the decision about a policy in front of a handler.

use proc_macro2::TokenStream;

use crate::diag::{Errors, Expansion};

mod check;
mod expand;
mod parse;

/// The handler with its witness; with errors, the item as it was.
pub(crate) fn policy(arguments: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let guard = parse::guard(arguments, &mut errors);
    let handler = check::handler(&item, guard.as_ref(), &mut errors);
    let tokens = match (guard, handler) {
        (Some(guard), Some(handler)) if errors.is_empty() => expand::handler(&guard, handler),
        _ => item,
    };
    Expansion { tokens, errors }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn expanded(arguments: TokenStream, item: TokenStream) -> String {
        let expansion = policy(arguments, item);
        assert!(expansion.errors.is_empty());
        expansion.tokens.to_string()
    }

    fn refused(arguments: TokenStream, item: TokenStream) -> String {
        let kept = item.to_string();
        let expansion = policy(arguments, item);
        let text = expansion.errors.beside(expansion.tokens).to_string();
        assert!(text.starts_with(&kept), "{text}");
        text.trim_start_matches(&kept).to_owned()
    }

    fn plain() -> TokenStream {
        quote! { async fn create(ctx: RequestContext) -> Response { todo() } }
    }

    #[test]
    fn one_place_of_the_plain_form_can_fail_at_an_unknown_name() {
        let text = expanded(quote!("proxy:create"), plain());
        assert_eq!(
            text.matches("index_of (\"proxy:create\")").count(),
            1,
            "{text}"
        );
        assert!(text.contains("crate :: policies :: Rule"), "{text}");
        assert!(
            text.contains(":: keystone_middleware :: __private"),
            "{text}"
        );
    }

    #[test]
    fn table_and_crate_replace_the_paths() {
        let text = expanded(quote!("a:b", table = crate::rules, crate = ::km), plain());
        assert!(text.contains("crate :: rules :: Rule"), "{text}");
        assert!(text.contains(":: km :: __private"), "{text}");
        assert!(!text.contains("keystone_middleware"), "{text}");
    }

    #[test]
    fn the_target_is_written_once() {
        let text = expanded(quote!("a:b", target = &proxy), plain());
        assert_eq!(text.matches("& proxy").count(), 1, "{text}");
        assert!(text.contains("Authorizing"), "{text}");
    }

    #[test]
    fn a_public_handler_carries_a_witness() {
        let text = expanded(quote!(public), plain());
        assert!(text.contains(":: keystone_middleware :: Public"), "{text}");
    }

    #[test]
    fn mistakes_in_the_attribute_are_told() {
        for (arguments, message) in [
            (quote!(), "name a policy"),
            (quote!(42), "expected the name of a policy"),
            (quote!("a:b", targt = &x), "did you mean `target`?"),
            (
                quote!("a:b", target = &x, target = &y),
                "`target` is given twice",
            ),
            (quote!(public, target = &x), "has no target"),
            (quote!(public, table = a), "reads no table"),
            (quote!(pubic), "did you mean `public`?"),
            (quote!("a:b" target = &x), "expected `,`"),
        ] {
            let text = refused(arguments, plain());
            assert!(text.contains(message), "{message}: {text}");
            assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        }
    }

    #[test]
    fn what_is_no_handler_is_told() {
        for (item, message) in [
            (quote! { struct Handler; }, "an `async fn`"),
            (quote! { fn create() -> Response {} }, "must be `async`"),
            (
                quote! { async fn create(&self) -> Response {} },
                "takes no `self`",
            ),
            (
                quote! { #[policy("c:d")] async fn create() -> Response {} },
                "second policy",
            ),
        ] {
            let text = refused(quote!("a:b"), item);
            assert!(text.contains(message), "{message}: {text}");
        }
        let text = refused(quote!("a:b", target = &x), quote! { async fn create() {} });
        assert!(text.contains("can carry a refusal"), "{text}");
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let text = refused(quote!("a:b", tabel = x), quote! { fn create() {} });
        assert_eq!(text.matches("compile_error").count(), 2, "{text}");
    }
}
