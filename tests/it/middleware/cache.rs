//! How often Keystone is asked.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use futures_util::FutureExt;
use http::StatusCode;
use keystone_middleware::sdk::SecretString;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config, ValidateToken, ValidationFuture};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{KEYSTONE, status};

/// Validates when the test lets it.
#[derive(Clone, Debug)]
struct Paused {
    tokens: Tokens,
    permits: Arc<Semaphore>,
}

impl ValidateToken for Paused {
    fn validate<'a>(&'a self, token: &'a SecretString) -> ValidationFuture<'a> {
        Box::pin(async move {
            let _permit = self.permits.acquire().await.unwrap();
            self.tokens.validate(token).await
        })
    }
}

fn app(tokens: &Tokens) -> (Router, Arc<Semaphore>) {
    let permits = Arc::new(Semaphore::new(0));
    let validator = Paused {
        tokens: tokens.clone(),
        permits: Arc::clone(&permits),
    };
    let config = Config::with_validator(KEYSTONE, validator).build().unwrap();
    let app = Router::new().route("/", get(async || "in"));
    (app.layer(AuthToken::layer(config)), permits)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_requests_with_five_hundred_cold_tokens_are_five_hundred_validations() {
    let tokens = Tokens::new();
    for number in 0..500 {
        tokens.add(format!("t{number}"), TestToken::user("u"));
    }
    let (app, permits) = app(&tokens);
    let mut requests = JoinSet::new();
    for number in 0..10_000 {
        let app = app.clone();
        requests.spawn(async move {
            status(&app, super::get("/", &format!("t{}", number % 500))).await
        });
    }
    permits.add_permits(500);
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::OK);
    }
    assert_eq!(tokens.validations(), 500);
}

#[tokio::test]
async fn a_validation_goes_on_when_its_first_caller_goes_away() {
    let tokens = Tokens::new();
    tokens.add("t", TestToken::user("u"));
    let (app, permits) = app(&tokens);
    let mut first = Box::pin(status(&app, super::get("/", "t")));
    assert!((&mut first).now_or_never().is_none());
    let mut second = Box::pin(status(&app, super::get("/", "t")));
    assert!((&mut second).now_or_never().is_none());
    drop(first);
    permits.add_permits(1);
    assert_eq!(second.await, StatusCode::OK);
    assert_eq!(tokens.validations(), 1);
}

#[tokio::test]
async fn a_token_that_was_validated_is_not_asked_about_again() {
    let tokens = Tokens::new();
    tokens.add("t", TestToken::user("u"));
    let (app, permits) = app(&tokens);
    permits.add_permits(1);
    for _ in 0..3 {
        assert_eq!(status(&app, super::get("/", "t")).await, StatusCode::OK);
    }
    assert_eq!(tokens.validations(), 1);
}
