//! Public handlers, and what a stranger learns of the others: nothing.

use axum::Router;
use axum::body::Body;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{Request, Response, StatusCode};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::{delete, get};
use keystone_middleware::testing::Tokens;
use keystone_middleware::{AuthToken, Config, ConfigBuilder, RequestContext, Routes, policy};

use super::{CHALLENGE, KEYSTONE, request, same, send, tokens};
use crate::log::Log;
use crate::policies;

#[policy(public)]
async fn versions(ctx: Option<RequestContext>) -> String {
    let user = ctx.and_then(|ctx| ctx.user_id.clone());
    user.unwrap_or_else(|| "nobody".to_owned())
}

#[policy("note:index")]
async fn index() -> &'static str {
    "index"
}

#[policy("note:create")]
async fn create(title: String) -> String {
    title
}

fn routes() -> Routes {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    Routes::new(enforcer)
        .route("/", get(versions))
        .route("/notes", get(index).post(create))
        .route("/notes/{id}", delete(create))
        // Public by one method and not by the other.
        .route("/mixed", get(versions).post(create))
}

fn layer(
    tokens: &Tokens,
    change: fn(ConfigBuilder) -> ConfigBuilder,
) -> keystone_middleware::AuthTokenLayer {
    let config = change(Config::with_validator(KEYSTONE, tokens.clone()));
    AuthToken::layer(config.build().unwrap())
}

fn app(tokens: &Tokens) -> Router {
    routes().into_router_with(layer(tokens, same))
}

fn call(method: &str, path: &str, token: Option<&str>) -> Request<Body> {
    let request = request(method, path);
    let request = match token {
        Some(token) => request.header("X-Auth-Token", token),
        None => request,
    };
    request.body(Body::from("text")).unwrap()
}

/// Everything of a response that a stranger can see.
async fn seen(response: Response<Body>) -> (StatusCode, Vec<(String, String)>, String) {
    let status = response.status();
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (status, headers, super::text(response).await)
}

#[tokio::test]
async fn a_public_handler_is_reached_without_a_token_and_with_a_valid_one() {
    let app = app(&tokens());
    for (method, path) in [("GET", "/"), ("HEAD", "/"), ("GET", "/mixed")] {
        let response = send(&app, call(method, path, None)).await;
        assert_eq!(response.status(), StatusCode::OK, "{method} {path}");
    }
    let response = send(&app, call("GET", "/", None)).await;
    assert_eq!(super::text(response).await, "nobody");
    let response = send(&app, call("GET", "/", Some("member"))).await;
    assert_eq!(super::text(response).await, "u-member");
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_refused_by_public_handlers_too() {
    let tokens = tokens();
    let app = app(&tokens);
    for token in ["unknown", ""] {
        let response = send(&app, call("GET", "/", Some(token))).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token:?}");
    }
    let twice = request("GET", "/")
        .header("X-Auth-Token", "member")
        .header("X-Auth-Token", "admin");
    let response = send(&app, twice.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let service = request("GET", "/").header("X-Service-Token", "unknown");
    let response = send(&app, service.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    tokens.set_unavailable(true);
    let response = send(&app, call("GET", "/", Some("new"))).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let response = send(&app, call("GET", "/", None)).await;
    assert_eq!(response.status(), StatusCode::OK);
}

/// Paths and methods that are routed, that are not, and that nearly are.
const CALLS: [(&str, &str); 12] = [
    ("GET", "/notes"),
    ("POST", "/notes"),
    ("PUT", "/notes"),
    ("OPTIONS", "/notes"),
    ("PROPFIND", "/notes"),
    ("DELETE", "/notes/1"),
    ("GET", "/notes/1"),
    ("POST", "/mixed"),
    ("DELETE", "/mixed"),
    ("POST", "/"),
    ("GET", "/unknown"),
    ("PROPFIND", "/unknown/too"),
];

#[tokio::test]
async fn a_stranger_sees_one_response_whatever_is_routed() {
    let plain = routes().into_router().layer(layer(&tokens(), same));
    for (name, app) in [("with", app(&tokens())), ("plain", plain)] {
        for token in [None, Some("unknown")] {
            let mut responses = Vec::new();
            for (method, path) in CALLS {
                let response = send(&app, call(method, path, token)).await;
                assert_eq!(
                    response.status(),
                    StatusCode::UNAUTHORIZED,
                    "{method} {path}"
                );
                assert_eq!(response.headers()[WWW_AUTHENTICATE], CHALLENGE);
                responses.push(seen(response).await);
            }
            responses.dedup();
            assert_eq!(responses.len(), 1, "{name} {token:?}: {responses:#?}");
        }
    }
}

#[tokio::test]
async fn who_has_a_token_is_told_the_methods_of_a_path() {
    let plain = routes().into_router().layer(layer(&tokens(), same));
    for app in [app(&tokens()), plain] {
        for method in ["PUT", "PROPFIND", "OPTIONS"] {
            let response = send(&app, call(method, "/notes", Some("member"))).await;
            assert_eq!(
                response.status(),
                StatusCode::METHOD_NOT_ALLOWED,
                "{method}"
            );
            assert_eq!(response.headers()[ALLOW], "GET,HEAD,POST", "{method}");
        }
        let response = send(&app, call("GET", "/unknown", Some("member"))).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_caller_who_is_not_admin_is_refused_behind_the_layer_that_knows_public_handlers() {
    let app = app(&tokens());
    for (token, wanted) in [("admin", StatusCode::OK), ("member", StatusCode::FORBIDDEN)] {
        let response = send(&app, call("POST", "/notes", Some(token))).await;
        assert_eq!(response.status(), wanted, "{token}");
    }
}

#[tokio::test]
async fn with_a_delayed_decision_public_handlers_take_everybody() {
    let app =
        routes().into_router_with(layer(&tokens(), |config| config.delay_auth_decision(true)));
    for token in [None, Some("unknown")] {
        let response = send(&app, call("GET", "/", token)).await;
        assert_eq!(super::text(response).await, "nobody", "{token:?}");
        let response = send(&app, call("GET", "/notes", token)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token:?}");
    }
}

#[test]
fn public_routes_that_a_plain_layer_shuts_are_logged() {
    let log = Log::start();
    let _: Router = routes().into_router();
    let told = log.text();
    assert!(
        told.contains("WARN") && told.contains("GET /, GET /mixed"),
        "{told}"
    );
    assert!(told.contains("into_router_with"), "{told}");
    let log = Log::start();
    let _ = routes().into_router_with(layer(&tokens(), same));
    assert!(!log.text().contains("into_router_with"), "{}", log.text());
}

#[tokio::test]
async fn routes_added_one_by_one_to_a_path_are_its_methods() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let routes = Routes::new(enforcer)
        .route("/notes", get(index))
        .route("/", get(versions))
        .route("/notes", keystone_middleware::routing::post(create));
    let app = routes.into_router_with(layer(&tokens(), same));
    for method in ["GET", "POST"] {
        let response = send(&app, call(method, "/notes", Some("admin"))).await;
        assert_eq!(response.status(), StatusCode::OK, "{method}");
    }
}
