//! A service that `service!` describes and `#[service]` implements, beside the same one written by
//! hand: axum's extractors and structures of one's own, on the same routes, policies and tokens.
//! Requests go through the router without a socket, which would hide what differs.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config};
use tower::ServiceExt;

use crate::measure::alternate;

keystone_middleware::policies!("../specs/policies/proxies.yaml");

const CALLS: u32 = 300;
const ROUNDS: usize = 60;
/// So many proxies are listed.
const PROXIES: usize = 20;

mod by_hand {
    use axum::extract::{Query, State};
    use axum::response::{IntoResponse, Response};
    use keystone_middleware::routing::get;
    use keystone_middleware::{Denied, Found, Load, RequestContext, Routes, policy};

    use super::*;

    #[derive(Clone, serde::Serialize, keystone_middleware::PolicyTarget)]
    struct Proxy {
        id: String,
        project_id: String,
        domain: String,
        #[policy(skip)]
        backends: Vec<String>,
        note: Option<String>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        domain: Option<String>,
        #[expect(dead_code, reason = "reading is what is measured")]
        editable: Option<String>,
        limit: Option<u32>,
        marker: Option<String>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct New {
        domain: String,
        backends: Vec<String>,
        note: Option<String>,
    }

    #[derive(serde::Deserialize)]
    struct Given {
        proxy: New,
    }

    #[derive(serde::Serialize)]
    struct One {
        proxy: Proxy,
    }

    #[derive(serde::Serialize)]
    struct Many {
        proxies: Vec<Proxy>,
        links: Links,
    }

    #[derive(serde::Serialize)]
    struct Links {
        next: Option<String>,
        #[serde(rename = "self")]
        this: String,
    }

    struct Failure(Denied);

    impl From<Denied> for Failure {
        fn from(denied: Denied) -> Self {
            Self(denied)
        }
    }

    impl IntoResponse for Failure {
        fn into_response(self) -> Response {
            self.0.into_response()
        }
    }

    type Db = Arc<Vec<Proxy>>;

    impl Load<Db> for Proxy {
        type Key = String;
        type Error = std::convert::Infallible;

        async fn load(id: String, db: &Db) -> Result<Option<Self>, Self::Error> {
            Ok(db.iter().find(|proxy| proxy.id == id).cloned())
        }
    }

    #[policy("proxy:index", table = crate::service::policies)]
    async fn list(State(db): State<Db>, Query(filter): Query<Filter>) -> axum::Json<Many> {
        let wanted = |proxy: &&Proxy| filter.domain.as_ref().is_none_or(|one| *one == proxy.domain);
        let after = |proxy: &&Proxy| filter.marker.as_ref().is_none_or(|marker| *marker < proxy.id);
        let limit = filter.limit.unwrap_or(1_000) as usize;
        let proxies = db.iter().filter(wanted).filter(after).take(limit).cloned().collect();
        let links = Links {
            next: None,
            this: "http://localhost/v1/proxies".to_owned(),
        };
        axum::Json(Many { proxies, links })
    }

    #[policy("proxy:view", table = crate::service::policies)]
    async fn show(Found(proxy): Found<Proxy>) -> axum::Json<One> {
        axum::Json(One { proxy })
    }

    #[policy("proxy:create", table = crate::service::policies)]
    async fn create(ctx: RequestContext, axum::Json(body): axum::Json<Given>) -> (StatusCode, axum::Json<One>) {
        let new = body.proxy;
        let proxy = Proxy {
            id: "new".to_owned(),
            project_id: ctx.project_id.clone().unwrap_or_default(),
            domain: new.domain,
            backends: new.backends,
            note: new.note,
        };
        (StatusCode::CREATED, axum::Json(One { proxy }))
    }

    #[policy("proxy:update", target = &proxy, table = crate::service::policies)]
    async fn update(Found(mut proxy): Found<Proxy>, axum::Json(body): axum::Json<Given>) -> Result<axum::Json<One>, Failure> {
        proxy.backends = body.proxy.backends;
        Ok(axum::Json(One { proxy }))
    }

    pub(super) fn router(enforcer: Enforcer, tokens: Config) -> Router {
        let db: Db = Arc::new(super::proxies(|id, domain| Proxy {
            id,
            project_id: "p1".to_owned(),
            domain,
            backends: vec!["http://10.0.0.1:8080".to_owned(), "http://10.0.0.2:8080".to_owned()],
            note: Some("one of many".to_owned()),
        }));
        Routes::new(enforcer)
            .route("/v1/proxies", get(list).post(create))
            .route("/v1/proxies/{id}", get(show).patch(update))
            .with_state(db)
            .into_router_with(AuthToken::layer(tokens))
            .layer(axum::middleware::from_fn(choose))
    }

    /// What the described service does for each request: the microversion that is asked for, told in
    /// the response, and an id.
    async fn choose(mut request: Request<Body>, next: axum::middleware::Next) -> Response {
        let wanted = request.headers().get("openstack-api-version");
        let wanted = wanted.and_then(|value| value.to_str().ok()).unwrap_or("proxy 1.0");
        let version = match wanted.strip_prefix("proxy ").and_then(|version| version.split_once('.')) {
            Some((major, minor)) => (major.parse().unwrap_or(1_u32), minor.parse().unwrap_or(0_u32)),
            None => (1, 0),
        };
        if !((1, 0)..=(1, 2)).contains(&version) {
            return StatusCode::NOT_ACCEPTABLE.into_response();
        }
        request.extensions_mut().insert(Version(version));
        let mut response = next.run(request).await;
        let headers = response.headers_mut();
        if let Ok(value) = format!("proxy {}.{}", version.0, version.1).parse() {
            headers.insert("openstack-api-version", value);
        }
        headers.append("vary", http::HeaderValue::from_static("OpenStack-API-Version"));
        if let Ok(value) = format!("req-{}", uuid::Uuid::new_v4()).parse() {
            headers.insert("x-openstack-request-id", value);
        }
        response
    }

    #[derive(Clone, Copy)]
    #[expect(dead_code, reason = "handlers would read it")]
    struct Version((u32, u32));
}

mod described {
    use keystone_middleware::service_api::service;
    use keystone_middleware::{ApiError, Found, Load, Page, RequestContext};

    use super::*;

    mod api {
        keystone_middleware::service!(
            "../specs/services/proxies.yaml",
            policies = crate::service::policies
        );
    }

    struct Proxies(Vec<api::Proxy>);

    impl Load<Proxies> for api::Proxy {
        type Key = api::ProxyPath;
        type Error = std::convert::Infallible;

        async fn load(key: api::ProxyPath, service: &Proxies) -> Result<Option<Self>, Self::Error> {
            Ok(service.0.iter().find(|proxy| proxy.id == key.proxy_id).cloned())
        }
    }

    #[service(crate::service::described::api)]
    impl Proxies {
        #[policy("proxy:index")]
        async fn list_proxies(&self, query: api::ProxyListQuery) -> Page<api::Proxy> {
            let wanted = |proxy: &&api::Proxy| query.domain.as_ref().is_none_or(|one| *one == proxy.domain);
            let after = |proxy: &&api::Proxy| query.marker.as_deref().is_none_or(|marker| marker < proxy.id.as_str());
            let rows = self.0.iter().filter(wanted).filter(after);
            let rows = rows.take(query.limit.and_one() as usize).cloned().collect();
            Page::cut(rows, query.limit, |proxy| proxy.id.to_string())
        }

        #[policy("proxy:view")]
        async fn get_proxy(&self, Found(proxy): Found<api::Proxy>) -> api::Proxy {
            proxy
        }

        #[policy("proxy:create")]
        async fn create_proxy(&self, ctx: RequestContext, new: api::ProxyCreate) -> api::Proxy {
            api::Proxy {
                id: "new".into(),
                project_id: ctx.project_id.clone().unwrap_or_default(),
                domain: new.domain,
                backends: new.backends,
                note: new.note.apply(None),
            }
        }

        #[policy("proxy:update", target = &proxy)]
        async fn update_proxy(
            &self,
            Found(mut proxy): Found<api::Proxy>,
            change: api::ProxyUpdate,
        ) -> Result<api::Proxy, ApiError> {
            proxy.backends = change.backends.unwrap_or(proxy.backends);
            Ok(proxy)
        }

        #[policy("proxy:delete", target = &proxy)]
        async fn delete_proxy(&self, Found(proxy): Found<api::Proxy>) -> Result<(), ApiError> {
            let _ = proxy;
            Ok(())
        }

        #[policy("proxy:purge")]
        async fn purge_proxies(&self) {}
    }

    pub(super) fn router(enforcer: Enforcer, tokens: Config) -> Router {
        let proxies = super::proxies(|id, domain| api::Proxy {
            id: id.into(),
            project_id: "p1".to_owned(),
            domain,
            backends: vec!["http://10.0.0.1:8080".to_owned(), "http://10.0.0.2:8080".to_owned()],
            note: Some("one of many".to_owned()),
        });
        Proxies(proxies).into_routes(enforcer).into_router_with(AuthToken::layer(tokens))
    }
}

fn proxies<P>(make: impl Fn(String, String) -> P) -> Vec<P> {
    let one = |number| make(format!("{number:032x}"), format!("www{number}.example.org"));
    (0..PROXIES).map(one).collect()
}

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tokens = Tokens::new();
    tokens.add("t", TestToken::user("u1").project("p1").roles(["admin"]));
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build()?;
    let config = || Config::with_validator("http://keystone:5000/v3", tokens.clone()).build();
    let by_hand = by_hand::router(enforcer.clone(), config()?);
    let described = described::router(enforcer, config()?);
    println!("\na service, microseconds of CPU time a request");
    println!("{:<24}{:>20}{:>34}", "", "by hand", "described (requests per second)");
    let id = format!("{:032x}", 7);
    let body = r#"{"proxy": {"domain": "www.example.org", "backends": ["http://10.0.0.5:8080"], "note": "new"}}"#;
    let change = r#"{"proxy": {"backends": ["http://10.0.0.5:8080"], "domain": "d"}}"#;
    let our_change = r#"{"proxy": {"backends": ["http://10.0.0.5:8080"]}}"#;
    let own = format!("/v1/proxies/{id}");
    for (name, method, path, [hand, ours], status) in [
        ("show", "GET", own.as_str(), ["", ""], 200),
        ("list of 20", "GET", "/v1/proxies?limit=100", ["", ""], 200),
        ("create", "POST", "/v1/proxies", [body, body], 201),
        ("change", "PATCH", own.as_str(), [change, our_change], 200),
    ] {
        let [ours, hand] = alternate(
            ROUNDS,
            || runtime.block_on(repeat(&described, method, path, ours, status)),
            || runtime.block_on(repeat(&by_hand, method, path, hand, status)),
        )?
        .map(|time| 1e6 * time.as_secs_f64() / f64::from(CALLS));
        let ours = format!("{ours:.2} ({:.0} %)", 100.0 * hand / ours);
        println!("{name:<24}{hand:>20.2}{ours:>34}");
    }
    Ok(())
}

async fn repeat(
    router: &Router,
    method: &str,
    path: &str,
    body: &'static str,
    status: u16,
) -> Result<(), Box<dyn Error>> {
    for _ in 0..CALLS {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("x-auth-token", "t")
            .header("openstack-api-version", "proxy 1.2")
            .header("content-type", "application/json")
            .body(Body::from(body))?;
        let response = router.clone().oneshot(request).await?;
        assert_eq!(response.status(), status, "{method} {path}");
        to_bytes(response.into_body(), usize::MAX).await?;
    }
    Ok(())
}
