//! Lists of which a caller sees only what a policy allows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::{StatusCode, Uri};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{
    Denied, PolicyTarget, RemoteChecks, RequestContext, Routes, policy, routing,
};
use serde_json::json;

use super::remote::remote;
use super::{behind, get, same, send, status, tokens};
use crate::policies;

#[derive(PolicyTarget)]
struct Note {
    owner_id: String,
}

/// 200 notes, every fourth of them the member's.
fn notes() -> Vec<Note> {
    let owner = |number: usize| {
        if number % 4 == 1 {
            "u-member"
        } else {
            "u-other"
        }
    };
    let note = |number| Note {
        owner_id: owner(number).to_owned(),
    };
    (0..200).map(note).collect()
}

fn owners(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| note.owner_id.clone()).collect()
}

#[policy("note:index")]
async fn index(ctx: RequestContext) -> Result<Json<Vec<String>>, Denied> {
    let mut notes = notes();
    ctx.retain::<policies::note::Update>(&mut notes).await?;
    Ok(Json(owners(&notes)))
}

fn app(rule: Option<&str>, remote: Option<RemoteChecks>) -> Router {
    let mut enforcer = Enforcer::builder(&policies::DEFAULTS);
    if let Some(rule) = rule {
        enforcer = enforcer.override_rule("note:update", rule);
    }
    let mut routes = Routes::new(enforcer.build().unwrap());
    if let Some(remote) = remote {
        routes = routes.remote_checks(remote);
    }
    let routes = routes.route("/notes", routing::get(index));
    behind(routes.into_router(), &tokens(), same)
}

/// A server that allows what is the member's, knows nothing of `u-unknown`, and counts.
async fn server(asked: &Arc<AtomicUsize>) -> String {
    async fn respond(
        State(asked): State<Arc<AtomicUsize>>,
        uri: Uri,
    ) -> (StatusCode, &'static str) {
        asked.fetch_add(1, Ordering::SeqCst);
        match uri.path() {
            "/may/u-member" => (StatusCode::OK, "True"),
            "/may/u-other" => (StatusCode::OK, "False"),
            _ => (StatusCode::BAD_GATEWAY, "True"),
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let app = Router::new()
        .fallback(post(respond))
        .with_state(Arc::clone(asked));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[tokio::test]
async fn a_list_keeps_what_the_caller_may_see() {
    let own = vec!["u-member"; 50];
    for rule in [None, Some("role:admin or user_id:%(owner_id)s")] {
        let app = app(rule, None);
        let seen = super::json(send(&app, get("/notes", "member")).await).await;
        assert_eq!(seen, json!(own));
        let seen = super::json(send(&app, get("/notes", "admin")).await).await;
        assert_eq!(seen.as_array().unwrap().len(), 200);
    }
}

#[tokio::test]
async fn other_servers_are_asked_about_each_target_that_depends_on_them() {
    let asked = Arc::default();
    let server = server(&asked).await;
    let rule = format!("role:admin or http://{server}/may/%(owner_id)s");
    let app = app(Some(&rule), Some(remote()));
    let seen = super::json(send(&app, get("/notes", "member")).await).await;
    assert_eq!(seen, json!(vec!["u-member"; 50]));
    assert_eq!(asked.swap(0, Ordering::SeqCst), 200);
    let seen = super::json(send(&app, get("/notes", "admin")).await).await;
    assert_eq!(seen.as_array().unwrap().len(), 200);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_list_of_which_one_target_cannot_be_decided_is_refused() {
    let asked = Arc::default();
    let server = server(&asked).await;
    let doubt = format!("http://{server}/unknown/%(owner_id)s");
    for rule in [doubt.clone(), format!("not {doubt}")] {
        let app = app(Some(&rule), Some(remote()));
        let refused = status(&app, get("/notes", "member")).await;
        assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE, "{rule}");
    }
    // Nothing is set up to ask.
    let app = app(Some(&format!("not http://{server}/may/%(owner_id)s")), None);
    let refused = status(&app, get("/notes", "member")).await;
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_refused_list_is_left_as_it_was() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS)
        .override_rule("note:update", "user_id:%(owner_id)s or http://127.0.0.1:1/")
        .build()
        .unwrap();
    let caller = RequestContext::builder()
        .user_id("u-member")
        .enforcer(&enforcer)
        .build();
    let mut notes = notes();
    let refused = caller.retain::<policies::note::Update>(&mut notes).await;
    assert_eq!(
        refused.unwrap_err().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(notes.len(), 200);
}
