//! What a browser is sent to, and what it may bring back.

use std::collections::HashMap;

use keystone_sdk::auth::federation::{OidcAuthCode, OidcAuthorization, OidcAuthorizationBuilder};
use keystone_sdk::{Url, auth::AuthPlugin as _};
use serde_json::json;

use crate::op::{Op, tokens, transport};
use crate::{hides, log_in};

const REDIRECT: &str = "http://127.0.0.1:8080/callback";

fn builder(op: &Op) -> OidcAuthorizationBuilder {
    OidcAuthorization::builder("client", REDIRECT).discovery_endpoint(op.discovery())
}

async fn begin(op: &Op) -> OidcAuthorization {
    builder(op).begin(&transport().0).await.unwrap()
}

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn state(authorization: &OidcAuthorization) -> String {
    query(authorization.url())["state"].clone()
}

fn refused(authorization: &OidcAuthorization, to: &str) -> String {
    let error = authorization.redirected(to).unwrap_err();
    hides(&format!("{error} {error:?} {authorization:?}"));
    error.to_string()
}

#[tokio::test]
async fn the_address_holds_a_challenge_a_state_and_a_nonce_of_its_own() {
    let op = Op::start().await;
    let (one, other) = (begin(&op).await, begin(&op).await);
    let (one, other) = (query(one.url()), query(other.url()));
    for (key, value) in [
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(one[key], value);
    }
    for key in ["state", "nonce", "code_challenge"] {
        assert!(one[key].len() >= 22 && one[key] != other[key], "{key}");
    }
    assert!(!one.contains_key("prompt"));
    let offline = builder(&op).openid_scope("openid offline_access");
    let offline = offline.begin(&transport().0).await.unwrap();
    assert_eq!(query(offline.url())["prompt"], "consent");
}

#[tokio::test]
async fn what_the_browser_brings_back_logs_in() {
    let op = Op::start().await;
    let authorization = begin(&op).await;
    let to = format!("/callback?code=canary-code&state={}", state(&authorization));
    let code = authorization.redirected(&to).unwrap();
    hides(&format!("{code:?} {authorization:?}"));
    let plugin = OidcAuthCode::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .authorized(&code)
        .build()
        .unwrap();
    let nonce = query(authorization.url())["nonce"].clone();
    let mut body = tokens(1);
    body["id_token"] = op.id_token(&json!({"nonce": nonce})).into();
    op.reply(200, body);
    log_in(&plugin, &transport().0).await.unwrap();
    let form = op.last().form;
    assert_eq!(
        (&*form["code"], &*form["redirect_uri"]),
        ("canary-code", REDIRECT)
    );
    let digest = ring::digest::digest(&ring::digest::SHA256, form["code_verifier"].as_bytes());
    use base64::Engine as _;
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest);
    assert_eq!(query(authorization.url())["code_challenge"], challenge);
    assert!(plugin.cache_id().is_some());
}

#[tokio::test]
async fn a_wrong_or_replayed_state_is_refused() {
    let op = Op::start().await;
    let authorization = begin(&op).await;
    for (to, says) in [
        (
            "/callback?code=canary-c&state=canary-other",
            "has another `state`",
        ),
        ("/callback?code=canary-c", "has no `state`"),
        (
            "/callback?code=canary-c&state=a&state=b",
            "has `state` twice",
        ),
        (
            "/elsewhere?code=canary-c",
            "is not the address of the redirect",
        ),
        (
            "http://evil.example/callback?code=canary-c",
            "is not the address of the redirect",
        ),
        ("http://[", "is no address"),
    ] {
        let error = refused(&authorization, to);
        assert!(error.contains(says), "{error}");
    }
    // None of those used it up.
    let to = format!("{REDIRECT}?code=canary-c&state={}", state(&authorization));
    authorization.redirected(&to).unwrap();
    let error = refused(&authorization, &to);
    assert!(error.contains("it is replayed"), "{error}");
}

#[tokio::test]
async fn the_response_of_another_provider_is_refused() {
    let op = Op::start().await;
    let with = |authorization: &OidcAuthorization, rest: &str| {
        format!(
            "/callback?code=canary-c&state={}{rest}",
            state(authorization)
        )
    };
    let authorization = begin(&op).await;
    let error = refused(
        &authorization,
        &with(&authorization, "&iss=https://evil.example"),
    );
    assert!(
        error.contains("is of the issuer `https://evil.example`"),
        "{error}"
    );
    let authorization = begin(&op).await;
    let good = with(&authorization, &format!("&iss={}", op.url));
    authorization.redirected(&good).unwrap();

    let promise = "authorization_response_iss_parameter_supported";
    *op.document.lock().unwrap() = json!({promise: true});
    let authorization = begin(&op).await;
    let error = refused(&authorization, &with(&authorization, ""));
    assert!(
        error.contains("does not name its issuer (`iss`)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_told_and_one_by_nobody_is_not() {
    let op = Op::start().await;
    let authorization = begin(&op).await;
    let error = refused(
        &authorization,
        "/callback?error=access_denied&state=canary-x",
    );
    assert!(error.contains("has another `state`"), "{error}");
    let state = state(&authorization);
    let to = format!("/callback?error=access_denied&error_description=no%1b[2J&state={state}");
    let error = refused(&authorization, &to);
    assert!(
        error.ends_with(r"refused the authorization (`access_denied`): no\u{1b}[2J"),
        "{error}"
    );
}

#[tokio::test]
async fn without_discovery_both_address_and_issuer_are_needed() {
    let op = Op::start().await;
    let endpoint = format!("{}/auth", op.url);
    let builder = OidcAuthorization::builder("client", REDIRECT).authorization_endpoint(endpoint);
    let error = builder.begin(&transport().0).await.unwrap_err().to_string();
    assert!(
        error.contains("`authorization_endpoint` and `issuer`"),
        "{error}"
    );
    let builder = builder.issuer(&*op.url);
    assert_eq!(
        builder.begin(&transport().0).await.unwrap().url().path(),
        "/auth"
    );
}
