//! The service side: token validation, contexts, enforcement and routes.

use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config, ConfigBuilder};
use serde_json::Value;
use tower::ServiceExt;

mod access_rules;
mod awaited;
mod cache;
mod headers;
mod live;
mod logs;
mod policy;
mod policy_files;
mod proofs;
mod public;
mod refusals;
mod remote;
mod remote_tls;
mod retain;
mod routes;
mod targets;

const KEYSTONE: &str = "http://keystone.example:5000/v3";
const CHALLENGE: &str = "Keystone uri=\"http://keystone.example:5000/v3\"";

/// Tokens `member` and `admin` of the project `p1`.
fn tokens() -> Tokens {
    let tokens = Tokens::new();
    for role in ["member", "admin"] {
        let token = TestToken::user(&format!("u-{role}"))
            .project("p1")
            .roles([role]);
        tokens.add(role, token);
    }
    tokens
}

/// `app` behind the layer with these tokens and settings.
fn behind(
    app: Router,
    tokens: &Tokens,
    change: impl FnOnce(ConfigBuilder) -> ConfigBuilder,
) -> Router {
    let config = change(Config::with_validator(KEYSTONE, tokens.clone()));
    app.layer(AuthToken::layer(config.build().unwrap()))
}

fn same(config: ConfigBuilder) -> ConfigBuilder {
    config
}

fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path)
}

fn get(path: &str, token: &str) -> Request<Body> {
    request("GET", path)
        .header("X-Auth-Token", token)
        .body(Body::empty())
        .unwrap()
}

async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

async fn status(app: &Router, request: Request<Body>) -> StatusCode {
    send(app, request).await.status()
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn json(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

fn challenges(response: &Response<Body>) -> Vec<&str> {
    let values = response.headers().get_all("WWW-Authenticate").iter();
    values.map(|value| value.to_str().unwrap()).collect()
}
