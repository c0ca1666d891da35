//! Logins that a person approves on another device.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystone_sdk::auth::AuthPlugin as _;
use keystone_sdk::auth::federation::{
    ChallengeMethod, DeviceAuthorization, DevicePrompt, OidcDeviceAuthz, OidcDeviceAuthzBuilder,
};
use keystone_sdk::clock::{Clock, Sleep};
use keystone_sdk::transport::Transport;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::op::{Op, START, transport};
use crate::{log_in, logged};

/// Remembers what a person would see.
#[derive(Clone, Default)]
struct Seen {
    shown: Arc<Mutex<Vec<DeviceAuthorization>>>,
    ended: Arc<AtomicUsize>,
}

impl DevicePrompt for Seen {
    fn show(&self, device: &DeviceAuthorization) {
        self.shown.lock().unwrap().push(device.clone());
    }

    fn end(&self) {
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}

fn device(op: &Op) -> OidcDeviceAuthzBuilder {
    OidcDeviceAuthz::builder(op.keystone())
        .identity_provider("acme")
        .protocol("openid")
        .discovery_endpoint(op.discovery())
        .client_id("client")
}

/// Logs in while the provider says these errors first. Gives the outcome, and how many seconds passed.
async fn after(op: &Op, errors: &[&str]) -> (Result<String, String>, i64) {
    for error in errors {
        op.refuse(error);
    }
    let (transport, clock) = transport();
    let seen = Seen::default();
    let plugin = device(op).prompt(seen.clone()).build().unwrap();
    let outcome = log_in(&plugin, &transport).await;
    assert_eq!(
        seen.shown.lock().unwrap().len(),
        seen.ended.load(Ordering::SeqCst)
    );
    (outcome, clock.now().as_second() - START)
}

#[tokio::test]
async fn the_person_is_shown_the_code_and_the_login_waits_for_the_approval() {
    let op = Op::start().await;
    *op.device.lock().unwrap() = json!({"interval": 2, "user_code": "A\u{202e}B"});
    op.refuse("authorization_pending");
    let seen = Seen::default();
    let (transport, clock) = transport();
    let plugin = device(&op).prompt(seen.clone()).build().unwrap();
    assert_eq!(log_in(&plugin, &transport).await.unwrap(), "unscoped1");
    let shown = seen.shown.lock().unwrap();
    let shown = &shown[0];
    assert_eq!(shown.user_code(), r"A\u{202e}B");
    assert_eq!(shown.verification_uri().path(), "/enter");
    assert!(shown.verification_uri_complete().unwrap().query().is_some());
    assert_eq!(shown.expires_in(), Duration::from_secs(100));
    assert_eq!(shown.interval(), Duration::from_secs(2));
    assert_eq!(clock.now().as_second() - START, 2);
    let form = op.last().form;
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(form["device_code"], "canary-device-code");
    assert_eq!(op.last_device().form["scope"], "openid profile");
}

#[tokio::test]
async fn without_an_interval_it_waits_five_seconds_and_five_more_when_told_to_slow_down() {
    let op = Op::start().await;
    let errors = [
        "authorization_pending",
        "slow_down",
        "authorization_pending",
        "slow_down",
    ];
    let (outcome, seconds) = after(&op, &errors).await;
    outcome.unwrap();
    assert_eq!(seconds, 5 + 10 + 10 + 15);
}

#[tokio::test]
async fn an_interval_of_nothing_is_a_second() {
    let op = Op::start().await;
    *op.device.lock().unwrap() = json!({"interval": 0});
    let (outcome, seconds) = after(&op, &["authorization_pending"; 3]).await;
    outcome.unwrap();
    assert_eq!(seconds, 3);
}

#[tokio::test]
async fn a_person_who_refuses_is_told_from_one_who_does_not_come() {
    let op = Op::start().await;
    let (outcome, _) = after(&op, &["authorization_pending", "access_denied"]).await;
    let error = outcome.unwrap_err();
    assert!(error.starts_with("the person refused the login"), "{error}");
    assert!(
        error.contains("400 Bad Request: no access_denied"),
        "{error}"
    );

    let (outcome, _) = after(&op, &["expired_token"]).await;
    let error = outcome.unwrap_err();
    assert!(error.starts_with("nobody approved the login"), "{error}");
}

#[tokio::test]
async fn the_codes_expire_by_our_clock_too() {
    for (life, least) in [(12, 12), (0, 0)] {
        let op = Op::start().await;
        *op.device.lock().unwrap() = json!({"expires_in": life});
        let (outcome, seconds) = after(&op, &["authorization_pending"; 9]).await;
        let error = outcome.unwrap_err();
        assert!(error.starts_with("nobody approved the login"), "{error}");
        assert!((least..=least + 6).contains(&seconds), "{seconds}");
    }
}

/// Logs in where tokens are at another address.
async fn at(op: &Op, token_endpoint: &str) -> (Result<String, String>, i64) {
    *op.document.lock().unwrap() = json!({"token_endpoint": token_endpoint});
    after(op, &[]).await
}

#[tokio::test]
async fn a_connection_that_fails_is_tried_until_the_codes_expire_and_broken_tls_is_not() {
    let op = Op::start().await;
    // Held open, so that nobody else listens there; it accepts nothing.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let down = format!("http://{}/token", held.local_addr().unwrap());
    let (outcome, seconds) = at(&op, &down).await;
    let error = outcome.unwrap_err();
    let begin = "the token request to the OpenID Provider: POST http://";
    assert!(
        error.starts_with(begin) && error.contains("no connection"),
        "{error}"
    );
    assert!((100..=120).contains(&seconds), "{seconds}");

    if cfg!(feature = "tls") {
        let plain = op.url.replace("http://", "https://");
        let (outcome, seconds) = at(&op, &format!("{plain}/token")).await;
        let error = outcome.unwrap_err();
        assert!(error.contains("TLS failed"), "{error}");
        assert!(seconds <= 10, "{seconds}");
    }
}

/// A clock on which no time ever passes. It tells when somebody waits for that.
#[derive(Debug)]
struct Stopped(Notify);

impl Clock for Stopped {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(START).unwrap()
    }

    fn sleep(&self, _: Duration) -> Sleep<'_> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_login_that_nobody_waits_for_ends_the_prompt() {
    let op = Op::start().await;
    op.refuse("authorization_pending");
    let seen = Seen::default();
    let plugin = device(&op).prompt(seen.clone()).build().unwrap();
    let clock = Arc::new(Stopped(Notify::new()));
    let transport = Transport::builder().clock(clock.clone()).build().unwrap();
    tokio::select! {
        outcome = plugin.token(&transport) => unreachable!("{outcome:?}"),
        () = clock.0.notified() => {}
    }
    assert_eq!(seen.shown.lock().unwrap().len(), 1);
    assert_eq!(seen.ended.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_a_provider_gets_wrong_is_an_error_before_anybody_is_asked() {
    let cases: [(Value, &str); 6] = [
        (json!({"expires_in": u64::MAX}), "of more than a year"),
        (
            json!({"verification_uri": "javascript:alert(1)"}),
            "no address of HTTP",
        ),
        (
            json!({"verification_uri": "http://u:p@h/"}),
            "no address of HTTP",
        ),
        (json!({"interval": u64::MAX}), "of more than an hour"),
        (json!({"device_code": null}), "not the promised JSON"),
        (
            json!({"expires_in": "soon"}),
            "not the promised JSON, at `expires_in`",
        ),
    ];
    for (changes, says) in cases {
        let op = Op::start().await;
        *op.device.lock().unwrap() = changes;
        let (outcome, _) = after(&op, &[]).await;
        let error = outcome.unwrap_err();
        assert!(error.contains(says), "{error}");
        assert!(op.asked().is_empty());
    }
    let op = Op::start().await;
    *op.document.lock().unwrap() = json!({"device_authorization_endpoint": null});
    let (outcome, _) = after(&op, &[]).await;
    assert!(
        outcome
            .unwrap_err()
            .contains("has no `device_authorization_endpoint`")
    );
}

#[tokio::test]
async fn the_codes_are_bound_to_the_program_by_a_challenge() {
    for (method, name) in [
        (ChallengeMethod::S256, "S256"),
        (ChallengeMethod::Plain, "plain"),
    ] {
        let op = Op::start().await;
        let builder = device(&op)
            .client_secret("canary-secret")
            .code_challenge_method(method);
        let plugin = builder.prompt(Seen::default()).build().unwrap();
        log_in(&plugin, &transport().0).await.unwrap();
        let first = op.last_device();
        assert_eq!(first.form["code_challenge_method"], name);
        assert_eq!(first.form["client_id"], "client", "beside HTTP Basic");
        assert!(first.basic.is_some());
        let verifier = op.last().form["code_verifier"].clone();
        let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
        let expected = match name {
            "S256" => URL_SAFE_NO_PAD.encode(digest),
            _ => verifier.clone(),
        };
        assert_eq!(first.form["code_challenge"], expected);
        assert!(!logged().contains(&verifier), "{name}");
    }
}

#[tokio::test]
async fn without_a_prompt_the_code_stands_in_the_log() {
    let op = Op::start().await;
    *op.device.lock().unwrap() = json!({"user_code": "FOR-THE-LOG"});
    log_in(&device(&op).build().unwrap(), &transport().0)
        .await
        .unwrap();
    let log = logged();
    let line = log
        .lines()
        .find(|line| line.contains("FOR-THE-LOG") && line.contains("WARN"));
    let line = line.unwrap();
    assert!(
        line.contains("/enter") && line.contains("open the address"),
        "{line}"
    );
}
