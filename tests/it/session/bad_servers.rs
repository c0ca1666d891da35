//! Servers that answer nonsense, too much or without an end: an error of its kind each, without what
//! they said.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use http::StatusCode;
use keystone_sdk::auth::{generic, v2, v3};
use keystone_sdk::error::{RedirectRefusal, TransportErrorKind};
use keystone_sdk::session::Call;
use keystone_sdk::{Error, Session, identity};

use crate::auth::stub::{Stub, status, with_header};

/// Long enough for any answer, however busy the machine is.
const PATIENT: Duration = Duration::from_secs(300);
/// For servers that never come to an end.
const BRIEF: Duration = Duration::from_millis(300);

/// Sessions that log in in each way that knows an answer of its own.
fn sessions(stub: &Stub, timeout: Duration) -> Vec<Session> {
    let v3 = v3::Password::builder(format!("{}/v3", stub.url));
    let v3 = v3.user_id("u").password("canary").build().unwrap();
    let generic = generic::Password::builder(&stub.url);
    let generic = generic.user_id("u").password("canary").build().unwrap();
    let v2 = v2::Password::builder(format!("{}/v2.0", stub.url));
    let v2 = v2.username("u").password("canary").build().unwrap();
    let quick =
        |builder: keystone_sdk::session::SessionBuilder| builder.timeout(timeout).build().unwrap();
    vec![
        quick(Session::builder(v3)),
        quick(Session::builder(generic)),
        quick(Session::builder(v2)),
    ]
}

/// All errors that logins and discovery end with, and a typed call, at a server that answers so.
async fn errors(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Vec<Error> {
    errors_within(PATIENT, answer).await
}

async fn errors_within(
    timeout: Duration,
    answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> Vec<Error> {
    let stub = Stub::start(move |_| answer()).await;
    let mut errors = Vec::new();
    for session in sessions(&stub, timeout) {
        errors.push(session.token().await.unwrap_err());
        let url = stub.url.parse().unwrap();
        errors.push(session.transport().discover(&url).await.unwrap_err());
        let identity = identity::v3::Client::at(&session, url).anonymous();
        errors.extend(identity.regions().list().all().await.err());
    }
    for error in &errors {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.len() < 2000, "{} letters", shown.len());
        assert!(error.to_string().contains(&stub.url), "{error}");
    }
    errors
}

fn typed(content_type: &'static str, body: impl Into<Body>) -> Response {
    let answer = ([(CONTENT_TYPE, content_type)], body.into());
    (StatusCode::OK, answer).into_response()
}

#[tokio::test]
async fn nonsense_is_named_whatever_its_type() {
    for (content_type, body) in [
        ("text/html", "<html>canary</html>"),
        ("application/json", ""),
        ("application/json", r#"{"token": {"user": {"name": "canary"#),
        ("application/json", r#""canary""#),
        ("application/json", "[1, 2]"),
        (
            "application/json",
            r#"{"token": "canary", "access": 3, "regions": 1}"#,
        ),
        ("text/plain", "canary"),
        ("image/png", "\u{89}PNG canary"),
    ] {
        for error in errors(move || typed(content_type, body)).await {
            assert!(
                matches!(error, Error::Decode(_) | Error::Discovery(_)),
                "{content_type} {body}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn errors_without_an_error_body_keep_their_status() {
    for code in [500, 502, 503] {
        let bodies: [(&str, &str); 3] = [
            ("text/html", "<h1>canary</h1>"),
            ("text/plain", "canary"),
            ("application/json", "{\"canary\""),
        ];
        for (content_type, body) in bodies {
            let answer = move || {
                let mut answer = typed(content_type, body);
                *answer.status_mut() = StatusCode::from_u16(code).unwrap();
                answer
            };
            for error in errors(answer).await {
                assert_eq!(
                    error.status().map(|it| it.as_u16()),
                    Some(code),
                    "{error:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn large_bodies_are_not_kept() {
    let megabytes = || {
        let piece = Bytes::from_static(&[b' '; 1 << 16]);
        let pieces = stream::repeat(Ok::<_, Infallible>(piece)).take(160);
        typed("application/json", Body::from_stream(pieces))
    };
    for error in errors(megabytes).await {
        assert!(
            matches!(error, Error::Decode(_) | Error::Discovery(_)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    for error in errors(|| with_header(302, LOCATION, "/v3/auth/tokens")).await {
        let answer = error.response().expect("the redirect itself");
        assert_eq!(
            answer.redirect_refusal(),
            Some(RedirectRefusal::Circle),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn drops_that_never_end_are_a_timeout() {
    let drops = || {
        let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"{")) });
        let rest = stream::once(async { pending().await });
        typed("application/json", Body::from_stream(first.chain(rest)))
    };
    for error in errors_within(BRIEF, drops).await {
        let kind = match &error {
            Error::Transport(error) => error.kind(),
            other => panic!("{other:?}"),
        };
        assert_eq!(kind, TransportErrorKind::Timeout);
    }
}

#[tokio::test]
async fn what_is_no_error_of_an_api_is_an_error_of_its_status() {
    let stub = Stub::start(|_| status(418)).await;
    let session = sessions(&stub, PATIENT).remove(0);
    let call = Call::get(&stub.url).unauthenticated();
    let error = session.send(call).await.unwrap_err();
    assert_eq!(error.response().unwrap().message(), None);
    assert!(
        error
            .to_string()
            .ends_with("responded with 418 I'm a teapot"),
        "{error}"
    );
}
