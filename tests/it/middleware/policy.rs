//! `#[policy]` in its forms, and the proofs that stand behind it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{Request, StatusCode};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{
    Authorized, Denied, Found, Later, LaterRejection, Load, PolicyTarget, RequestContext, Routes,
    policy, routing,
};
use serde_json::json;

use super::{behind, request, same, send, status};
use crate::policies;

/// How many handlers were entered.
#[derive(Clone, Default)]
struct Entered(Arc<AtomicUsize>);

#[derive(Clone, Debug, PolicyTarget)]
struct Note {
    owner_id: String,
}

impl Load<Entered> for Note {
    type Key = String;
    type Error = Infallible;

    async fn load(owner: String, _: &Entered) -> Result<Option<Self>, Infallible> {
        Ok((owner != "nobody").then_some(Self { owner_id: owner }))
    }
}

#[derive(Debug)]
enum AppError {
    Denied(Denied),
    Late(LaterRejection),
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied.hide())
    }
}

impl From<LaterRejection> for AppError {
    fn from(late: LaterRejection) -> Self {
        Self::Late(late)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Denied(denied) => denied.into_response(),
            Self::Late(late) => late.into_response(),
        }
    }
}

#[policy("note:create")]
async fn create(State(entered): State<Entered>, Json(title): Json<String>) -> String {
    entered.0.fetch_add(1, Ordering::SeqCst);
    title
}

#[policy("note:update", target = &note)]
async fn update(Found(note): Found<Note>, Json(title): Json<String>) -> Result<String, Denied> {
    Ok(format!("{} {title}", note.owner_id))
}

#[policy("note:update", target = &note)]
async fn update_hidden(
    Found(note): Found<Note>,
    title: Later<Json<String>>,
) -> Result<String, AppError> {
    let Json(title) = title.await?;
    Ok(format!("{} {title}", note.owner_id))
}

#[policy("note:update", target = &note)]
async fn update_as_response(Found(note): Found<Note>) -> Response {
    note.owner_id.into_response()
}

#[policy("note:update", target = &note)]
async fn update_as_anything(Found(note): Found<Note>) -> impl IntoResponse {
    if note.owner_id == "early" {
        return Err((StatusCode::CONFLICT, "early"));
    }
    let owner = Some(note.owner_id).ok_or((StatusCode::GONE, "never"))?;
    Ok(owner)
}

#[policy("note:update", target = &note)]
async fn update_nested(Found(note): Found<Note>) -> Result<impl IntoResponse, Denied> {
    Ok(note.owner_id)
}

#[policy("note:audit")]
async fn audit() -> &'static str {
    "audited"
}

/// The same as `#[policy("note:index")]`, written by hand.
async fn index(_: Authorized<policies::note::Index>, ctx: RequestContext) -> String {
    ctx.user_id.clone().unwrap_or_default()
}

/// The proof of the decision in hand.
#[policy("note:update", target = &note, proof = may)]
async fn archive(Found(note): Found<Note>) -> Result<String, Denied> {
    store(&note, &may)
}

#[policy("note:update", target = &note, proof = may)]
async fn archive_as_anything(Found(note): Found<Note>) -> impl IntoResponse {
    store(&note, &may)
}

/// The plain form with its proof.
#[policy("note:create", proof = may)]
async fn whoami() -> String {
    may.caller().user_id.clone().unwrap_or_default()
}

fn store(note: &Note, may: &Authorized<policies::note::Update>) -> Result<String, Denied> {
    may.covers(note)?;
    Ok(note.owner_id.clone())
}

#[policy(public)]
async fn versions(ctx: Option<RequestContext>) -> String {
    ctx.is_some().to_string()
}

struct Api;

impl Api {
    /// With everything that the attribute takes, on an associated function.
    #[policy("note:update", target = &note, table = crate::policies, crate = keystone_middleware)]
    async fn copy(Found(note): Found<Note>) -> Result<String, Denied> {
        Ok(note.owner_id)
    }
}

fn enforcer() -> Enforcer {
    Enforcer::builder(&policies::DEFAULTS).build().unwrap()
}

fn tokens() -> Tokens {
    let tokens = super::tokens();
    tokens.add("system", TestToken::user("root").system().roles(["admin"]));
    tokens
}

fn routes(entered: &Entered, enforcer: Enforcer) -> Router {
    Routes::new(enforcer)
        .route("/notes", routing::get(index).post(create))
        .route("/notes/{owner}", routing::put(update).patch(update_hidden))
        .route("/response/{owner}", routing::put(update_as_response))
        .route("/anything/{owner}", routing::put(update_as_anything))
        .route("/nested/{owner}", routing::put(update_nested))
        .route("/copies/{owner}", routing::put(Api::copy))
        .route(
            "/archive/{owner}",
            routing::put(archive).get(archive_as_anything),
        )
        .route("/whoami", routing::get(whoami))
        .route("/audit", routing::get(audit))
        .route("/", routing::get(versions))
        .with_state(entered.clone())
        .into_router()
}

fn app() -> Router {
    behind(routes(&Entered::default(), enforcer()), &tokens(), same)
}

fn call(method: &str, path: &str, token: &str, body: &str) -> Request<Body> {
    let request = request(method, path).header("X-Auth-Token", token);
    let request = request.header("Content-Type", "application/json");
    request.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn the_plain_form_decides_before_the_body_is_read() {
    let entered = Entered::default();
    let tokens = tokens();
    let app = behind(routes(&entered, enforcer()), &tokens, same);
    for (token, body, wanted) in [
        ("admin", "\"a\"", StatusCode::OK),
        ("admin", "\"a", StatusCode::BAD_REQUEST),
        ("member", "\"a\"", StatusCode::FORBIDDEN),
        ("member", "\"a", StatusCode::FORBIDDEN),
        ("unknown", "\"a", StatusCode::UNAUTHORIZED),
    ] {
        let status = status(&app, call("POST", "/notes", token, body)).await;
        assert_eq!(status, wanted, "{token} {body}");
    }
    assert_eq!(entered.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refusal_has_keystones_form_and_does_not_tell_the_rule() {
    let response = send(&app(), call("POST", "/notes", "member", "\"a\"")).await;
    let error = json!({"error": {
        "code": 403,
        "title": "Forbidden",
        "message": "You are not authorized to perform the requested action: note:create.",
    }});
    assert_eq!(super::json(response).await, error);
}

#[tokio::test]
async fn the_target_form_decides_about_the_object_after_it_was_found() {
    let app = app();
    for (token, owner, body, wanted) in [
        ("member", "u-member", "\"a\"", StatusCode::OK),
        ("member", "u-other", "\"a\"", StatusCode::FORBIDDEN),
        ("member", "u-other", "\"a", StatusCode::BAD_REQUEST),
        ("member", "nobody", "\"a\"", StatusCode::NOT_FOUND),
        ("admin", "u-other", "\"a\"", StatusCode::OK),
        ("unknown", "nobody", "\"a\"", StatusCode::UNAUTHORIZED),
    ] {
        let status = status(&app, call("PUT", &format!("/notes/{owner}"), token, body)).await;
        assert_eq!(status, wanted, "{token} {owner} {body}");
    }
}

#[tokio::test]
async fn every_return_type_that_can_carry_a_refusal_does() {
    let app = app();
    for path in [
        "notes", "response", "anything", "nested", "copies", "archive",
    ] {
        for (owner, wanted) in [
            ("u-member", StatusCode::OK),
            ("u-other", StatusCode::FORBIDDEN),
        ] {
            let request = call("PUT", &format!("/{path}/{owner}"), "member", "\"a\"");
            assert_eq!(status(&app, request).await, wanted, "{path} {owner}");
        }
    }
    let early = call("PUT", "/anything/early", "admin", "");
    assert_eq!(status(&app, early).await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_later_body_is_read_after_the_decision_and_a_hidden_refusal_is_404() {
    let app = app();
    for (owner, body, wanted) in [
        ("u-member", "\"a\"", StatusCode::OK),
        ("u-member", "\"a", StatusCode::BAD_REQUEST),
        ("u-other", "\"a", StatusCode::NOT_FOUND),
    ] {
        let request = call("PATCH", &format!("/notes/{owner}"), "member", body);
        assert_eq!(status(&app, request).await, wanted, "{owner} {body}");
    }
}

#[tokio::test]
async fn a_proof_as_an_argument_decides_as_the_attribute_does() {
    let app = app();
    let index = call("GET", "/notes", "member", "");
    assert_eq!(status(&app, index).await, StatusCode::OK);
}

#[tokio::test]
async fn the_proof_of_the_decision_is_in_scope_where_it_is_asked_for() {
    let app = app();
    for (owner, wanted) in [
        ("u-member", StatusCode::OK),
        ("u-other", StatusCode::FORBIDDEN),
    ] {
        let request = call("GET", &format!("/archive/{owner}"), "member", "");
        assert_eq!(status(&app, request).await, wanted, "{owner}");
    }
    let whoami = call("GET", "/whoami", "admin", "");
    assert_eq!(super::text(send(&app, whoami).await).await, "u-admin");
}

#[tokio::test]
async fn a_token_of_the_wrong_scope_is_refused() {
    let app = app();
    let project = call("GET", "/audit", "admin", "");
    assert_eq!(status(&app, project).await, StatusCode::FORBIDDEN);
    let system = call("GET", "/audit", "system", "");
    assert_eq!(status(&app, system).await, StatusCode::OK);
}

#[tokio::test]
async fn a_policy_demands_an_identity_though_its_rule_allows_all_and_public_does_not() {
    let routes = routes(&Entered::default(), enforcer());
    let app = behind(routes, &tokens(), |config| config.delay_auth_decision(true));
    let anonymous = |path: &str| request("GET", path).body(Body::empty()).unwrap();
    assert_eq!(
        status(&app, anonymous("/notes")).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(super::text(send(&app, anonymous("/")).await).await, "false");
    assert_eq!(
        super::text(send(&app, super::get("/", "member")).await).await,
        "true"
    );
}

#[tokio::test]
async fn an_operators_override_reaches_every_policy_that_refers_to_it() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).override_rule("admin", "role:member");
    let routes = routes(&Entered::default(), enforcer.build().unwrap());
    let app = behind(routes, &tokens(), same);
    for (token, wanted) in [("member", StatusCode::OK), ("admin", StatusCode::FORBIDDEN)] {
        let status = status(&app, call("POST", "/notes", token, "\"a\"")).await;
        assert_eq!(status, wanted, "{token}");
    }
}

#[tokio::test]
async fn a_router_that_forgot_the_enforcer_lets_nobody_in() {
    let forgot = Router::new().route("/", axum::routing::get(index));
    let app = behind(forgot, &tokens(), same);
    let status = status(&app, super::get("/", "admin")).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_unit_test_calls_a_handler_with_a_proof_of_real_enforcement() {
    let caller = |role: &str| {
        let context = RequestContext::builder().user_id("u1").roles([role]);
        context.enforcer(&enforcer()).build()
    };
    let entered = State(Entered::default());
    let title = create(
        caller("ADMIN").authorize().unwrap(),
        entered,
        Json("a".into()),
    )
    .await;
    assert_eq!(title, "a");
    let denied = caller("member")
        .authorize::<policies::note::Create>()
        .unwrap_err();
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    assert_eq!(denied.policy(), Some("note:create"));
    let reason = denied.reason().unwrap().to_string();
    assert!(reason.contains("role:admin"), "{reason}");
}

#[tokio::test]
async fn a_unit_test_calls_a_handler_that_decides_about_its_target() {
    let note = Note {
        owner_id: "u1".to_owned(),
    };
    for (user, allowed) in [("u1", true), ("u2", false)] {
        let context = RequestContext::builder()
            .user_id(user)
            .enforcer(&enforcer());
        let context = context.build();
        let updated = update(
            context.authorizing().unwrap(),
            Found(note.clone()),
            Json("title".to_owned()),
        );
        assert_eq!(updated.await.is_ok(), allowed, "{user}");
    }
}
