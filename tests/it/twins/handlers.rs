//! Twins of mistakes in handlers, their targets and their routes.

use axum::body::Body;
use axum::{Extension, Json, Router};
use http::{Request, StatusCode};
use keystone_middleware::policy::{Enforcer, Value};
use keystone_middleware::routing::{get, post};
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{
    AuthToken, Authorized, Config, Denied, PolicyTarget, RequestContext, Routes, policy,
};
use tower::ServiceExt;

use super::policies;

#[derive(Clone, PolicyTarget)]
struct Proxy {
    project_id: String,
}

// Twin of policy_without_a_name, policy_named_without_quotes.
// Twin of policy_on_a_function_that_is_not_async, policy_on_a_struct, two_policies_on_one_handler.
// Twin of handler_whose_body_is_not_last, missing_semicolon_in_a_handler.
// Twin of missing_colon_in_the_arguments_of_a_handler, routed_function_that_is_not_async.
// Twin of unknown_policy_on_a_routed_handler, policy_in_a_table_that_is_not_there.
// Twin of policy_of_a_broken_file_named_by_its_type, argument_without_an_extractor.
// Twin of body_that_cannot_be_read, argument_that_stays_in_its_thread, return_type_that_is_not_a_response.
#[policy("proxy:create", table = policies)]
async fn create(_: RequestContext, Json(domain): Json<String>) -> String {
    domain
}

// Twin of misspelt_key_on_a_routed_handler.
// Twin of unknown_key_in_policy_attribute, policy_that_reads_a_target_without_one.
// Twin of rule_reads_a_field_its_target_lacks, target_without_the_derive.
// Twin of target_that_is_not_borrowed, refusal_that_the_return_type_cannot_carry.
#[policy("proxy:update", table = policies, target = &proxy)]
async fn update(Extension(proxy): Extension<Proxy>) -> Result<String, Denied> {
    Ok(proxy.project_id)
}

// Twin of public_handler_with_a_target.
#[policy(public)]
async fn view(Extension(proxy): Extension<Proxy>) -> String {
    proxy.project_id
}

// Twin of debug_handler_above_the_policy.
#[policy("proxy:index", table = policies)]
#[axum::debug_handler]
async fn debugged(_: RequestContext, name: String) -> String {
    name
}

// Twin of handler_with_sixteen_arguments.
#[allow(clippy::too_many_arguments, reason = "as many as axum takes")]
#[rustfmt::skip]
#[policy("proxy:index", table = policies)]
async fn count(
    _: (), _: (), _: (), _: (), _: (), _: (), _: (),
    _: (), _: (), _: (), _: (), _: (), _: (), _: (),
    name: String,
) -> String {
    name.len().to_string()
}

struct Proxies;

impl Proxies {
    // Twin of routed_method_with_self.
    #[policy("proxy:index", table = policies)]
    async fn index() -> &'static str {
        "everything"
    }

    #[policy("proxy:create", table = policies, proof = may)]
    async fn create(&mut self, domain: &str) -> String {
        format!("{domain} of {:?}", may.caller().user_id)
    }

    #[policy("proxy:update", table = policies, target = proxy)]
    async fn update(self, proxy: &Proxy) -> Result<String, Denied> {
        Ok(proxy.project_id.clone())
    }
}

#[tokio::test]
async fn a_method_is_called_with_the_decision_of_its_policy() -> Result<(), Denied> {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let context = |project: &str, role: &str| {
        let context = RequestContext::builder().user_id("u1").project_id(project);
        context.roles([role]).enforcer(&enforcer).build()
    };
    let (admin, owner, stranger) = (
        context("p1", "admin"),
        context("p2", "member"),
        context("p3", "member"),
    );
    let created = Proxies.create(admin.authorize()?, "example.org").await;
    assert_eq!(created, "example.org of Some(\"u1\")");
    let proxy = Proxy {
        project_id: "p2".to_owned(),
    };
    assert_eq!(Proxies.update(owner.authorizing()?, &proxy).await?, "p2");
    let refused = Proxies.update(stranger.authorizing()?, &proxy).await;
    assert_eq!(refused.unwrap_err().status(), 403);
    Ok(())
}

// Twin of unprotected_handler_on_routes, unprotected_handler_behind_another.
// Twin of routing_of_axum_on_routes.
fn app() -> Router {
    let tokens = Tokens::new();
    for (id, project, role) in [
        ("admin", "p1", "admin"),
        ("owner", "p2", "member"),
        ("stranger", "p3", "member"),
    ] {
        tokens.add(id, TestToken::user(id).project(project).roles([role]));
    }
    let config = Config::with_validator("http://keystone.example:5000/v3", tokens);
    let config = config.delay_auth_decision(true).build().unwrap();
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let proxy = Proxy {
        project_id: "p2".to_owned(),
    };
    Routes::new(enforcer)
        .route("/v1/proxies", get(Proxies::index).post(create))
        .route("/v1/proxies/1", get(view).put(update))
        .route("/v1/old", post(create))
        .route("/v1/count", post(count).put(debugged))
        .into_router()
        .layer(Extension(proxy))
        .layer(AuthToken::layer(config))
}

async fn status(method: &str, path: &str, token: Option<&str>) -> StatusCode {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("X-Auth-Token", token);
    }
    let request = request.header("Content-Type", "application/json");
    let request = request.body(Body::from("\"example.org\"")).unwrap();
    app().oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_plain_policy_is_decided_by_the_role() {
    let path = "/v1/proxies";
    assert_eq!(status("POST", path, Some("admin")).await, 200);
    assert_eq!(status("POST", path, Some("owner")).await, 403);
    assert_eq!(status("POST", path, None).await, 401);
    assert_eq!(status("GET", path, Some("stranger")).await, 200);
    assert_eq!(status("GET", path, None).await, 401);
    assert_eq!(status("POST", "/v1/old", Some("owner")).await, 403);
}

#[tokio::test]
async fn a_handler_has_up_to_fifteen_arguments_beside_its_proof() {
    assert_eq!(status("POST", "/v1/count", Some("stranger")).await, 200);
    assert_eq!(status("POST", "/v1/count", None).await, 401);
}

#[tokio::test]
async fn debug_handler_goes_below_the_policy() {
    assert_eq!(status("PUT", "/v1/count", Some("stranger")).await, 200);
    assert_eq!(status("PUT", "/v1/count", None).await, 401);
}

#[tokio::test]
async fn a_policy_with_a_target_is_decided_by_its_fields() {
    let path = "/v1/proxies/1";
    assert_eq!(status("PUT", path, Some("owner")).await, 200);
    assert_eq!(status("PUT", path, Some("stranger")).await, 403);
    assert_eq!(status("PUT", path, None).await, 401);
}

#[tokio::test]
async fn a_public_handler_answers_everybody() {
    assert_eq!(status("GET", "/v1/proxies/1", None).await, 200);
}

// Twin of policy_target_on_an_enum.
#[test]
fn the_fields_of_a_struct_are_what_policies_read() {
    let proxy = Proxy {
        project_id: "p2".to_owned(),
    };
    let read = proxy.attr("project_id");
    assert!(matches!(read, Some(Value::Str("p2"))), "{read:?}");
    assert!(proxy.attr("owner_id").is_none());
}

/// What only a caller may do who was found to be allowed to.
fn store(_: Authorized<policies::proxy::Create>) -> &'static str {
    "stored"
}

// Twin of proof_made_by_hand, proof_of_another_policy.
#[test]
fn a_proof_comes_from_a_decision_about_the_same_policy() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let context = |role: &str| {
        let context = RequestContext::builder().user_id("u1").roles([role]);
        context.enforcer(&enforcer).build()
    };
    assert_eq!(context("admin").authorize().map(store).ok(), Some("stored"));
    assert!(context("member").authorize().map(store).is_err());
}
