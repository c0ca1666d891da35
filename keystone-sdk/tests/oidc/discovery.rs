//! Where the provider's addresses come from, and which documents are refused.

use keystone_sdk::auth::federation::{OidcPassword, OidcPasswordBuilder};
use serde_json::json;

use crate::log_in;
use crate::logins::password;
use crate::op::{Op, transport};

fn without_discovery(op: &Op) -> OidcPasswordBuilder {
    OidcPassword::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .client_id("client")
        .username("alice")
        .password("canary-password")
}

#[tokio::test]
async fn an_explicit_address_needs_no_document_and_beats_one() {
    let op = Op::start().await;
    let token = format!("{}/token", op.url);
    let plugin = without_discovery(&op)
        .access_token_endpoint(&*token)
        .build();
    log_in(&plugin.unwrap(), &transport().0).await.unwrap();
    *op.document.lock().unwrap() = json!({"token_endpoint": format!("{}/nowhere", op.url)});
    let plugin = password(&op).access_token_endpoint(&*token).build();
    log_in(&plugin.unwrap(), &transport().0).await.unwrap();
    let error = without_discovery(&op).build().unwrap_err().to_string();
    assert!(error.contains("set `discovery_endpoint`"), "{error}");
}

#[tokio::test]
async fn a_document_of_another_issuer_is_refused_unless_that_is_the_configured_one() {
    let op = Op::start().await;
    *op.document.lock().unwrap() = json!({"issuer": "https://other.example"});
    let error = log_in(&password(&op).build().unwrap(), &transport().0)
        .await
        .unwrap_err();
    assert!(
        error.contains("it is that of the issuer `https://other.example`"),
        "{error}"
    );
    assert!(op.asked().is_empty(), "no password goes to it");
    let plugin = password(&op)
        .issuer("https://other.example")
        .build()
        .unwrap();
    log_in(&plugin, &transport().0).await.unwrap();
}

#[tokio::test]
async fn a_document_that_lacks_something_or_is_none_says_what_to_do() {
    for (document, says) in [
        (json!({"token_endpoint": null}), "has no `token_endpoint`"),
        (
            json!({"token_endpoint": "ftp://h/token"}),
            "no address of HTTP",
        ),
        (
            json!({"token_endpoint": "http://u:canary-p@h/"}),
            "no address of HTTP",
        ),
        (json!({"issuer": null}), "field `issuer` is missing"),
        (
            json!({"grant_types_supported": ["implicit"]}),
            "does not offer the grant `password`",
        ),
    ] {
        let op = Op::start().await;
        *op.document.lock().unwrap() = document;
        let error = log_in(&password(&op).build().unwrap(), &transport().0)
            .await
            .unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    let op = Op::start().await;
    let plugin = password(&op).discovery_endpoint(format!("{}/nowhere", op.url));
    let error = log_in(&plugin.build().unwrap(), &transport().0)
        .await
        .unwrap_err();
    assert!(error.contains("the response is 404 Not Found"), "{error}");
    assert!(error.contains("check `discovery_endpoint`"), "{error}");
}

#[tokio::test]
async fn a_provider_that_is_down_is_named_with_the_step() {
    let op = Op::start().await;
    // Held open, so that nobody else listens there; it accepts nothing.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let down = format!("http://{}", held.local_addr().unwrap());
    let discovery = format!("{down}/.well-known/openid-configuration");
    let plugin = password(&op).discovery_endpoint(discovery).build().unwrap();
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    assert!(
        error.starts_with("the discovery document of the OpenID Provider: GET http://"),
        "{error}"
    );
    let plugin = without_discovery(&op).access_token_endpoint(format!("{down}/token"));
    let error = log_in(&plugin.build().unwrap(), &transport().0)
        .await
        .unwrap_err();
    let begin = "the token request to the OpenID Provider: POST http://";
    assert!(
        error.starts_with(begin) && error.contains("no connection"),
        "{error}"
    );
    let plugin = OidcPassword::builder(format!("{down}/v3"))
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .username("alice")
        .password("canary-password");
    let error = log_in(&plugin.build().unwrap(), &transport().0)
        .await
        .unwrap_err();
    assert!(
        error.starts_with("Keystone's federation endpoint: POST http://"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_request_follows_no_redirect() {
    let op = Op::start().await;
    let plugin = password(&op).access_token_endpoint(format!("{}/moved", op.url));
    // No such route: the stub says 404, which is no redirect, so that one is made here.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let moved = format!("http://{}/token", listener.local_addr().unwrap());
    let to = format!("{}/token", op.url);
    let app = axum::Router::new()
        .fallback(move || async move { axum::response::Redirect::temporary(&to) });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let plugin = plugin.access_token_endpoint(moved).build().unwrap();
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    assert!(
        error.contains("307 Temporary Redirect: a redirect to"),
        "{error}"
    );
    assert!(op.asked().is_empty());
}
