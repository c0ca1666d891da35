//! What `#[policy]` writes, of right and of wrong input.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::policy;
use crate::diag::Expansion;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    let expansion = policy(arguments, item);
    assert!(expansion.errors.is_empty());
    expansion.tokens.to_string()
}

/// The errors of a wrong input, of which the item's tokens are all kept.
fn refused(arguments: TokenStream, item: TokenStream) -> String {
    let written = leaves(item.clone());
    let Expansion { tokens, errors } = policy(arguments, item);
    assert!(!errors.is_empty(), "{tokens}");
    let kept = leaves(tokens.clone());
    let mut kept = kept.iter();
    for token in &written {
        assert!(
            kept.any(|other| other == token),
            "`{token}` is gone: {tokens}"
        );
    }
    errors.beside(tokens).to_string()
}

/// All tokens that are no groups.
fn leaves(tokens: TokenStream) -> Vec<String> {
    let leaves = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => leaves(group.stream()),
        // A function that another stands for has its own name within this one.
        other => vec![
            other
                .to_string()
                .trim_start_matches("__")
                .replace("_as_written", ""),
        ],
    });
    leaves.collect()
}

fn plain() -> TokenStream {
    quote! { async fn create(ctx: RequestContext) -> Response { todo() } }
}

const WITNESS: &str = ":: keystone_middleware :: __private :: Broken";

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
fn the_proof_of_a_method_is_behind_self() {
    for receiver in [quote!(&self), quote!(&mut self), quote!(self: Arc<Self>)] {
        let item = quote! { async fn create(#receiver, name: &str) -> Result<u8, E> { a(name) } };
        let start = format!("create ({receiver} , ");
        let text = expanded(quote!("a:b"), item.clone());
        let proof = format!("{start}_ : :: keystone_middleware :: Authorized");
        assert!(text.contains(&proof), "{text}");
        assert!(!text.contains("arguments"), "{text}");
        let text = expanded(quote!("a:b", target = &self.one), item.clone());
        assert!(text.contains(&format!("{start}authorizing : ")), "{text}");
        assert_eq!(expanded(quote!(public), item.clone()), item.to_string());
    }
}

#[test]
fn a_public_handler_carries_a_witness() {
    let text = expanded(quote!(public), plain());
    assert!(
        text.contains(":: keystone_middleware :: __private :: PublicWith"),
        "{text}"
    );
}

#[test]
fn a_body_is_not_looked_into() {
    // A missing `;`, which the compiler tells.
    let item = quote! { async fn create() -> Response { let x = 1 let y = 2 } };
    for arguments in [
        quote!("a:b"),
        quote!(public),
        quote!("a:b", target = &proxy),
    ] {
        let text = expanded(arguments, item.clone());
        assert!(text.contains("let x = 1 let y = 2"), "{text}");
        let at = |what: &str| text.find(what).unwrap();
        assert!(at("keystone_middleware") < at("let x"), "{text}");
    }
}

#[test]
fn attributes_inside_of_the_body_stay_in_front() {
    let item = quote! { async fn create() -> Response { #![allow(unused)] respond() } };
    let text = expanded(quote!("a:b", target = &proxy), item);
    assert!(text.contains("{ # ! [allow (unused)] let"), "{text}");
}

#[test]
fn parts_that_a_macro_by_example_captured_are_read() {
    let (name, body) = (literal("\"a:b\""), quote!({ forty_two() }));
    let body = TokenTree::Group(proc_macro2::Group::new(proc_macro2::Delimiter::None, body));
    let text = expanded(name, quote! { async fn create() -> Response #body });
    assert!(text.contains("forty_two ()"), "{text}");
    assert!(text.contains("index_of"), "{text}");
}

/// A literal as `$name:literal` hands it on.
fn literal(text: &str) -> TokenStream {
    let stream = text.parse().unwrap();
    let group = proc_macro2::Group::new(proc_macro2::Delimiter::None, stream);
    TokenTree::Group(group).into()
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
        assert!(
            text.contains(&format!("fn create (_ : {WITNESS} ,")),
            "{text}"
        );
    }
}

#[test]
fn mistakes_in_the_signature_are_told_and_leave_a_handler() {
    for (item, message) in [
        (
            quote! { fn create() -> Response { a() } },
            "must be `async`: write `async fn`\"",
        ),
        (
            quote! { fn create() -> BoxFuture<'static, Response> { a() } },
            "return what the future yields",
        ),
        (
            quote! { #[policy("c:d")] async fn create() -> Response { a() } },
            "second policy",
        ),
        (
            quote! { #[keystone_middleware::policy(public)] async fn create() -> Response { a() } },
            "second policy",
        ),
        (
            quote! { async fn create() -> Response; },
            "put it where the body is",
        ),
        (
            quote! { async unsafe fn create() -> Response { a() } },
            "calls no `unsafe` function",
        ),
        (
            quote! { async gen fn create(domain: String) -> Response { a(domain) } },
            "expected `fn`",
        ),
    ] {
        let text = refused_without_policy(item);
        assert!(text.contains(message), "{message}: {text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        let async_fn = text.contains(&format!("async fn create (_ : {WITNESS}"))
            || text.contains(&format!("async fn create (refused : {WITNESS})"))
            || text.contains(&format!("fn create (_ : {WITNESS}) -> BoxFuture"));
        assert!(async_fn, "{text}");
    }
}

/// As [`refused`], of an item whose second `#[policy]` is not kept.
fn refused_without_policy(item: TokenStream) -> String {
    if item.to_string().starts_with('#') {
        let expansion = policy(quote!("a:b"), item);
        return expansion.errors.beside(expansion.tokens).to_string();
    }
    refused(quote!("a:b"), item)
}

#[test]
fn a_handler_that_must_be_able_to_refuse_returns_something() {
    for item in [
        quote! { async fn create() { a() } },
        quote! { async fn create() -> () { a() } },
    ] {
        let text = refused(quote!("a:b", target = &x), item);
        assert!(text.contains("can carry a refusal"), "{text}");
        assert!(text.contains(WITNESS), "{text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    }
}

#[test]
fn axum_calls_handlers_of_up_to_fifteen_arguments_and_the_witness() {
    let arguments = |count: usize| {
        let one = quote!(_: State<u8>,);
        let more = std::iter::repeat_n(one, count);
        quote! { async fn create(#(#more)*) -> Response { a() } }
    };
    expanded(quote!("a:b"), arguments(15));
    let text = refused(quote!("a:b"), arguments(16));
    assert!(text.contains("at most 15 arguments"), "{text}");
    assert!(
        text.contains(&format!("async fn create (refused : {WITNESS})")),
        "{text}"
    );
    // Which of them are there, the compiler knows.
    let item = arguments(15)
        .to_string()
        .replace("(_", "(#[cfg(x)] _: u8, _");
    expanded(quote!("a:b"), item.parse().unwrap());
}

#[test]
fn a_method_that_async_trait_rewrote_is_called_so() {
    let item = quote! {
        fn create<'life0, 'async_trait>(
            &'life0 self,
        ) -> Pin<Box<dyn Future<Output = Response> + Send + 'async_trait>> { a() }
    };
    let text = refused(quote!("a:b"), item);
    assert!(text.contains("`#[async_trait]` has rewritten"), "{text}");
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
}

#[test]
fn what_is_no_function_is_told_and_kept() {
    for item in [
        quote! { struct Handler; },
        quote! { enum Handler { A } },
        quote! { impl Handler { fn create() {} } },
        quote! { mod handlers { async fn create() {} } },
        quote! { const HANDLER: u8 = 1; },
    ] {
        let text = refused(quote!("a:b"), item);
        assert!(text.contains("which is an `async fn`"), "{text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = refused(quote!("a:b", tabel = x), quote! { fn create() {} });
    assert_eq!(text.matches("compile_error").count(), 2, "{text}");
    assert_eq!(text.matches(WITNESS).count(), 1, "{text}");
}

#[test]
fn a_signature_that_is_not_rust_is_told_by_the_compiler_only() {
    let item = quote! { pub async fn create<F: Fn(u8) -> u8>(domain String) -> Response { a() } };
    let Expansion { tokens, errors } = policy(quote!("a:b"), item.clone());
    assert!(errors.is_empty());
    let text = tokens.to_string();
    let stand_in = format!("pub async fn create (refused : {WITNESS})");
    assert!(text.contains(&stand_in), "{text}");
    let written = item
        .to_string()
        .replace("fn create", "fn __create_as_written");
    assert!(text.ends_with(&written), "{text}");
}

#[test]
fn arguments_are_asked_for_what_they_must_be_where_they_can_be_named() {
    let checked = |item: TokenStream| expanded(quote!("a:b"), item);
    let text = checked(quote! { async fn create(a: A, #[cfg(x)] b: B, c: C) -> R { a() } });
    for ty in ["A", "B", "C"] {
        let content = format!("probe :: < {ty} > () . content () . check :: < {ty} > ()");
        assert!(text.contains(&content), "{text}");
    }
    assert!(
        text.contains("# [cfg (x)] arguments :: probe :: < B >"),
        "{text}"
    );
    assert!(text.contains("check_response :: < R > ()"), "{text}");
    // Which argument is last, the compiler knows.
    assert!(!text.contains("not_last"), "{text}");
    let text = checked(quote! { async fn create(a: A, b: B) {} });
    assert_eq!(text.matches("not_last").count(), 1, "{text}");
    assert!(text.contains("probe :: < A > () . not_last ()"), "{text}");
    for item in [
        quote! { async fn create<T>(a: A<T>) -> R { a() } },
        quote! { async fn create(a: Self) -> Self::R { a() } },
        quote! { async fn create(a: impl Extract) -> impl IntoResponse { a() } },
        quote! { async fn create(a: A<'_>) -> Result<impl IntoResponse, E> { a() } },
    ] {
        let text = checked(item);
        assert!(!text.contains("arguments"), "{text}");
    }
}
