//! What `#[operation]` writes, of right and of wrong input.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::diag::Expansion;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    let Expansion { tokens, errors } = expand(arguments, item);
    assert!(errors.is_empty(), "{}", errors.beside(tokens));
    tokens.to_string()
}

fn refused(arguments: TokenStream, item: TokenStream) -> String {
    let Expansion { tokens, errors } = expand(arguments, item.clone());
    assert!(!errors.is_empty(), "{tokens}");
    errors.beside(tokens).to_string()
}

fn plain() -> TokenStream {
    quote! {
        #[policy("proxy:index")]
        pub async fn list_proxies(query: Query<Filter>) -> Json<Proxies> { list() }
    }
}

#[test]
fn the_handler_stays_as_it_is_written() {
    let text = expanded(quote!(GET "/v1/proxies"), plain());
    assert!(text.starts_with(&plain().to_string()), "{text}");
    assert!(text.contains("pub enum list_proxies { }"), "{text}");
    assert!(text.contains("probe :: < Query < Filter > >"), "{text}");
    assert!(
        text.contains("response_with_status :: < Json < Proxies > >"),
        "{text}"
    );
    assert!(text.contains("path : \"/v1/proxies\""), "{text}");
}

#[test]
fn the_witness_of_a_policy_is_no_argument_of_the_operation() {
    for witness in [
        quote!(::keystone_middleware::Authorized<crate::policies::Rule<{ 1 }>>),
        quote!(::keystone_middleware::Public),
        quote!(::keystone_middleware::__private::PublicWith<{ 0 }>),
        quote!(::keystone_middleware::__private::Authorizing<P>),
    ] {
        let item = quote! { async fn show(_: #witness, id: Path<String>) -> Json<A> { show() } };
        let text = expanded(quote!(GET "/a/{id}"), item);
        assert_eq!(text.matches("probe ::").count(), 1, "{text}");
    }
}

#[test]
fn a_doc_comment_is_summary_and_description() {
    let item = quote! {
        /// Lists the proxies
        /// of a project.
        ///
        /// Newest first.
        async fn list() -> Json<A> { list() }
    };
    let text = expanded(quote!(GET "/a", status = 200, errors = [409, 503],), item);
    assert!(
        text.contains("\"Lists the proxies of a project\""),
        "{text}"
    );
    assert!(text.contains("description : \"Newest first.\""), "{text}");
    assert!(text.contains("statuses : & [200u16]"), "{text}");
    assert!(
        text.contains("openapi :: response :: < Json < A > >"),
        "{text}"
    );
}

#[test]
fn mistakes_are_told_once_and_leave_handler_and_type() {
    for (arguments, message) in [
        (quote!(), "say the method and the path"),
        (quote!("/v1/proxies"), "expected the method and the path"),
        (quote!(get "/v1/proxies"), "did you mean `GET`?"),
        (quote!(GTE "/v1/proxies"), "did you mean `GET`?"),
        (quote!(OPTIONS "/v1"), "write one of `GET`"),
        (quote!(GET proxies), "expected the path as text"),
        (quote!(GET), "expected the path as text"),
        (quote!(GET "v1/proxies"), "write `/v1/proxies`"),
        (quote!(GET "/v1", stauts = 201), "did you mean `status`?"),
        (
            quote!(GET "/v1", status = 201, status = 202),
            "`status` is given twice",
        ),
        (quote!(GET "/v1", status = 404), "between 200 and 399"),
        (quote!(GET "/v1", errors = [200]), "between 400 and 599"),
        (quote!(GET "/v1", resource = "Proxy"), "snake case"),
        (quote!(GET "/v1", since = ""), "expected a text"),
        (quote!(GET "/v1" status = 201), "expected `,`"),
    ] {
        let text = refused(arguments, plain());
        assert!(text.contains(message), "{message}: {text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        assert!(text.starts_with(&plain().to_string()), "{text}");
        assert!(text.contains("enum list_proxies { }"), "{text}");
    }
}

#[test]
fn mistakes_in_the_item_are_told_once() {
    for (item, message) in [
        (quote! { struct Handler; }, "which is an `async fn`"),
        (
            quote! { #[operation(GET "/b")] async fn a() -> Json<A> { a() } },
            "a second operation",
        ),
        (
            quote! { async fn a<T>(_: State<T>) -> Json<A> { a() } },
            "this one is generic",
        ),
        (
            quote! { async fn a(&self) -> Json<A> { a() } },
            "outside of an `impl` block",
        ),
        (
            quote! { #[policy("b:c")] async fn a(&self) -> Json<A> { a() } },
            "outside of an `impl` block",
        ),
        (
            quote! { async fn a() -> impl IntoResponse { a() } },
            "add `response = Json<T>`",
        ),
        (
            quote! { async fn a() -> Result<(StatusCode, Json<A>), E> { a() } },
            "as in `status = 201`",
        ),
        (
            quote! { async fn a() -> Result<Response, E> { a() } },
            "`Response` does not say",
        ),
    ] {
        let text = refused(quote!(GET "/a"), item);
        assert!(text.contains(message), "{message}: {text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    }
}

#[test]
fn what_a_policy_has_reported_is_not_told_again() {
    for item in [
        quote! { fn a(_: ::keystone_middleware::__private::Broken) -> impl Future { a() } },
        quote! { async fn __a_as_written(&self) -> Json<A> { a() } },
        quote! { async fn __a_as_written(domain String) -> Json<A> { a() } },
        quote! { #[policy("b:c")] async gen fn a(b: B) -> Json<A> { a() } },
    ] {
        let text = expanded(quote!(GET "/a"), item);
        assert!(!text.contains("__a_as_written { }"), "{text}");
    }
}

#[test]
fn conditions_are_those_of_the_handler() {
    let item = quote! { #[cfg(x)] async fn a(#[cfg(y)] b: B) -> Json<A> { a() } };
    let text = expanded(quote!(GET "/a"), item);
    assert_eq!(text.matches("# [cfg (x)]").count(), 3, "{text}");
    assert_eq!(text.matches("# [cfg (y)]").count(), 2, "{text}");
}
