//! Twins of mistakes with proofs, and with targets that are decided about without the attribute.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use keystone_middleware::policy::{Enforcer, PlainPolicy, Policy};
use keystone_middleware::routing::{MethodRoutes, delete, get};
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{
    AuthToken, Authorized, Config, Denied, PolicyTarget, RequestContext, Routes, policy,
};
use tower::ServiceExt;

use super::policies;

#[derive(Clone, PolicyTarget)]
struct Backend {
    id: String,
    project_id: String,
}

fn backend(project: &str) -> Backend {
    Backend {
        id: "b1".to_owned(),
        project_id: project.to_owned(),
    }
}

fn enforcer() -> Enforcer {
    Enforcer::builder(&policies::DEFAULTS).build().unwrap()
}

// Twin of proof_from_an_enforcer_of_ones_own, proof_made_by_hand.
fn caller(role: &str) -> RequestContext {
    let caller = RequestContext::builder().project_id("p1").roles([role]);
    caller.enforcer(&enforcer()).build()
}

// Twin of target_that_a_proof_is_asked_about_lacks_a_field.
fn store(may: &Authorized<policies::proxy::Update>, backend: &Backend) -> Result<(), Denied> {
    may.covers(backend)
}

// Twin of undecided_argument_written_by_hand.
#[policy("proxy:update", table = policies, target = &backend("p1"), proof = may)]
async fn remove() -> Result<StatusCode, Denied> {
    store(&may, &backend("p1"))?;
    Ok(StatusCode::NO_CONTENT)
}

// Twin of proof_of_a_policy_with_a_target_as_an_argument, handler_type_of_ones_own_on_routes.
async fn create(_: Authorized<policies::proxy::Create>) -> StatusCode {
    StatusCode::CREATED
}

// Twin of public_handler_with_a_proof.
#[policy(public)]
async fn versions() -> &'static str {
    "v1"
}

// Twin of method_routes_made_by_hand, protection_claimed_by_hand, witness_made_by_hand.
fn handlers() -> MethodRoutes {
    get(versions).post(create)
}

#[tokio::test]
async fn handlers_with_a_proof_are_taken() {
    let tokens = Tokens::new();
    tokens.add("owner", TestToken::user("u").project("p1"));
    tokens.add("other", TestToken::user("u").project("p2"));
    let config = Config::with_validator("http://keystone.example:5000/v3", tokens);
    let app: Router = Routes::new(enforcer())
        .route("/", handlers())
        .route("/b1", delete(remove))
        .into_router_with(AuthToken::layer(config.build().unwrap()));
    for (method, path, token, wanted) in [
        ("GET", "/", None, StatusCode::OK),
        ("POST", "/", None, StatusCode::UNAUTHORIZED),
        ("POST", "/", Some("owner"), StatusCode::FORBIDDEN),
        ("DELETE", "/b1", Some("owner"), StatusCode::NO_CONTENT),
        ("DELETE", "/b1", Some("other"), StatusCode::FORBIDDEN),
    ] {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("X-Auth-Token", token);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), wanted, "{method} {path} {token:?}");
    }
}

// Twin of target_of_authorize_for_lacks_a_field, target_of_begin_lacks_a_field.
// Twin of target_of_filter_lacks_a_field, target_of_retain_lacks_a_field.
#[tokio::test]
async fn a_target_that_has_the_field_is_decided_about_in_every_way() {
    type Update = policies::proxy::Update;
    let ctx = caller("member");
    for (project, wanted) in [("p1", true), ("p2", false)] {
        let backend = backend(project);
        assert_eq!(ctx.authorize_for::<Update>(&backend).is_ok(), wanted);
        let begun = ctx.begin::<Update>(&backend).unwrap();
        assert_eq!(begun.settle().await.is_ok(), wanted);
        assert_eq!(ctx.filter::<Update>().unwrap().matches(&backend), wanted);
        let mut backends = vec![backend];
        ctx.retain::<Update>(&mut backends).await.unwrap();
        assert_eq!(!backends.is_empty(), wanted);
    }
}

// Twin of map_as_a_typed_target.
#[tokio::test]
async fn a_map_is_a_target_of_the_untyped_way() {
    let target = HashMap::from([("project_id".to_owned(), "p1".to_owned())]);
    let decision = caller("member").authorize_untyped("proxy:update", &target);
    assert!(decision.await.is_ok());
}

// Twin of policy_with_a_target_authorized_without_one, policy_said_to_need_no_target.
// Twin of policy_said_to_apply_to_a_type, policy_type_written_by_hand, policies_without_a_name.
#[test]
fn a_policy_without_a_target_is_authorized_by_its_type() {
    fn named<P: PlainPolicy>(ctx: &RequestContext) -> (&'static str, bool) {
        (<P as Policy>::NAME, ctx.authorize::<P>().is_ok())
    }
    let create = named::<policies::proxy::Create>(&caller("admin"));
    assert_eq!(create, ("proxy:create", true));
}
