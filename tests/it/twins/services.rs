//! Twins of mistakes in `#[service]`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::service_api::{ApiError, Microversion, service};
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config, Found, Load, PolicyTarget, RequestContext};
use serde_json::{Value, json};
use tower::ServiceExt;

pub use super::policies;

#[path = "../../ui/mistakes/service/api.rs"]
pub mod api;

#[derive(Clone, PolicyTarget)]
struct Proxy {
    id: String,
    project_id: String,
    domain: String,
}

impl From<Proxy> for api::Proxy {
    fn from(proxy: Proxy) -> Self {
        let Proxy {
            id,
            project_id,
            domain,
        } = proxy;
        Self {
            id,
            project_id,
            domain,
        }
    }
}

struct Proxies {
    all: Mutex<BTreeMap<String, Proxy>>,
}

impl Load<Proxies> for Proxy {
    type Key = String;
    type Error = ApiError;

    async fn load(id: String, proxies: &Proxies) -> Result<Option<Self>, ApiError> {
        Ok(proxies.all.lock().unwrap().get(&id).cloned())
    }
}

#[service(self::api)]
impl Proxies {
    #[policy("proxy:index")]
    async fn list_proxies(
        &self,
        ctx: RequestContext,
        query: api::ProxyListQuery,
    ) -> Result<Vec<api::Proxy>, ApiError> {
        let all = self.all.lock().unwrap();
        let seen = all.values().filter(|proxy| {
            ctx.project_id.as_ref() == Some(&proxy.project_id)
                && query
                    .domain
                    .as_ref()
                    .is_none_or(|domain| *domain == proxy.domain)
        });
        Ok(seen.cloned().map(api::Proxy::from).collect())
    }

    #[policy(public)]
    async fn get_proxy(&self, path: api::ProxyPath) -> Result<api::Proxy, ApiError> {
        let proxy = self.all.lock().unwrap().get(&path.proxy_id).cloned();
        proxy.map(Into::into).ok_or_else(ApiError::not_found)
    }

    #[policy("proxy:update", target = &proxy, proof = may)]
    async fn update_proxy(
        &self,
        change: api::ProxyUpdate,
        Found(proxy): Found<Proxy>,
        version: Microversion,
    ) -> Result<api::Proxy, ApiError> {
        may.covers(&proxy)?;
        let mut all = self.all.lock().unwrap();
        let proxy = all.get_mut(&proxy.id).ok_or_else(ApiError::not_found)?;
        proxy.domain = format!("{} in {version}", change.domain);
        Ok(proxy.clone().into())
    }

    #[policy("proxy:create")]
    #[policy("proxy:index", proof = by)]
    async fn purge_proxies(&self) -> Result<(), ApiError> {
        assert!(by.caller().user_id.is_some());
        self.all.lock().unwrap().clear();
        Ok(())
    }
}

fn proxies() -> Proxies {
    let proxy = |id: &str, project_id: &str| Proxy {
        id: id.to_owned(),
        project_id: project_id.to_owned(),
        domain: format!("{id}.example.org"),
    };
    let all = [proxy("1", "p2"), proxy("2", "p3")];
    let all = all.into_iter().map(|proxy| (proxy.id.clone(), proxy));
    Proxies {
        all: Mutex::new(all.collect()),
    }
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
    let own = proxies.all.lock().unwrap()["1"].clone();
    let change = || api::ProxyUpdate {
        domain: "new".to_owned(),
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

    let query = api::ProxyListQuery::default();
    let listed = proxies
        .list_proxies(owner.authorize().unwrap(), owner.clone(), query)
        .await;
    assert_eq!(listed.unwrap().len(), 1);
    let path = api::ProxyPath {
        proxy_id: "2".to_owned(),
    };
    assert!(proxies.get_proxy(path).await.is_ok());
    let admin = caller("p1", "admin");
    let purged = proxies.purge_proxies(admin.authorize().unwrap(), admin.authorize().unwrap());
    assert!(purged.await.is_ok());
}
