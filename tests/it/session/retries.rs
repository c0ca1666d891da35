//! What is sent again, after what pause, and what never is.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::auth::{AuthPlugin, v3};
use keystone_sdk::clock::{Clock, ManualClock};
use keystone_sdk::error::TransportErrorKind;
use keystone_sdk::session::Call;
use keystone_sdk::transport::Retries;
use keystone_sdk::{Error, Session};
use serde_json::json;

use crate::auth::stub::{Nobody, Stub, status, with_header};

/// A session whose pauses take no time, and the clock that tells how long they were.
fn session(retries: Retries) -> (Session, Arc<ManualClock>) {
    let clock = ManualClock::new("2030-01-01T00:00:00Z".parse().unwrap());
    let auth = AdminToken::new("http://127.0.0.1:1", "t").unwrap();
    let session = Session::builder(auth).retries(retries).clock(clock.clone());
    (session.build().unwrap(), clock)
}

fn slept(clock: &ManualClock) -> f64 {
    let start = "2030-01-01T00:00:00Z".parse().unwrap();
    clock.now().duration_since(start).as_secs_f64()
}

/// How often a server that always answers so is asked.
async fn asked(code: u16, call: impl FnOnce(String) -> Call, retries: Retries) -> usize {
    let server = Stub::in_turn(move |_, _| status(code)).await;
    let (session, _) = session(retries);
    let error = session.send(call(server.url.clone())).await.unwrap_err();
    assert_eq!(error.status().unwrap(), code);
    server.seen().len()
}

#[tokio::test]
async fn nothing_is_sent_again_unless_asked_for() {
    for code in [429, 500, 502, 503, 504] {
        assert_eq!(asked(code, Call::get, Retries::new()).await, 1);
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again_with_growing_pauses() {
    let server = Stub::in_turn(|_, number| status(if number < 3 { 503 } else { 200 })).await;
    let (session, clock) = session(Retries::new().status(3));
    session.send(Call::get(&server.url)).await.unwrap();
    assert_eq!(server.seen().len(), 4);
    let slept = slept(&clock);
    assert!(
        (1.7..=3.5).contains(&slept),
        "0.5, 1 and 2, at least half of each: {slept}"
    );
}

#[tokio::test]
async fn only_the_statuses_that_were_named_are_tried_again() {
    let twice = Retries::new().status(2);
    assert_eq!(asked(503, Call::get, twice.clone()).await, 3);
    assert_eq!(asked(429, Call::get, twice.clone()).await, 3);
    assert_eq!(asked(502, Call::get, twice.clone()).await, 1);
    let bad_gateway = twice.statuses([StatusCode::BAD_GATEWAY]);
    assert_eq!(asked(502, Call::get, bad_gateway.clone()).await, 3);
    assert_eq!(asked(503, Call::get, bad_gateway).await, 1);
}

#[tokio::test]
async fn what_may_have_been_acted_on_is_sent_again_only_when_asked_for() {
    let twice = Retries::new().status(2);
    for method in [Method::POST, Method::PATCH] {
        let call = |url: String| Call::new(method.clone(), url);
        assert_eq!(asked(503, call, twice.clone()).await, 1, "{method}");
        assert_eq!(asked(429, call, twice.clone()).await, 3, "refused unread");
        let any = twice.clone().any_method(true);
        assert_eq!(asked(503, call, any).await, 3, "asked for by the caller");
        let known = |url: String| call(url).replayable(true);
        assert_eq!(asked(503, known, twice.clone()).await, 3, "does no harm");
    }
    for method in [Method::PUT, Method::DELETE, Method::HEAD] {
        let call = |url: String| Call::new(method.clone(), url);
        assert_eq!(asked(503, call, twice.clone()).await, 3, "{method}");
    }
}

#[tokio::test]
async fn what_is_good_for_one_time_is_never_sent_twice() {
    let once = |url: String| Call::get(url).replayable(false);
    let all = Retries::new().status(2).connect(2).any_method(true);
    assert_eq!(asked(503, once, all.clone()).await, 1);
    assert_eq!(asked(429, once, all).await, 1);
}

#[tokio::test]
async fn a_service_is_asked_again_when_it_says_so() {
    for (told, seconds) in [
        ("7", 7.0),
        ("Tue, 01 Jan 2030 00:00:42 GMT", 42.0),
        ("0", 0.0),
    ] {
        let server = Stub::in_turn(move |_, number| match number {
            0 => with_header(503, RETRY_AFTER, told),
            _ => status(200),
        })
        .await;
        let fixed = Retries::new()
            .status(1)
            .status_pause(Duration::from_secs(3));
        let (session, clock) = session(fixed);
        session.send(Call::get(&server.url)).await.unwrap();
        assert!(
            (slept(&clock) - seconds).abs() < 0.01,
            "{told}: {}",
            slept(&clock)
        );
    }
}

#[tokio::test]
async fn a_fixed_pause_is_kept_exactly() {
    let fixed = Retries::new()
        .status(2)
        .status_pause(Duration::from_secs(3));
    let server = Stub::in_turn(|_, _| status(503)).await;
    let (session, clock) = session(fixed);
    session.send(Call::get(&server.url)).await.unwrap_err();
    assert!((slept(&clock) - 6.0).abs() < 0.01, "{}", slept(&clock));
}

#[tokio::test]
async fn a_wait_beyond_the_longest_is_left_to_the_caller() {
    let server = Stub::in_turn(|_, _| with_header(429, RETRY_AFTER, "3600")).await;
    let (session, clock) = session(Retries::new().status(5));
    let error = session.send(Call::get(&server.url)).await.unwrap_err();
    let answer = error.response().unwrap();
    assert_eq!(answer.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!((server.seen().len(), slept(&clock)), (1, 0.0));
}

#[tokio::test]
async fn a_refusal_of_too_much_says_when_to_come_again() {
    let server = Stub::in_turn(|_, _| with_header(413, RETRY_AFTER, "7")).await;
    let (session, _) = session(Retries::new());
    let error = session.send(Call::get(&server.url)).await.unwrap_err();
    let wait = error.response().unwrap().retry_after();
    assert_eq!(wait, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_tried_again_whatever_the_method() {
    let Nobody { url, .. } = &Nobody::new();
    for call in [
        Call::get(url),
        Call::post(url),
        Call::post(url).replayable(false),
    ] {
        let (session, clock) = session(Retries::new().connect(3));
        let Err(Error::Transport(error)) = session.send(call).await else {
            panic!("an answer came")
        };
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        let slept = slept(&clock);
        assert!((1.7..=3.5).contains(&slept), "{slept}");
    }
}

#[tokio::test]
async fn the_settings_nearest_to_the_call_win() {
    let server = Stub::in_turn(|_, _| status(503)).await;
    let (session, _) = session(Retries::new().status(9).status_pause(Duration::ZERO));
    let adapter = session.adapter().retries(Retries::new().status(2));
    let adapter = adapter.build().unwrap();
    adapter.send(Call::get(&server.url)).await.unwrap_err();
    assert_eq!(
        server.seen().len(),
        3,
        "the adapter's number, the session's pause"
    );
    let once = Call::get(&server.url).retries(Retries::new().status(0));
    adapter.send(once).await.unwrap_err();
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_login_is_tried_again_unless_its_passcode_is_good_for_one_time() {
    let server = Stub::start(|_| status(503)).await;
    let password = v3::Password::builder(&server.url).user_id("u");
    let totp = v3::Totp::builder(&server.url)
        .user_id("u")
        .passcode("123456");
    let twice = Retries::new()
        .status(2)
        .any_method(true)
        .status_pause(Duration::ZERO);
    let session = |auth| {
        Session::builder(auth)
            .retries(twice.clone())
            .build()
            .unwrap()
    };
    let password: Arc<dyn AuthPlugin> = Arc::new(password.password("p").build().unwrap());
    session(password).token().await.unwrap_err();
    assert_eq!(server.seen().len(), 3);
    let totp: Arc<dyn AuthPlugin> = Arc::new(totp.build().unwrap());
    session(totp).token().await.unwrap_err();
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_passcode_that_was_used_is_not_sent_for_another_login() {
    let server = Stub::start(|seen| match seen.method() {
        "POST" => {
            let user = json!({"id": "u", "name": "u", "domain": {"id": "d"}});
            let body = json!({"token": {"expires_at": "2999-01-01T00:00:00Z", "user": user}});
            (StatusCode::CREATED, [("x-subject-token", "t")], Json(body)).into_response()
        }
        _ => status(401),
    })
    .await;
    let auth = v3::Totp::builder(&server.url)
        .user_id("u")
        .passcode("123456");
    let session = Session::new(auth.build().unwrap()).unwrap();
    let error = session.send(Call::get(&server.url)).await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the credential of `totp` was used by an earlier login; make a new plugin with a new one"
    );
    assert_eq!(server.lines(), ["POST /v3/auth/tokens", "GET /"]);
}
