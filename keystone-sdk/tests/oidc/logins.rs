//! What each plugin asks for, and what it says when that is refused.

use std::time::Duration;

use keystone_sdk::auth::AuthPlugin as _;
use keystone_sdk::auth::federation::{
    AccessTokenType, OidcAuthCode, OidcClientCredentials, OidcPassword, OidcPasswordBuilder,
    OidcTokenExchange, OidcTokenExchangeBuilder,
};
use serde_json::json;

use crate::log_in;
use crate::op::{Op, transport};

pub(crate) fn password(op: &Op) -> OidcPasswordBuilder {
    OidcPassword::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .client_secret("canary-client-secret")
        .username("alice")
        .password("canary-password")
}

#[tokio::test]
async fn a_password_becomes_an_access_token_and_that_a_scoped_token() {
    let op = Op::start().await;
    let plugin = password(&op).project_id("p").build().unwrap();
    let token = log_in(&plugin, &transport().0).await;
    assert_eq!(token.unwrap(), "scoped of unscoped1");
    assert_eq!(op.shown(), ["canary-access-1"]);
    let form = op.last().form;
    assert_eq!(form["grant_type"], "password");
    assert_eq!(form["username"], "alice");
    assert_eq!(form["password"], "canary-password");
    assert_eq!(form["scope"], "openid profile");
}

#[tokio::test]
async fn a_wrong_password_is_a_refusal_with_the_step_and_the_providers_reason() {
    let op = Op::start().await;
    op.refuse("invalid_grant");
    let plugin = password(&op).build().unwrap();
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    let begin =
        "the token request to the OpenID Provider was refused: `invalid_grant` (POST http://";
    assert!(error.starts_with(begin), "{error}");
    assert!(
        error.contains("; check `username` and `password`"),
        "{error}"
    );
    assert!(
        error.contains(r"400 Bad Request: no invalid_grant\u{1b}[2J"),
        "{error}"
    );
}

#[tokio::test]
async fn what_a_provider_repeats_of_the_secrets_is_not_told() {
    let op = Op::start().await;
    let repeated = "the password canary-password of canary-client-secret is wrong";
    op.reply(
        401,
        json!({"error": "invalid_client", "error_description": repeated}),
    );
    let plugin = password(&op).build().unwrap();
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    assert!(
        error.contains("the password *** of *** is wrong"),
        "{error}"
    );
}

#[tokio::test]
async fn a_one_time_password_goes_into_the_field_of_the_provider_and_only_once() {
    let op = Op::start().await;
    *op.short_lived.lock().unwrap() = true;
    let builder = password(&op).idp_otp_key("pin").idp_otp("canary-otp");
    let (plugin, (transport, clock)) = (builder.build().unwrap(), transport());
    log_in(&plugin, &transport).await.unwrap();
    assert_eq!(op.last().form["pin"], "canary-otp");
    let token = plugin.token(&transport).await.unwrap();
    assert!(!plugin.invalidate(&token), "it cannot log in again");
    clock.advance(Duration::from_secs(600));
    let error = log_in(&plugin, &transport).await.unwrap_err();
    assert!(
        error.starts_with("the one-time password is good for one login"),
        "{error}"
    );
    for (builder, says) in [
        (password(&op).idp_otp("1"), "set `idp_otp_key`"),
        (password(&op).idp_otp_key("pin"), "set `idp_otp`"),
        (
            password(&op).idp_otp_key("scope").idp_otp("1"),
            "`idp_otp_key` is `scope`",
        ),
    ] {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_client_logs_in_as_itself() {
    let op = Op::start().await;
    let plugin = OidcClientCredentials::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .client_secret("canary-client-secret")
        .openid_scope("keystone:read")
        .build()
        .unwrap();
    log_in(&plugin, &transport().0).await.unwrap();
    let form = op.last().form;
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["scope"], "keystone:read");
    op.refuse("unauthorized_client");
    let token = plugin.token(&transport().0).await.unwrap();
    assert!(plugin.invalidate(&token));
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    assert!(error.contains("`unauthorized_client`"), "{error}");
}

#[tokio::test]
async fn a_code_is_redeemed_with_its_verifier_and_only_once() {
    let op = Op::start().await;
    *op.short_lived.lock().unwrap() = true;
    let plugin = OidcAuthCode::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .redirect_uri("http://127.0.0.1:8080/callback")
        .code("canary-code")
        .code_verifier(format!("canary-{}", "v".repeat(43)))
        .build()
        .unwrap();
    let (transport, clock) = transport();
    log_in(&plugin, &transport).await.unwrap();
    let form = op.last().form;
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "canary-code");
    assert_eq!(form["redirect_uri"], "http://127.0.0.1:8080/callback");
    assert!(form["code_verifier"].ends_with("vvv"));
    assert_eq!(form["client_id"], "client");

    clock.advance(Duration::from_secs(600));
    let error = log_in(&plugin, &transport).await.unwrap_err();
    assert!(
        error.starts_with("an authorization code is good for one login"),
        "{error}"
    );
    assert_eq!(op.asked().len(), 1, "the code was sent once");
}

#[tokio::test]
async fn a_malformed_verifier_is_refused_before_anything_is_sent() {
    let op = Op::start().await;
    for verifier in ["canary-short".to_owned(), "ä".repeat(50), "v".repeat(129)] {
        let error = OidcAuthCode::builder(op.keystone())
            .identity_provider("acme")
            .protocol("openid")
            .discovery_endpoint(op.discovery())
            .client_id("client")
            .code("canary-code")
            .code_verifier(verifier)
            .build()
            .unwrap_err();
        let error = error.to_string();
        assert!(error.contains("`code_verifier` is malformed"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

fn exchange(op: &Op) -> OidcTokenExchangeBuilder {
    OidcTokenExchange::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .client_secret("canary-client-secret")
        .subject_token("canary-subject")
}

#[tokio::test]
async fn a_callers_token_is_exchanged_for_one_for_keystone() {
    let op = Op::start().await;
    let plugin = exchange(&op)
        .audience("keystone")
        .resource("https://keystone.example")
        .openid_scope(" ")
        .build()
        .unwrap();
    let body = json!({
        "access_token": "canary-exchanged",
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
    });
    op.reply(200, body);
    log_in(&plugin, &transport().0).await.unwrap();
    assert_eq!(op.shown(), ["canary-exchanged"]);
    let asked = op.last();
    let secret = ("client".to_owned(), "canary-client-secret".to_owned());
    assert_eq!(asked.basic, Some(secret));
    let mut form: Vec<_> = asked.form.into_iter().collect();
    form.sort();
    let expected = [
        ("audience", "keystone"),
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("resource", "https://keystone.example"),
        ("subject_token", "canary-subject"),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
    ];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(form, expected);
}

#[tokio::test]
async fn an_exchange_for_another_audience_is_refused_with_the_providers_reason() {
    let op = Op::start().await;
    op.refuse("invalid_target");
    let plugin = exchange(&op).audience("other").build().unwrap();
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    assert!(error.contains("was refused: `invalid_target`"), "{error}");
    assert!(
        error.contains("check `subject_token`, `audience`"),
        "{error}"
    );
}

#[tokio::test]
async fn an_exchange_for_an_id_token_asks_for_that_and_validates_it() {
    let op = Op::start().await;
    let plugin = exchange(&op)
        .access_token_type(AccessTokenType::IdToken)
        .build()
        .unwrap();
    let id_token = op.id_token(&json!({}));
    op.reply(200, json!({"access_token": id_token, "token_type": "N_A"}));
    log_in(&plugin, &transport().0).await.unwrap();
    assert_eq!(op.shown(), [id_token]);
    let wanted = "urn:ietf:params:oauth:token-type:id_token";
    assert_eq!(op.last().form["requested_token_type"], wanted);
}

#[tokio::test]
async fn what_no_login_needs_of_a_token_response_may_be_missing_or_odd() {
    let op = Op::start().await;
    let odd = json!({"access_token": "canary-access", "expires_in": "3600", "scope": null});
    op.reply(200, odd);
    let plugin = password(&op).build().unwrap();
    log_in(&plugin, &transport().0).await.unwrap();
    assert_eq!(op.shown(), ["canary-access"]);
}

#[tokio::test]
async fn what_is_no_token_response_is_told_without_its_content() {
    for (status, body) in [
        (200, json!({"access_token": 3, "refresh_token": "canary-3"})),
        (200, json!(["body"])),
        (
            201,
            json!({"access_token": "canary-access", "token_type": "Bearer"}),
        ),
    ] {
        let op = Op::start().await;
        let begin = "the token request to the OpenID Provider got a response that is not";
        op.reply(status, body.clone());
        let plugin = password(&op).build().unwrap();
        let error = log_in(&plugin, &transport().0).await.unwrap_err();
        assert!(error.starts_with(begin), "{error}");
        op.reply(status, body);
        let plugin = exchange(&op).build().unwrap();
        let error = log_in(&plugin, &transport().0).await.unwrap_err();
        assert!(error.starts_with(begin), "{error}");
    }
}

#[tokio::test]
async fn a_bearer_that_keystone_refuses_is_told_from_a_refusal_of_the_provider() {
    let op = Op::start().await;
    op.reply(
        200,
        json!({"access_token": "canary-refused", "token_type": "Bearer"}),
    );
    let plugin = password(&op).build().unwrap();
    let error = log_in(&plugin, &transport().0).await.unwrap_err();
    let begin = "Keystone refused the user of the identity provider `acme`";
    assert!(error.starts_with(begin), "{error}");
}
