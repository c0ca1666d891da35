//! Policies with checks of the service's own that must be awaited.

use axum::Router;
use http::StatusCode;
use keystone_middleware::policy::decide::CheckRequest;
use keystone_middleware::policy::{Checks, Enforcer};
use keystone_middleware::{Denied, Found, PolicyTarget, RequestContext, Routes, policy, routing};

use super::{behind, get, same, status, tokens};
use crate::policies;

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

/// `shared:yes` is true, `shared:broken` fails, anything else is false. Each takes time.
fn checks() -> Checks {
    Checks::new().register_async("shared", |request: &CheckRequest<'_>| {
        let name = request.filled();
        async move {
            tokio::task::yield_now().await;
            match name?.as_deref() {
                Some("broken") => Err("the database is gone".to_owned()),
                name => Ok(name == Some("yes")),
            }
        }
    })
}

fn enforcer(rule: &str) -> Enforcer {
    Enforcer::builder(&policies::DEFAULTS)
        .checks(checks())
        .override_rule("note:create", rule)
        .override_rule("note:update", "shared:%(owner_id)s or not shared:no")
        .build()
        .unwrap()
}

fn app(rule: &str) -> Router {
    let routes = Routes::new(enforcer(rule))
        .route("/notes", routing::get(create))
        .route("/notes/{owner}", routing::get(update));
    behind(routes.into_router(), &tokens(), same)
}

#[tokio::test]
async fn the_result_is_awaited_and_one_that_is_none_keeps_out_either_way() {
    for (rule, expected) in [
        ("shared:yes", StatusCode::OK),
        ("shared:no", StatusCode::FORBIDDEN),
        ("not shared:no", StatusCode::OK),
        ("not shared:yes", StatusCode::FORBIDDEN),
        ("shared:yes and not shared:no", StatusCode::OK),
        ("shared:no or shared:yes", StatusCode::OK),
        ("shared:broken", StatusCode::INTERNAL_SERVER_ERROR),
        ("not shared:broken", StatusCode::INTERNAL_SERVER_ERROR),
        ("role:member or shared:broken", StatusCode::OK),
        (
            "shared:yes and not shared:broken",
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
    ] {
        let found = status(&app(rule), get("/notes", "member")).await;
        assert_eq!(found, expected, "{rule}");
    }
}

#[tokio::test]
async fn the_target_is_read_before_it_is_awaited() {
    let app = app("!");
    for owner in ["yes", "no"] {
        let path = format!("/notes/{owner}");
        assert_eq!(status(&app, get(&path, "member")).await, StatusCode::OK);
    }
    let found = status(&app, get("/notes/broken", "member")).await;
    assert_eq!(found, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn who_does_not_await_refuses() {
    for rule in ["shared:yes", "not shared:no"] {
        let caller = RequestContext::builder()
            .user_id("u")
            .enforcer(&enforcer(rule))
            .build();
        let denied = caller.authorize::<policies::note::Create>().unwrap_err();
        assert_eq!(denied.status(), StatusCode::INTERNAL_SERVER_ERROR, "{rule}");
    }
}
