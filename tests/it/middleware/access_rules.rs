//! Tokens that are limited by the access rules of an application credential.

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::StatusCode;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::get;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config, ConfigBuilder, Routes, policy};
use serde_json::{Value, json};

use super::{behind, request, same, status, tokens};
use crate::policies;

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
    let tokens = limited(rule("GET", "/elsewhere"));
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

#[tokio::test]
async fn a_service_token_relaxes_only_which_rule_must_match() {
    let some = limited(rule("GET", "/elsewhere"));
    let none = limited(json!([]));
    let compute = |config: ConfigBuilder| config.service_type("compute");
    for (case, app) in [
        ("no rules", behind(app(), &none, proxy)),
        ("no service type", behind(app(), &some, same)),
        ("not in the catalog", behind(app(), &some, compute)),
    ] {
        let status = call(&app, "GET", "/", Some("nova")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{case}");
    }
}

/// What the handlers below were called with.
fn service() -> Router {
    use axum::extract::Path;

    Router::new()
        .route("/v1/a/b", any(async || "/v1/a/b"))
        .route(
            "/v1/{id}",
            any(async |Path(id): Path<String>| format!("/v1/{{id}}: {id}")),
        )
        .route(
            "/v1/{id}/b",
            any(async |Path(id): Path<String>| format!("/v1/{{id}}/b: {id}")),
        )
}

#[tokio::test]
async fn an_encoded_slash_separates_nothing() {
    let app = behind(service(), &limited(rule("GET", "/v1/a/b")), proxy);
    assert_eq!(call(&app, "GET", "/v1/a/b", None).await, StatusCode::OK);
    for path in ["/v1/a%2Fb", "/v1/a%2fb", "/v1%2Fa%2Fb", "/v1/a%252Fb"] {
        let status = call(&app, "GET", path, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let segment = behind(service(), &limited(rule("GET", "/v1/*")), proxy);
    for (path, wanted) in [
        ("/v1/a%2Fb", StatusCode::OK),
        ("/v1/a", StatusCode::OK),
        ("/v1/a/b", StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(call(&segment, "GET", path, None).await, wanted, "{path}");
    }
}

#[tokio::test]
async fn the_path_of_the_request_line_counts_wherever_the_layer_stands() {
    let tokens = limited(rule("GET", "/v1/x"));
    let layered = || behind(app(), &tokens, proxy);
    let handlers = || {
        let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
        let config = proxy(Config::with_validator(super::KEYSTONE, tokens.clone()));
        Routes::new(enforcer)
            .route("/v1/x", get(index))
            .into_router_with(AuthToken::layer(config.build().unwrap()))
    };
    for (place, app) in [
        ("nest", Router::new().nest("/admin", layered())),
        (
            "nest_service",
            Router::new().nest_service("/admin", layered()),
        ),
        ("nest of routes", Router::new().nest("/admin", handlers())),
        (
            "nest twice",
            Router::new().nest("/admin", Router::new().nest("/more", layered())),
        ),
    ] {
        for path in ["/admin/v1/x", "/admin/more/v1/x"] {
            let status = call(&app, "GET", path, None).await;
            assert!(
                [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND].contains(&status),
                "{place} {path}: {status}"
            );
        }
    }
    let whole = limited(rule("GET", "/admin/v1/x"));
    let nested = Router::new().nest("/admin", behind(app(), &whole, proxy));
    assert_eq!(
        call(&nested, "GET", "/admin/v1/x", None).await,
        StatusCode::OK
    );
    assert_eq!(
        call(&handlers(), "GET", "/v1/x", None).await,
        StatusCode::OK
    );
}

#[policy("note:index")]
async fn index() -> &'static str {
    "index"
}
