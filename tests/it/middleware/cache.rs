//! How often Keystone is asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use futures_util::FutureExt;
use http::StatusCode;
use keystone_middleware::sdk::SecretString;
use keystone_middleware::sdk::clock::ManualClock;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{
    AuthToken, CachedToken, Config, RequestContext, StoreError, StoreFuture, TokenDigest,
    TokenStore, ValidateToken, ValidationFuture,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{KEYSTONE, behind, send, status, tokens};

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

/// Keeps entries as bytes, as a server beside the processes does.
#[derive(Debug, Default)]
struct Remote {
    entries: Mutex<HashMap<TokenDigest, Vec<u8>>>,
    down: AtomicBool,
    secret: &'static str,
}

impl Remote {
    fn new(secret: &'static str) -> Arc<Self> {
        Arc::new(Self {
            secret,
            ..Self::default()
        })
    }

    fn entries(&self) -> Result<MutexGuard<'_, HashMap<TokenDigest, Vec<u8>>>, StoreError> {
        match self.down.load(Ordering::SeqCst) {
            true => Err("the store is down".into()),
            false => Ok(self.entries.lock().unwrap()),
        }
    }
}

impl TokenStore for Remote {
    fn get<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, Option<CachedToken>> {
        Box::pin(async move {
            let bytes = self.entries()?.get(digest).cloned();
            bytes
                .map(|bytes| CachedToken::from_bytes(&bytes))
                .transpose()
        })
    }

    fn set<'a>(
        &'a self,
        digest: &'a TokenDigest,
        token: CachedToken,
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            assert!(ttl <= Duration::from_secs(300), "{ttl:?}");
            self.entries()?.insert(*digest, token.to_bytes()?);
            Ok(())
        })
    }

    fn remove<'a>(&'a self, digest: &'a TokenDigest) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.entries()?.remove(digest);
            Ok(())
        })
    }

    fn shared_secret(&self) -> Option<SecretString> {
        Some(SecretString::from(self.secret))
    }
}

/// A process of a service that keeps its tokens in `store`.
fn process(tokens: &Tokens, store: &Arc<Remote>, clock: &Arc<ManualClock>) -> Router {
    let app = Router::new().route(
        "/",
        get(async |ctx: RequestContext| ctx.user_id.clone().unwrap_or_default()),
    );
    behind(app, tokens, |config| {
        let clock = Arc::<ManualClock>::clone(clock);
        config.token_store(Arc::clone(store)).clock(clock)
    })
}

fn clock() -> Arc<ManualClock> {
    ManualClock::new("2029-01-01T00:00:00Z".parse().unwrap())
}

#[tokio::test]
async fn processes_that_share_a_store_share_its_validations() {
    let (tokens, store, clock) = (tokens(), Remote::new("secret"), clock());
    tokens.add("canary", TestToken::user("u"));
    let (one, other) = (
        process(&tokens, &store, &clock),
        process(&tokens, &store, &clock),
    );
    for app in [&one, &other, &one] {
        let response = send(app, super::get("/", "canary")).await;
        assert_eq!(super::text(response).await, "u");
    }
    assert_eq!(tokens.validations(), 1);
    for (digest, bytes) in &*store.entries().unwrap() {
        let entry = format!("{digest} {}", String::from_utf8_lossy(bytes));
        assert!(!entry.contains("canary"), "{entry}");
    }
    // What another secret leads to is another key.
    let stranger = Remote::new("other");
    std::mem::swap(
        &mut *stranger.entries().unwrap(),
        &mut *store.entries().unwrap(),
    );
    let app = process(&tokens, &stranger, &clock);
    assert_eq!(
        status(&app, super::get("/", "canary")).await,
        StatusCode::OK
    );
    assert_eq!(tokens.validations(), 2);
}

#[tokio::test]
async fn an_entry_of_a_store_is_used_until_its_time_is_over() {
    let (tokens, store, clock) = (tokens(), Remote::new("secret"), clock());
    let app = process(&tokens, &store, &clock);
    let get = || super::get("/", "member");
    assert_eq!(status(&app, get()).await, StatusCode::OK);
    tokens.revoke("member");
    clock.advance(Duration::from_secs(299));
    assert_eq!(status(&app, get()).await, StatusCode::OK);
    clock.advance(Duration::from_secs(1));
    assert_eq!(status(&app, get()).await, StatusCode::UNAUTHORIZED);
    assert!(store.entries().unwrap().is_empty());
}

#[tokio::test]
async fn a_store_that_fails_costs_validations_and_refuses_nobody() {
    let (tokens, store, clock) = (tokens(), Remote::new("secret"), clock());
    let app = process(&tokens, &store, &clock);
    store.down.store(true, Ordering::SeqCst);
    for validations in 1..3 {
        assert_eq!(
            status(&app, super::get("/", "member")).await,
            StatusCode::OK
        );
        assert_eq!(tokens.validations(), validations);
    }
    assert_eq!(
        status(&app, super::get("/", "unknown")).await,
        StatusCode::UNAUTHORIZED
    );
    // Neither does one with bytes that somebody else wrote.
    store.down.store(false, Ordering::SeqCst);
    assert_eq!(
        status(&app, super::get("/", "member")).await,
        StatusCode::OK
    );
    for bytes in store.entries().unwrap().values_mut() {
        bytes.truncate(10);
    }
    assert_eq!(
        status(&app, super::get("/", "member")).await,
        StatusCode::OK
    );
    assert_eq!(tokens.validations(), 5);
}
