//! Renewal by refresh tokens.

use std::sync::Arc;
use std::time::Duration;

use keystone_sdk::auth::AuthPlugin as _;
use keystone_sdk::auth::federation::{OidcAuthCode, OidcPassword};
use keystone_sdk::clock::ManualClock;
use keystone_sdk::transport::Transport;
use serde_json::{Value, json};

use crate::log_in;
use crate::logins::password;
use crate::op::{Op, transport};

/// A provider that gives refresh tokens, and a Keystone whose tokens are soon over.
async fn start() -> (Arc<Op>, Transport, Arc<ManualClock>) {
    let op = Op::start().await;
    *op.short_lived.lock().unwrap() = true;
    op.reply(200, with_refresh(1));
    let (transport, clock) = transport();
    (op, transport, clock)
}

fn with_refresh(number: usize) -> Value {
    let mut body = crate::op::tokens(number);
    body["refresh_token"] = format!("canary-refresh-{number}").into();
    body
}

fn by_password(op: &Op) -> OidcPassword {
    let builder = password(op).openid_scope("openid offline_access");
    builder.build().unwrap()
}

fn by_code(op: &Op) -> OidcAuthCode {
    let builder = OidcAuthCode::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
        .code("canary-code");
    builder.build().unwrap()
}

const LATER: Duration = Duration::from_secs(600);

fn grants(op: &Op) -> Vec<String> {
    let asked = op.asked().into_iter();
    asked
        .map(|asked| asked.form["grant_type"].clone())
        .collect()
}

#[tokio::test]
async fn a_login_is_renewed_by_its_refresh_token_and_a_rotated_one_is_kept() {
    let (op, transport, clock) = start().await;
    let plugin = by_password(&op);
    log_in(&plugin, &transport).await.unwrap();
    for (reply, sent) in [
        (with_refresh(2), "canary-refresh-1"),
        // Not rotated: the one at hand stays good.
        (crate::op::tokens(3), "canary-refresh-2"),
        (crate::op::tokens(4), "canary-refresh-2"),
    ] {
        op.reply(200, reply);
        clock.advance(LATER);
        log_in(&plugin, &transport).await.unwrap();
        let form = op.last().form;
        assert_eq!(
            (&*form["grant_type"], &*form["refresh_token"]),
            ("refresh_token", sent)
        );
        assert!(!form.contains_key("password"));
    }
    let access: Vec<_> = (1..=4)
        .map(|number| format!("canary-access-{number}"))
        .collect();
    assert_eq!(op.shown(), access);
}

#[tokio::test]
async fn a_token_that_a_service_refuses_is_renewed_too() {
    let (op, transport, _) = start().await;
    let plugin = by_code(&op);
    log_in(&plugin, &transport).await.unwrap();
    let token = plugin.token(&transport).await.unwrap();
    assert!(
        plugin.invalidate(&token),
        "a refresh token came, so it can log in again"
    );
    log_in(&plugin, &transport).await.unwrap();
    assert_eq!(grants(&op), ["authorization_code", "refresh_token"]);
}

#[tokio::test]
async fn a_refused_refresh_token_leads_to_a_whole_login_where_that_can_be_repeated() {
    let (op, transport, clock) = start().await;
    let plugin = by_password(&op);
    log_in(&plugin, &transport).await.unwrap();
    op.refuse("invalid_grant");
    clock.advance(LATER);
    log_in(&plugin, &transport).await.unwrap();
    assert_eq!(grants(&op), ["password", "refresh_token", "password"]);
}

#[tokio::test]
async fn a_refused_refresh_token_is_an_error_where_the_login_cannot_be_repeated() {
    let (op, transport, clock) = start().await;
    let plugin = by_code(&op);
    log_in(&plugin, &transport).await.unwrap();
    op.refuse("invalid_grant");
    clock.advance(LATER);
    let error = log_in(&plugin, &transport).await.unwrap_err();
    assert!(
        error.contains("the refresh token may have expired or been revoked"),
        "{error}"
    );
    let error = log_in(&plugin, &transport).await.unwrap_err();
    assert!(error.contains("is good for one login"), "{error}");
    assert_eq!(grants(&op), ["authorization_code", "refresh_token"]);
}

#[tokio::test]
async fn a_provider_that_is_unwell_costs_no_refresh_token() {
    let (op, transport, clock) = start().await;
    let plugin = by_code(&op);
    log_in(&plugin, &transport).await.unwrap();
    for status in [503, 429] {
        op.reply(status, json!({"error": "temporarily_unavailable"}));
        clock.advance(LATER);
        let error = log_in(&plugin, &transport).await.unwrap_err();
        assert!(error.contains("`temporarily_unavailable`"), "{error}");
    }
    log_in(&plugin, &transport).await.unwrap();
    assert_eq!(op.last().form["refresh_token"], "canary-refresh-1");
}

#[tokio::test]
async fn a_new_scoped_token_needs_nothing_of_the_provider_while_the_unscoped_one_lives() {
    let op = Op::start().await;
    op.reply(200, with_refresh(1));
    let plugin = password(&op).project_id("p").build().unwrap();
    let transport = transport().0;
    log_in(&plugin, &transport).await.unwrap();
    let token = plugin.token(&transport).await.unwrap();
    assert!(plugin.invalidate(&token));
    log_in(&plugin, &transport).await.unwrap();
    assert_eq!(grants(&op), ["password"]);
}
