//! Servers that are no Keystone, or a broken one: each error names address, fault and remedy.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use keystone_sdk::auth::{AuthPlugin, generic, v3};
use keystone_sdk::error::TransportErrorKind;
use keystone_sdk::{Error, Session};
use tokio::net::TcpListener;

use super::stub::Nobody;

const TOKEN: &str = r#"{"token": {"expires_at": "2030-01-01T00:00:00Z", "user": {"id": "u"}}}"#;
const JSON: (header::HeaderName, &str) = (header::CONTENT_TYPE, "application/json");

/// A server that answers everything alike; its address.
async fn server<A: IntoResponse + Clone + Send + Sync + 'static>(answer: A) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(any(move || async move { answer.clone() }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn refused(auth: impl AuthPlugin + 'static) -> Error {
    Session::new(auth).unwrap().token().await.unwrap_err()
}

/// What a login at `url` ends with.
async fn login(url: &str) -> Error {
    let auth = v3::Password::builder(format!("{url}/v3"))
        .user_id("u")
        .password("canary");
    let error = refused(auth.build().unwrap()).await;
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
    error
}

#[tokio::test]
async fn a_page_instead_of_a_token() {
    let page = (
        [(header::CONTENT_TYPE, "text/html")],
        "<html>Welcome</html>",
    );
    let url = server(page).await;
    let error = login(&url).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&format!("{url}/v3/auth/tokens")), "{text}");
    assert!(text.contains("an HTML page"), "{text}");
    assert!(text.contains("check that `auth_url`"), "{text}");
}

#[tokio::test]
async fn a_page_that_is_not_found() {
    let url = server((StatusCode::NOT_FOUND, "nothing here")).await;
    let error = login(&url).await;
    assert!(matches!(error, Error::Discovery(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.starts_with("no v3 API here: the response is 404"),
        "{text}"
    );
    assert!(
        text.contains(&format!("POST {url}/v3/auth/tokens")),
        "{text}"
    );
}

#[tokio::test]
async fn json_that_is_no_token() {
    let error = login(&server(([JSON], r#"{"versions": "canary"}"#)).await).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(error.to_string().contains("check that `auth_url`"));
}

#[tokio::test]
async fn a_token_without_its_header() {
    let error = login(&server((StatusCode::CREATED, [JSON], TOKEN)).await).await;
    let text = error.to_string();
    assert!(text.contains("has no header `X-Subject-Token`"), "{text}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_password() {
    let elsewhere = [(header::LOCATION, "http://elsewhere/v3/auth/tokens")];
    let error = login(&server((StatusCode::FOUND, elsewhere)).await).await;
    let text = error.to_string();
    assert!(
        text.contains("elsewhere") && text.contains("not followed"),
        "{text}"
    );
}

#[tokio::test]
async fn a_keystone_that_is_out_of_order() {
    let error = login(&server(StatusCode::SERVICE_UNAVAILABLE).await).await;
    assert!(matches!(error, Error::Response(_)), "{error:?}");
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn nobody_at_the_address() {
    let nobody = Nobody::new();
    let error = login(&nobody.url).await;
    let Error::Transport(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert!(error.to_string().contains(&nobody.url), "{error}");
}

#[tokio::test]
async fn a_server_that_has_neither_v2_nor_v3() {
    let versions = r#"{"versions": {"values": [{"id": "v1.0", "status": "stable",
        "links": [{"rel": "self", "href": "http://127.0.0.1/v1.0/"}]}]}}"#;
    let url = server((StatusCode::MULTIPLE_CHOICES, [JSON], versions)).await;
    let auth = generic::Password::builder(&url).user_id("u").password("p");
    let error = refused(auth.build().unwrap()).await;
    assert!(matches!(error, Error::Discovery(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("has no v3") && text.contains("v1.0"),
        "{text}"
    );
}
