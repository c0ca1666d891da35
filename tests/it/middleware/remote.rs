//! Policies that ask other servers, over real connections.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http::{HeaderMap, StatusCode, Uri};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::sdk::transport::Transport;
use keystone_middleware::{
    Denied, Found, PolicyTarget, RemoteChecks, RequestContext, Routes, policy, routing,
};
use serde_json::Value;

use super::{behind, get, same, status, tokens};
use crate::auth::stub::Nobody;
use crate::policies;

/// What a policy server was asked: path, type of content, body.
type Asked = Arc<Mutex<Vec<(String, String, String)>>>;

/// A server that responds to `/yes`, `/no` and some other ways, and its address.
async fn server(asked: &Asked) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::clone(asked);
    let response = async move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let kind = headers["content-type"].to_str().unwrap().to_owned();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let path = uri.path().to_owned();
        asked.lock().unwrap().push((path.clone(), kind, body));
        match path.as_str() {
            "/yes" => (StatusCode::OK, "True".to_owned()),
            "/quoted" => (StatusCode::OK, "\"True\"".to_owned()),
            "/no" => (StatusCode::OK, "False".to_owned()),
            "/line" => (StatusCode::OK, "True\n".to_owned()),
            "/forbidden" => (StatusCode::FORBIDDEN, "True".to_owned()),
            "/moved" => (StatusCode::FOUND, "True".to_owned()),
            "/long" => (StatusCode::OK, "True".repeat(100_000)),
            "/silent" => pending().await,
            _ => (StatusCode::OK, "True".to_owned()),
        }
    };
    let app = Router::new().fallback(post(response));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

pub(super) fn remote() -> RemoteChecks {
    RemoteChecks::new(Transport::builder().build().unwrap())
}

#[derive(PolicyTarget)]
struct Note {
    owner_id: String,
}

impl keystone_middleware::Load<()> for Note {
    type Key = String;
    type Error = std::convert::Infallible;

    async fn load(owner_id: String, (): &()) -> Result<Option<Self>, Self::Error> {
        Ok(Some(Self { owner_id }))
    }
}

#[policy("note:create")]
async fn create() -> &'static str {
    "created"
}

#[policy("note:update", target = &note)]
async fn update(Found(note): Found<Note>) -> Result<String, Denied> {
    Ok(note.owner_id)
}

/// The service with these rules in place of its own.
fn app(create_rule: &str, update_rule: &str, remote: Option<RemoteChecks>) -> Router {
    let enforcer = Enforcer::builder(&policies::DEFAULTS)
        .override_rule("note:create", create_rule)
        .override_rule("note:update", update_rule)
        .build()
        .unwrap();
    let mut routes = Routes::new(enforcer);
    if let Some(remote) = remote {
        routes = routes.remote_checks(remote);
    }
    let routes = routes
        .route("/notes", routing::get(create))
        .route("/notes/{owner}", routing::get(update));
    behind(routes.into_router(), &tokens(), same)
}

#[tokio::test]
async fn only_a_plain_yes_lets_the_caller_in_and_doubt_keeps_out_either_way() {
    let asked = Asked::default();
    let server = server(&asked).await;
    let (ok, forbidden, doubt) = (
        StatusCode::OK,
        StatusCode::FORBIDDEN,
        StatusCode::SERVICE_UNAVAILABLE,
    );
    for (path, asserted, negated) in [
        ("/yes", ok, forbidden),
        ("/quoted", ok, forbidden),
        ("/no", forbidden, ok),
        ("/line", forbidden, ok),
        ("/forbidden", doubt, doubt),
        ("/moved", doubt, doubt),
        ("/long", doubt, doubt),
        ("/silent", doubt, doubt),
    ] {
        let check = format!("http://{server}{path}");
        let remote = match path {
            "/silent" => remote().timeout(Duration::from_millis(300)),
            _ => remote().timeout(Duration::from_secs(300)),
        };
        let app = app(&check, &format!("not {check}"), Some(remote));
        assert_eq!(
            status(&app, get("/notes", "member")).await,
            asserted,
            "{path}"
        );
        assert_eq!(
            status(&app, get("/notes/o", "member")).await,
            negated,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_keeps_everybody_out() {
    let nobody = Nobody::new();
    let app = app(&format!("not {}/", nobody.url), "@", Some(remote()));
    let status = status(&app, get("/notes", "admin")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_server_learns_rule_target_and_credentials_in_either_form() {
    let asked = Asked::default();
    let server = server(&asked).await;
    let rule = format!("http://{server}/check/%(owner_id)s?x=%(owner_id)s");
    for json in [false, true] {
        let app = app("!", &rule, Some(remote().json(json)));
        let response = status(&app, get("/notes/a%2F..%20b", "member")).await;
        assert_eq!(response, StatusCode::OK);
    }
    let asked = asked.lock().unwrap();
    let [(path, form, body), (_, json, document)] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    // What the target holds cannot change where the call goes.
    assert_eq!(path, "/check/a%2F..%20b");
    assert_eq!(form, "application/x-www-form-urlencoded");
    assert_eq!(json, "application/json");
    let document: Value = serde_json::from_str(document).unwrap();
    assert_eq!(document["rule"], "note:update");
    assert_eq!(document["target"]["owner_id"], "a/.. b");
    assert_eq!(document["credentials"]["user_id"], "u-member");
    assert_eq!(document["credentials"]["roles"][0], "member");
    assert!(
        body.starts_with(
            "rule=%22note%3Aupdate%22&target=%7B%22owner_id%22%3A+%22a%2F..+b%22%7D&credentials="
        ),
        "{body}"
    );
}

#[tokio::test]
async fn several_servers_are_asked_only_as_far_as_needed_and_never_twice() {
    let asked = Asked::default();
    let server = server(&asked).await;
    let of = |path: &str| format!("http://{server}{path}");
    let rule = format!(
        "({} and {}) or ({} and not {} and {})",
        of("/no"),
        of("/yes"),
        of("/yes"),
        of("/no"),
        of("/last"),
    );
    let app = app(&rule, "!", Some(remote()));
    assert_eq!(status(&app, get("/notes", "member")).await, StatusCode::OK);
    let paths: Vec<String> = asked
        .lock()
        .unwrap()
        .iter()
        .map(|(path, ..)| path.clone())
        .collect();
    assert_eq!(paths, ["/no", "/yes", "/last"]);
}

#[tokio::test]
async fn nobody_is_asked_where_the_response_does_not_matter() {
    let asked = Asked::default();
    let server = server(&asked).await;
    let app = app(
        &format!("role:member or http://{server}/yes"),
        "!",
        Some(remote()),
    );
    assert_eq!(status(&app, get("/notes", "member")).await, StatusCode::OK);
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_way_to_ask_the_caller_is_refused() {
    let app = app("http://127.0.0.1:1/", "not http://127.0.0.1:1/", None);
    for path in ["/notes", "/notes/o"] {
        let status = status(&app, get(path, "admin")).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
    let enforcer = Enforcer::builder(&policies::DEFAULTS)
        .override_rule("note:create", "http://127.0.0.1:1/")
        .build()
        .unwrap();
    let caller = RequestContext::builder()
        .user_id("u")
        .enforcer(&enforcer)
        .build();
    let denied = caller.authorize::<policies::note::Create>().unwrap_err();
    assert_eq!(denied.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn rules_whose_target_would_choose_the_server_are_not_loaded() {
    for rule in [
        "http://%(host)s/x",
        "https://h.%(host)s",
        "http:/x",
        "http:///x",
    ] {
        let error = Enforcer::builder(&policies::DEFAULTS)
            .override_rule("note:update", rule)
            .build()
            .unwrap_err();
        assert!(
            error.to_string().contains("has an invalid address"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_value_that_would_climb_the_path_is_refused() {
    let asked = Asked::default();
    let server = server(&asked).await;
    let app = app(
        "!",
        &format!("http://{server}/a/%(owner_id)s/b"),
        Some(remote()),
    );
    let status = status(&app, get("/notes/%2E%2E", "member")).await;
    assert_ne!(status, StatusCode::OK);
    assert!(asked.lock().unwrap().is_empty());
}
