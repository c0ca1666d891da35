//! Twins of mistakes in `#[service]`.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::service_api::service;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{ApiError, AuthToken, Config, Found, Microversion, RequestContext};
use proxies::Proxies;
use serde_json::{Value, json};
use tower::ServiceExt;

keystone_middleware::policies!("../ui/mistakes/policies/proxies.yaml");

pub mod api {
    keystone_middleware::service!(
        "../ui/mistakes/specs/service.yaml",
        policies = crate::twins::services::policies
    );
}

#[path = "../../ui/mistakes/service/proxies.rs"]
pub mod proxies;

// Twin of constant_in_a_service, generic_service, operation_that_is_missing.
// Twin of operation_that_the_document_lacks, operation_written_twice.
// Twin of service_of_a_module_that_is_not_there, service_of_a_module_without_operations.
// Twin of service_on_a_struct, service_on_a_trait_implementation, service_with_an_unknown_argument.
// Twin of service_without_a_module, several_mistakes_in_one_service.
#[service(crate::twins::services::api)]
impl Proxies {
    // Twin of operation_renamed, operation_whose_argument_has_another_type.
    // Twin of operation_with_a_policy_that_reads_a_target, operation_with_another_policy.
    // Twin of operation_with_the_body_of_another, operation_with_two_policies_where_one_is_due.
    // Twin of operation_without_a_policy, policy_of_an_operation_in_a_table.
    // Twin of policy_of_an_operation_without_a_name, protected_operation_that_is_public.
    #[policy("proxy:index")]
    async fn list_proxies(
        &self,
        ctx: RequestContext,
        query: api::ProxyListQuery,
    ) -> Result<Vec<api::Proxy>, ApiError> {
        let all = self.all();
        let seen = all.values().filter(|proxy| {
            ctx.project_id.as_ref() == Some(&proxy.project_id)
                && query
                    .domain
                    .as_ref()
                    .is_none_or(|domain| *domain == proxy.domain)
        });
        Ok(seen.cloned().collect())
    }

    // Twin of argument_of_an_operation_under_a_condition, generic_operation.
    // Twin of missing_colon_in_an_operation, operation_that_changes_the_service.
    // Twin of operation_that_consumes_the_service, operation_that_is_not_async.
    // Twin of operation_under_a_condition, operation_with_a_response_of_ones_own.
    // Twin of operation_with_a_status_that_the_document_lacks, operation_with_an_impl_argument.
    // Twin of operation_with_another_response, operation_with_the_query_of_another.
    // Twin of operation_without_a_response, operation_without_self.
    // Twin of public_operation_beside_a_policy, public_operation_that_does_not_say_so.
    // Twin of public_operation_with_a_policy, unsafe_operation.
    #[policy(public)]
    async fn get_proxy(&self, path: api::ProxyPath) -> Result<api::Proxy, ApiError> {
        self.find(&path)
    }

    // Twin of missing_semicolon_in_an_operation, misspelt_key_on_an_operation.
    // Twin of operation_that_cannot_carry_a_refusal, operation_that_loads_what_cannot_be_loaded.
    // Twin of operation_that_takes_its_body_twice, operation_whose_policy_has_no_target.
    // Twin of operation_whose_target_lacks_a_field, operation_with_a_body_of_axum.
    // Twin of operation_with_a_misspelt_policy, operation_with_a_name_of_ones_own.
    #[policy("proxy:update", target = &proxy, proof = may)]
    async fn update_proxy(
        &self,
        change: api::ProxyUpdate,
        Found(proxy): Found<api::Proxy>,
        version: Microversion,
    ) -> Result<api::Proxy, ApiError> {
        may.covers(&proxy)?;
        let domain = change.domain.unwrap_or_default();
        Ok(api::Proxy {
            domain: format!("{domain} in {version}"),
            ..proxy
        })
    }

    // Twin of operation_that_stays_in_its_thread, operation_with_one_policy_where_two_are_due.
    // Twin of operation_with_the_same_policy_twice, operation_without_arguments.
    #[policy("proxy:create")]
    #[policy("proxy:index", proof = by)]
    async fn purge_proxies(&self) -> Result<(), ApiError> {
        assert!(by.caller().user_id.is_some());
        self.all().clear();
        Ok(())
    }
}

fn proxies() -> Proxies {
    let proxies = Proxies::default();
    for (id, project_id) in [("1", "p2"), ("2", "p3")] {
        let proxy = api::Proxy {
            id: id.into(),
            project_id: project_id.to_owned(),
            domain: format!("{id}.example.org"),
        };
        proxies.all().insert(id.to_owned(), proxy);
    }
    proxies
}

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
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let layer = AuthToken::layer(config.build().unwrap());
    proxies().into_routes(enforcer).into_router_with(layer)
}

async fn send(method: &str, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("Content-Type", "application/json");
    let request = match token {
        "" => request,
        token => request.header("X-Auth-Token", token),
    };
    let body = match body {
        Value::Null => Body::empty(),
        body => body.to_string().into(),
    };
    let response = app().oneshot(request.body(body).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn operations_are_served_to_those_whom_their_policies_allow() {
    let none = || Value::Null;
    let (status, list) = send("GET", "/v1/proxies?domain=1.example.org", "owner", none()).await;
    let own = json!({"id": "1", "project_id": "p2", "domain": "1.example.org"});
    assert_eq!((status.as_u16(), &list["proxies"]), (200, &json!([own])));
    assert_eq!(send("GET", "/v1/proxies", "", none()).await.0, 401);
    assert_eq!(
        send("GET", "/v1/proxies/1", "", none()).await,
        (StatusCode::OK, json!({"proxy": own}))
    );
    assert_eq!(send("GET", "/v1/proxies/3", "", none()).await.0, 404);
}

#[tokio::test]
async fn a_target_is_loaded_and_the_body_is_read_before_the_decision() {
    let body = || json!({"proxy": {"domain": "new.example.org"}});
    let (status, changed) = send("PATCH", "/v1/proxies/1", "owner", body()).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["proxy"]["domain"], "new.example.org in 1.0");
    assert_eq!(
        send("PATCH", "/v1/proxies/1", "stranger", body()).await.0,
        403
    );
    assert_eq!(send("PATCH", "/v1/proxies/1", "", body()).await.0, 401);
    assert_eq!(
        send("PATCH", "/v1/proxies/3", "stranger", body()).await.0,
        404
    );
    let wrong = json!({"proxy": {"domain": 1}});
    assert_eq!(
        send("PATCH", "/v1/proxies/1", "stranger", wrong).await.0,
        400
    );
}

#[tokio::test]
async fn an_operation_with_two_policies_asks_for_both() {
    assert_eq!(
        send("DELETE", "/v1/proxies", "admin", Value::Null).await.0,
        204
    );
    assert_eq!(
        send("DELETE", "/v1/proxies", "owner", Value::Null).await.0,
        403
    );
    assert_eq!(send("DELETE", "/v1/proxies", "", Value::Null).await.0, 401);
}

#[tokio::test]
async fn a_unit_test_calls_a_method_with_the_decision_of_a_context() {
    let proxies = proxies();
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let caller = |project: &str, role: &str| {
        let context = RequestContext::builder().user_id("u1").project_id(project);
        context.roles([role]).enforcer(&enforcer).build()
    };
    let own = proxies.all()["1"].clone();
    let change = || api::ProxyUpdate {
        domain: Some("new".to_owned()),
    };
    let version = Microversion::new(1, 0);
    let owner = caller("p2", "member");
    let updated = proxies
        .update_proxy(
            owner.authorizing().unwrap(),
            change(),
            Found(own.clone()),
            version,
        )
        .await;
    assert_eq!(updated.unwrap().domain, "new in 1.0");
    let stranger = caller("p3", "member");
    let refused = proxies
        .update_proxy(
            stranger.authorizing().unwrap(),
            change(),
            Found(own),
            version,
        )
        .await;
    assert_eq!(refused.unwrap_err().status(), 403);

    let query = api::ProxyListQuery { domain: None };
    let listed = proxies
        .list_proxies(owner.authorize().unwrap(), owner.clone(), query)
        .await;
    assert_eq!(listed.unwrap().len(), 1);
    let path = api::ProxyPath {
        proxy_id: "2".into(),
    };
    assert!(proxies.get_proxy(path).await.is_ok());
    let admin = caller("p1", "admin");
    let purged = proxies.purge_proxies(admin.authorize().unwrap(), admin.authorize().unwrap());
    assert!(purged.await.is_ok());
}
