//! A service whose handlers came first: the API that `proxies.yaml` describes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::{Query, State};
use http::StatusCode;
use keystone_middleware::openapi::Info;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{
    Denied, Found, Later, LaterRejection, Load, PolicyTarget, RequestContext, Routes, operation,
    operations, policy,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::policies;

type Db = Arc<Mutex<BTreeMap<String, Proxy>>>;

/// A domain name that leads to backends.
#[derive(Clone, Debug, JsonSchema, PolicyTarget, Serialize)]
pub(crate) struct Proxy {
    pub(crate) id: String,
    /// The project that owns it.
    pub(crate) project_id: String,
    /// The name under which the proxy responds.
    pub(crate) domain: String,
    /// Where requests go.
    #[policy(skip)]
    pub(crate) backends: Vec<String>,
    #[schemars(extend("x-openstack-since" = "1.1"))]
    #[policy(skip)]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ProxyCreate {
    /// The name under which the proxy responds.
    domain: String,
    /// Where requests go.
    backends: Vec<String>,
    #[schemars(extend("x-openstack-since" = "1.1"))]
    note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ProxyUpdate {
    /// Where requests go.
    backends: Option<Vec<String>>,
    #[schemars(extend("x-openstack-since" = "1.1"))]
    note: Option<String>,
}

/// What is under `proxy` in a body.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
pub(crate) struct One<T> {
    proxy: T,
}

#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct Many {
    proxies: Vec<Proxy>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Filter {
    domain: Option<String>,
    /// Only those that the caller may change.
    #[schemars(extend("x-openstack-type" = "flag", "x-openstack-since" = "1.2"))]
    editable: Option<bool>,
}

impl Load<Db> for Proxy {
    type Key = String;
    type Error = StatusCode;

    async fn load(id: String, db: &Db) -> Result<Option<Self>, StatusCode> {
        Ok(db.lock().unwrap().get(&id).cloned())
    }
}

/// Lists proxies.
#[operation(GET "/v1/proxies")]
#[policy("proxy:index")]
pub(crate) async fn list_proxies(State(db): State<Db>, Query(filter): Query<Filter>) -> Json<Many> {
    let db = db.lock().unwrap();
    let wanted = |proxy: &&Proxy| {
        let domain = filter.domain.as_ref();
        domain.is_none_or(|domain| *domain == proxy.domain) && filter.editable != Some(false)
    };
    let proxies = db.values().filter(wanted).cloned().collect();
    Json(Many { proxies })
}

/// Creates a proxy.
///
/// In the project of the caller.
// Below the policy as well as above it.
#[policy("proxy:create")]
#[operation(POST "/v1/proxies", status = 201, errors = [409])]
pub(crate) async fn create_proxy(
    ctx: RequestContext,
    State(db): State<Db>,
    Json(One { proxy: new }): Json<One<ProxyCreate>>,
) -> Result<(StatusCode, Json<One<Proxy>>), StatusCode> {
    let proxy = Proxy {
        id: format!("of-{}", new.domain),
        project_id: ctx.project_id.clone().unwrap_or_default(),
        domain: new.domain,
        backends: new.backends,
        note: new.note,
    };
    let mut db = db.lock().unwrap();
    if db.insert(proxy.id.clone(), proxy.clone()).is_some() {
        return Err(StatusCode::CONFLICT);
    }
    Ok((StatusCode::CREATED, Json(One { proxy })))
}

/// Shows a proxy.
#[operation(GET "/v1/proxies/{proxy_id}")]
#[policy("proxy:view")]
pub(crate) async fn get_proxy(Found(proxy): Found<Proxy>) -> Json<One<Proxy>> {
    Json(One { proxy })
}

/// Changes a proxy.
#[operation(PATCH "/v1/proxies/{proxy_id}")]
#[policy("proxy:update", target = &proxy)]
pub(crate) async fn update_proxy(
    State(db): State<Db>,
    Found(mut proxy): Found<Proxy>,
    change: Later<Json<One<ProxyUpdate>>>,
) -> Result<Json<One<Proxy>>, Refused> {
    let Json(One { proxy: change }) = change.await?;
    proxy.backends = change.backends.unwrap_or(proxy.backends);
    proxy.note = change.note.or(proxy.note);
    db.lock().unwrap().insert(proxy.id.clone(), proxy.clone());
    Ok(Json(One { proxy }))
}

/// Deletes a proxy.
#[policy("proxy:delete", target = &proxy)]
#[operation(DELETE "/v1/proxies/{proxy_id}", status = 204)]
pub(crate) async fn delete_proxy(
    State(db): State<Db>,
    Found(proxy): Found<Proxy>,
) -> Result<StatusCode, Denied> {
    db.lock().unwrap().remove(&proxy.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the proxies of all projects.
#[operation(DELETE "/v1/proxies", status = 204)]
#[policy("proxy:purge")]
pub(crate) async fn purge_proxies(State(db): State<Db>) -> StatusCode {
    db.lock().unwrap().clear();
    StatusCode::NO_CONTENT
}

/// What `update_proxy` refuses with.
pub(crate) enum Refused {
    Policy(Denied),
    Body(LaterRejection),
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self::Policy(denied)
    }
}

impl From<LaterRejection> for Refused {
    fn from(rejection: LaterRejection) -> Self {
        Self::Body(rejection)
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::Policy(denied) => denied.into_response(),
            Self::Body(rejection) => rejection.into_response(),
        }
    }
}

pub(crate) fn enforcer() -> Enforcer {
    Enforcer::builder(&policies::DEFAULTS).build().unwrap()
}

pub(crate) fn info() -> Info {
    Info::new("The proxies API", "proxy", "v1").microversions("1.0", "1.2")
}

pub(crate) fn routes() -> Routes {
    Routes::new(enforcer())
        .operations(operations![
            list_proxies,
            create_proxy,
            get_proxy,
            update_proxy,
            delete_proxy,
            purge_proxies,
        ])
        .with_state(Db::default())
}
