//! A build system, and a Keystone that trusts it, in one server.

use std::io;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const FEDERATION: &str = "/v3/OS-FEDERATION/identity_providers/builds/protocols/openid/auth";

/// Starts it. Its address.
pub(crate) async fn start() -> io::Result<String> {
    let app = Router::new()
        .route("/id_tokens", post(issue))
        .route(FEDERATION, post(log_in))
        .route("/v3/auth/tokens", post(exchange));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}"))
}

fn shows(headers: &HeaderMap, bearer: &str) -> bool {
    let shown = headers.get(header::AUTHORIZATION);
    shown.is_some_and(|shown| shown == &format!("Bearer {bearer}"))
}

/// The build system gives each job its id token.
async fn issue(headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    if !shows(&headers, "s3cr3t") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(json!({"id_token": "id-token-of-job-17"})))
}

/// The web server in front of Keystone checks the id token, and a mapping names the user.
async fn log_in(headers: HeaderMap) -> Result<Response, StatusCode> {
    if !shows(&headers, "id-token-of-job-17") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(token("unscoped", &json!({})))
}

/// Keystone exchanges the unscoped token for one of the project.
async fn exchange(Json(asked): Json<Value>) -> Result<Response, StatusCode> {
    if asked.pointer("/auth/identity/token/id") != Some(&"unscoped".into()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let name = asked.pointer("/auth/scope/project/name");
    let domain = json!({"id": "default", "name": "Default"});
    let project = json!({"project": {"id": "p", "name": name, "domain": domain}});
    Ok(token("scoped", &project))
}

fn token(text: &'static str, scope: &Value) -> Response {
    let mut token = json!({
        "expires_at": "2999-01-01T00:00:00Z",
        "methods": ["openid"],
        "user": {"id": "u", "name": "job 17", "domain": {"id": "builds", "name": "builds"}},
    });
    if let (Some(token), Some(scope)) = (token.as_object_mut(), scope.as_object()) {
        token.extend(scope.clone());
    }
    let body = Json(json!({ "token": token }));
    (StatusCode::CREATED, [("x-subject-token", text)], body).into_response()
}
