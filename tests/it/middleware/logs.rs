//! What reaches the operator's log.

use std::collections::HashMap;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use keystone_middleware::RequestContext;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::testing::TestToken;
use keystone_testing::{Fault, Keystone};

use super::{behind, live, request, same, send, tokens};
use crate::log::Log;
use crate::policies;

#[tokio::test]
async fn no_token_is_ever_logged() {
    let log = Log::start();
    let tokens = tokens();
    tokens.add("canary-good", TestToken::user("u1"));
    tokens.add(
        "canary-old",
        TestToken::user("u1").expires_at(jiff::Timestamp::UNIX_EPOCH),
    );
    let show = async |ctx: RequestContext, request: axum::extract::Request| {
        tracing::info!(?ctx, headers = ?request.headers(), "seen");
    };
    let app = behind(Router::new().route("/", get(show)), &tokens, same);
    for token in ["canary-good", "canary-old", "canary-unknown", "canary-é"] {
        for service in [None, Some("canary-good"), Some("canary-unknown")] {
            let mut request = request("GET", "/").header("X-Auth-Token", token);
            if let Some(service) = service {
                request = request.header("X-Service-Token", service);
            }
            send(&app, request.body(axum::body::Body::empty()).unwrap()).await;
        }
    }
    tokens.set_unavailable(true);
    send(&app, super::get("/", "canary-other")).await;
    let text = log.text();
    assert!(
        text.contains("the test says that Keystone is down"),
        "{text}"
    );
    assert!(
        text.contains("the token is not valid: it has expired") && text.contains("u1"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn no_token_is_logged_on_its_way_to_keystone_either() {
    let keystone = Keystone::start().await.unwrap();
    let token = live::token(&keystone).await;
    let log = Log::start();
    let app = live::service(live::config(&keystone).token_cache_time(Duration::ZERO));
    send(&app, super::get("/", &token)).await;
    send(&app, super::get("/", "canary")).await;
    keystone.fail_next(usize::MAX, Fault::close());
    send(&app, super::get("/", &token)).await;
    let text = log.text();
    assert!(text.contains("Keystone does not know it"), "{text}");
    assert!(text.contains("a token cannot be validated"), "{text}");
    assert!(!text.contains(&token) && !text.contains("canary"), "{text}");
}

#[tokio::test]
async fn a_refusal_is_explained_with_what_was_compared() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let context = RequestContext::builder().user_id("u1").roles(["member"]);
    let context = context.enforcer(&enforcer).build();
    let log = Log::start();
    let note = HashMap::from([("owner_id", "u2")]);
    let denied = context.authorize_untyped("note:update", &note).await;
    let text = log.text();
    assert_eq!(denied.unwrap_err().status(), 403);
    assert!(text.contains("keystone_middleware::explain"), "{text}");
    assert!(text.contains("`u1` is not `u2`"), "{text}");
}
