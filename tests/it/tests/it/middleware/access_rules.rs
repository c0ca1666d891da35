//! Tokens that are limited by the access rules of an application credential.

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::StatusCode;
use keystone_middleware::ConfigBuilder;
use keystone_middleware::testing::{TestToken, Tokens};
use serde_json::{Value, json};

use super::{behind, request, same, status, tokens};

fn limited(rules: Value) -> Tokens {
    let tokens = tokens();
    let credential = json!({"id": "a", "name": "a", "restricted": true, "access_rules": rules});
    let catalog = json!([{"type": "proxy", "id": "s", "name": "proxy", "endpoints": []}]);
    let token = TestToken::user("u").project("p1").roles(["member"]);
    tokens.add(
        "limited",
        token
            .with("application_credential", credential)
            .with("catalog", catalog),
    );
    tokens.add("nova", TestToken::user("nova").roles(["service"]));
    tokens
}

fn rule(method: &str, path: &str) -> Value {
    json!([{"id": "r", "service": "proxy", "method": method, "path": path}])
}

fn proxy(config: ConfigBuilder) -> ConfigBuilder {
    config.service_type("proxy")
}

fn app() -> Router {
    Router::new().fallback(any(async || "in"))
}

async fn call(app: &Router, method: &str, path: &str, service: Option<&str>) -> StatusCode {
    let mut request = request(method, path).header("X-Auth-Token", "limited");
    if let Some(token) = service {
        request = request.header("X-Service-Token", token);
    }
    status(app, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_call_that_a_rule_names_is_let_in_and_no_other() {
    let app = behind(app(), &limited(rule("GET", "/v1/proxies/*")), proxy);
    assert_eq!(
        call(&app, "GET", "/v1/proxies/x?y=z", None).await,
        StatusCode::OK
    );
    assert_eq!(
        call(&app, "GET", "/v1/proxies", None).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        call(&app, "HEAD", "/v1/proxies/x", None).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        call(&app, "DELETE", "/v1/proxies/x", None).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn an_empty_list_of_rules_allows_nothing() {
    let app = behind(app(), &limited(json!([])), proxy);
    assert_eq!(call(&app, "GET", "/", None).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_service_that_does_not_know_its_type_or_is_not_in_the_catalog_refuses() {
    let tokens = limited(rule("GET", "/**"));
    let nameless = behind(app(), &tokens, same);
    assert_eq!(
        call(&nameless, "GET", "/", None).await,
        StatusCode::UNAUTHORIZED
    );
    let elsewhere = behind(app(), &tokens, |config| config.service_type("compute"));
    assert_eq!(
        call(&elsewhere, "GET", "/", None).await,
        StatusCode::UNAUTHORIZED
    );
    let here = behind(app(), &tokens, proxy);
    assert_eq!(call(&here, "GET", "/", None).await, StatusCode::OK);
}

#[tokio::test]
async fn only_a_service_token_with_the_role_relaxes_the_rules() {
    let tokens = limited(json!([]));
    for required in [true, false] {
        let app = behind(app(), &tokens, |config| {
            proxy(config).service_token_roles_required(required)
        });
        assert_eq!(call(&app, "GET", "/", Some("nova")).await, StatusCode::OK);
        assert_eq!(
            call(&app, "GET", "/", Some("member")).await,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            call(&app, "GET", "/", Some("unknown")).await,
            StatusCode::UNAUTHORIZED
        );
    }
}
