//! What a hostile server writes reaches people on one line, short, and without steering a terminal:
//! in errors, by `Display` and `Debug`, and in logs of every level.

use axum::Json;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::client::Url;
use keystone_sdk::config::Registry;
use keystone_sdk::printable;
use keystone_sdk::session::Call;
use serde_json::{Value, json};

use super::redaction::{flow, shown};
use crate::auth::stub::{Seen, Stub};
use crate::log::Log;
use crate::typed_client_requests::client_at;

/// Sets a title, rings, colours, turns the writing round, breaks lines, hides and goes on and on.
fn hostile(length: usize) -> String {
    let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{85}\r\nERROR forged\u{e0041}\u{feff}";
    format!("{evil}{}", "x".repeat(length))
}

/// The part of it that a header can carry.
fn header() -> HeaderValue {
    let text = "\u{9b}31m\u{202e}\u{200b}".to_owned() + &"y".repeat(9_000);
    HeaderValue::from_bytes(text.as_bytes()).unwrap()
}

const FORMS: usize = 9;

fn answer(form: usize, evil: &str) -> Response {
    let status = StatusCode::from_u16([401, 404, 500][form % 3]).unwrap();
    let refused = |body: Value| (status, Json(body)).into_response();
    let mut answer = match form {
        0 => refused(
            json!({"error": {"code": 401, "title": evil, "message": evil, "details": evil}}),
        ),
        1 => refused(json!({"error": evil, "error_description": evil})),
        2 => refused(json!({"errors": [{"title": evil, "detail": evil}, {"detail": evil}]})),
        3 => refused(json!({evil: {"message": evil}})),
        4 => {
            let version =
                json!({"id": evil, "status": evil, "links": [{"rel": "self", "href": evil}]});
            Json(json!({"versions": {"values": [version]}, evil: evil, "users": {evil: evil}}))
                .into_response()
        }
        5 => Json(json!({"users": [{"id": {evil: evil}, "name": evil}], "token": {evil: evil}}))
            .into_response(),
        6 => {
            let receipt =
                json!({"receipt": {"methods": [evil]}, "required_auth_methods": [[evil, evil]]});
            (StatusCode::UNAUTHORIZED, Json(receipt)).into_response()
        }
        7 => (StatusCode::FOUND, evil.to_owned()).into_response(),
        _ => evil.to_owned().into_response(),
    };
    let headers = answer.headers_mut();
    for name in [
        "x-openstack-request-id",
        "x-evil",
        "www-authenticate",
        "x-subject-token",
    ] {
        headers.insert(name, header());
    }
    if form == 6 {
        headers.insert(
            "openstack-auth-receipt",
            HeaderValue::from_static("receipt"),
        );
    }
    if form == 7 {
        headers.insert(header::LOCATION, header());
    }
    if form == 8 {
        headers.insert(header::CONTENT_TYPE, header());
    }
    answer
}

/// Errors are seen on a handful of lines, each of them short.
fn hold(what: &str, text: &str, longest: usize) {
    let unseen = text.find(|one| !matches!(one, '\n') && printable::is_unseen(one));
    if let Some(at) = unseen {
        let from = text.floor_char_boundary(at.saturating_sub(200));
        panic!(
            "{what}: {:?}",
            &text[from..text.floor_char_boundary(at + 40)]
        );
    }
    for line in text.lines() {
        assert!(
            line.len() <= longest,
            "{what}: {} bytes: {}",
            line.len(),
            &line[..400.min(line.len())]
        );
        assert!(!line.starts_with("ERROR forged"), "{what}");
    }
}

/// A message with its place and remedy, and what `Debug` shows of the error and its causes.
const SEEN: usize = 16 * printable::LONGEST;

/// Bodies are logged up to 64 KiB, in which each byte can become six, twice.
const LOGGED: usize = 2 * 6 * (64 << 10);

#[tokio::test]
async fn no_server_steers_a_terminal_through_any_plugin() {
    let registry = Registry::builtin();
    for loader in registry.loaders() {
        for form in 0..FORMS {
            let log = Log::start();
            let server = Stub::start(move |_: &Seen| answer(form, &hostile(2_000))).await;
            let seen = flow(loader, &registry, &server.url).await;
            let what = format!("`{}` ({form})", loader.name());
            let log = log.text();
            hold(&what, &seen, SEEN);
            hold(&what, &log, LOGGED);
            assert!(
                log.contains(r"\u{202e}"),
                "{what}: nothing came through: {log}"
            );
        }
    }
}

#[tokio::test]
async fn no_server_floods_errors_or_logs() {
    for form in 0..FORMS {
        let log = Log::start();
        let length = if form == 0 { 5_000_000 } else { 100_000 };
        let server = Stub::start(move |_: &Seen| answer(form, &hostile(length))).await;
        let url: Url = server.url.parse().unwrap();
        let client = client_at(url.clone());
        let session = client.service().session();
        let mut errors = vec![
            client.users().list().all().await.map(drop),
            client.users().get("x").send().await.map(drop),
            session.send(Call::get(&server.url)).await.map(drop),
            session.transport().discover(&url).await.map(drop),
        ];
        let filter = EndpointFilter::service_type("identity").major_version(3);
        errors.push(session.endpoint(&filter).await.map(drop));
        let errors: Vec<_> = errors.into_iter().filter_map(Result::err).collect();
        assert!(!errors.is_empty(), "{form}");
        for error in errors {
            hold("display", &error.to_string(), 4 * printable::LONGEST);
            hold("all", &shown(&error), SEEN);
        }
        hold("log", &log.text(), LOGGED);
    }
}
