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
use crate::store::{Db, ListFilter, NewProxy, Page, Proxy, ProxyChange, StoreError};

/// The most proxies in one response.
const LONGEST_PAGE: u32 = 1000;

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
    Query(query): Query<ListQuery>,
) -> Result<Json<Proxies>, ApiError> {
    let page = query.page()?;
    // The policy of another operation as a condition on proxies, which goes into the query.
    let editable = query.editable.is_some() && version >= Microversion::V1_2;
    let editable = editable.then(|| ctx.filter::<policies::proxy::Update>());
    let filter = ListFilter {
        domain: query.domain.clone(),
        editable: editable.transpose()?,
    };
    let listed = db.list(&filter, &page).await?;
    let last = listed.proxies.last().filter(|_| listed.more);
    Ok(Json(Proxies {
        proxies_links: last.map(|last| [query.next(page.limit, &last.id)]),
        proxies: listed
            .proxies
            .iter()
            .map(|proxy| version.show(proxy))
            .collect(),
    }))
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
    let proxy = db.create(&may, project_id, body.proxy).await?;
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
    let proxy = db.update(&may, &proxy.id, body.proxy).await?;
    let proxy = proxy.ok_or(ApiError::Gone)?;
    Ok(Json(OneProxy::at(version, &proxy)))
}

#[policy("proxy:delete", target = &proxy, proof = may)]
async fn remove(State(db): State<Db>, Found(proxy): Found<Proxy>) -> Result<StatusCode, ApiError> {
    if db.delete(&may, &proxy.id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::Gone)
    }
}

#[policy("proxy:purge", proof = may)]
async fn purge(State(db): State<Db>) -> Result<StatusCode, ApiError> {
    db.clear(&may).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `?domain=NAME&editable&limit=NUMBER&marker=ID`
#[derive(Deserialize)]
struct ListQuery {
    domain: Option<String>,
    editable: Option<String>,
    limit: Option<String>,
    marker: Option<String>,
}

impl ListQuery {
    fn page(&self) -> Result<Page, ApiError> {
        let limit = match &self.limit {
            None => LONGEST_PAGE,
            Some(limit) => match limit.parse() {
                Ok(limit) if limit > 0 => LONGEST_PAGE.min(limit),
                _ => return Err(ApiError::Limit),
            },
        };
        let marker = self.marker.clone();
        Ok(Page { marker, limit })
    }

    /// Where the page after this one is.
    fn next(&self, limit: u32, last: &str) -> Link {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("domain", &self.domain), ("editable", &self.editable)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair("limit", &limit.to_string());
        query.append_pair("marker", last);
        Link {
            rel: "next",
            href: format!("/v1/proxies?{}", query.finish()),
        }
    }
}

/// `{"proxies": [..]}`
#[derive(Serialize)]
struct Proxies {
    proxies: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxies_links: Option<[Link; 1]>,
}

#[derive(Serialize)]
struct Link {
    rel: &'static str,
    href: String,
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
    Limit,
    NoProject,
    Store(StoreError),
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Denied(denied) => return denied.into_response(),
            Self::Gone => (StatusCode::NOT_FOUND, "There is no such proxy."),
            Self::Later => (
                StatusCode::BAD_REQUEST,
                "A proxy has a `note` since microversion 1.1.",
            ),
            Self::Limit => (
                StatusCode::BAD_REQUEST,
                "`limit` must be a whole number above 0.",
            ),
            Self::NoProject => (
                StatusCode::BAD_REQUEST,
                "A proxy belongs to a project: use a token that is scoped to one.",
            ),
            Self::Store(error) => return error.into_response(),
        };
        error(status, message)
    }
}

impl IntoResponse for StoreError {
    fn into_response(self) -> Response {
        match self {
            Self::Denied(denied) => denied.into_response(),
            other => error(other.status(), &other.to_string()),
        }
    }
}

/// A response in the form of Keystone's errors.
fn error(status: StatusCode, message: &str) -> Response {
    let title = status.canonical_reason();
    let body = json!({"error": {"code": status.as_u16(), "title": title, "message": message}});
    (status, Json(body)).into_response()
}
