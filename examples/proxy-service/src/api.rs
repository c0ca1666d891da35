//! The proxies API: what the Flask article does, with the policy of each handler beside it.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::get;
use keystone_middleware::{AuthTokenLayer, Denied, Found, RequestContext, Routes, policy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::microversion::Microversion;
use crate::policies;
use crate::store::{Db, NewProxy, Proxy, ProxyChange};

/// The API over `db`, decided by `enforcer` about callers whom `tokens` knows.
pub fn router(enforcer: Enforcer, db: Db, tokens: AuthTokenLayer) -> Router {
    Routes::new(enforcer)
        .route("/v1/proxies", get(index).post(create).delete(purge))
        .route("/v1/proxies/{id}", get(view).patch(update).delete(remove))
        .with_state(db)
        .into_router_with(tokens)
}

#[policy("proxy:index")]
async fn index(
    ctx: RequestContext,
    State(db): State<Db>,
    Extension(version): Extension<Microversion>,
    Query(filter): Query<Filter>,
) -> Result<Json<Proxies>, ApiError> {
    let mut proxies = db.list(filter.domain.as_deref());
    if filter.editable.is_some() && version >= Microversion::V1_2 {
        // The policy of another operation as a condition on proxies; a database would take it as SQL.
        let editable = ctx.filter::<policies::proxy::Update>()?;
        proxies.retain(|proxy| editable.matches(proxy));
    }
    let proxies = proxies.iter().map(|proxy| version.show(proxy)).collect();
    Ok(Json(Proxies { proxies }))
}

#[policy("proxy:view")]
async fn view(
    Extension(version): Extension<Microversion>,
    Found(proxy): Found<Proxy>,
) -> Json<OneProxy> {
    Json(OneProxy::at(version, &proxy))
}

#[policy("proxy:create", proof = may)]
async fn create(
    ctx: RequestContext,
    State(db): State<Db>,
    Extension(version): Extension<Microversion>,
    Json(body): Json<OneNewProxy>,
) -> Result<(StatusCode, Json<OneProxy>), ApiError> {
    check_note(version, body.proxy.note.is_some())?;
    let project_id = ctx.project_id.as_deref().ok_or(ApiError::NoProject)?;
    let proxy = db
        .create(&may, project_id, body.proxy)
        .ok_or(ApiError::Taken)?;
    Ok((StatusCode::CREATED, Json(OneProxy::at(version, &proxy))))
}

#[policy("proxy:update", target = &proxy, proof = may)]
async fn update(
    State(db): State<Db>,
    Extension(version): Extension<Microversion>,
    Found(proxy): Found<Proxy>,
    Json(body): Json<OneChange>,
) -> Result<Json<OneProxy>, ApiError> {
    check_note(version, body.proxy.note.is_some())?;
    let proxy = db
        .update(&may, &proxy.id, body.proxy)?
        .ok_or(ApiError::Gone)?;
    Ok(Json(OneProxy::at(version, &proxy)))
}

#[policy("proxy:delete", target = &proxy, proof = may)]
async fn remove(State(db): State<Db>, Found(proxy): Found<Proxy>) -> Result<StatusCode, ApiError> {
    if db.delete(&may, &proxy.id)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::Gone)
    }
}

#[policy("proxy:purge", proof = may)]
async fn purge(State(db): State<Db>) -> StatusCode {
    db.clear(&may);
    StatusCode::NO_CONTENT
}

/// `?domain=NAME&editable`
#[derive(Deserialize)]
struct Filter {
    domain: Option<String>,
    editable: Option<String>,
}

/// `{"proxies": [..]}`
#[derive(Serialize)]
struct Proxies {
    proxies: Vec<Value>,
}

/// `{"proxy": {..}}`
#[derive(Serialize)]
struct OneProxy {
    proxy: Value,
}

impl OneProxy {
    fn at(version: Microversion, proxy: &Proxy) -> Self {
        Self {
            proxy: version.show(proxy),
        }
    }
}

/// Versions that have no notes do not take any.
fn check_note(version: Microversion, is_given: bool) -> Result<(), ApiError> {
    if is_given && version < Microversion::V1_1 {
        return Err(ApiError::Later);
    }
    Ok(())
}

#[derive(Deserialize)]
struct OneNewProxy {
    proxy: NewProxy,
}

#[derive(Deserialize)]
struct OneChange {
    proxy: ProxyChange,
}

/// What the service itself refuses, after policy has allowed.
#[derive(Debug)]
enum ApiError {
    Denied(Denied),
    Gone,
    Later,
    NoProject,
    Taken,
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, title, message) = match self {
            Self::Denied(denied) => return denied.into_response(),
            Self::Gone => (
                StatusCode::NOT_FOUND,
                "Not Found",
                "There is no such proxy.",
            ),
            Self::Later => (
                StatusCode::BAD_REQUEST,
                "Bad Request",
                "A proxy has a `note` since microversion 1.1.",
            ),
            Self::NoProject => (
                StatusCode::BAD_REQUEST,
                "Bad Request",
                "A proxy belongs to a project: use a token that is scoped to one.",
            ),
            Self::Taken => (
                StatusCode::CONFLICT,
                "Conflict",
                "Another proxy already has this domain.",
            ),
        };
        let body = json!({"error": {"code": status.as_u16(), "title": title, "message": message}});
        (status, Json(body)).into_response()
    }
}
