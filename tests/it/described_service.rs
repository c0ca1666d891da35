//! The two sides of one description: a service written against the server's types, called by the
//! client, both of `specs/services/proxies.yaml`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use keystone_sdk::Session;
use keystone_sdk::auth::fixed::NoAuth;
use tower::ServiceExt;

use crate::proxies_server::{
    OPERATIONS, Proxy, ProxyApi, ProxyCreateBody, ProxyListQuery, ProxyListResponse, ProxyPath,
    ProxyResponse, ProxyUpdateBody,
};
use crate::typed_client_requests::serve;

mod client {
    keystone_sdk::client!("../../specs/services/proxies.yaml");
}

/// A service that keeps its proxies in memory. Callers are known by nothing.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, Proxy>>);

impl ProxyApi for Memory {
    type Caller = ();
    type Error = StatusCode;

    async fn list(&self, (): (), query: ProxyListQuery) -> Result<ProxyListResponse, StatusCode> {
        let proxies = self.0.lock().unwrap();
        let asked = |proxy: &&Proxy| {
            query
                .domain
                .as_ref()
                .is_none_or(|domain| proxy.domain == *domain)
        };
        let editable = |proxy: &&Proxy| !query.editable || proxy.note.as_deref() != Some("fixed");
        let found = proxies.values().filter(asked).filter(editable);
        Ok(ProxyListResponse {
            proxies: found.cloned().collect(),
            links: None,
        })
    }

    async fn create(&self, (): (), body: ProxyCreateBody) -> Result<ProxyResponse, StatusCode> {
        let new = body.proxy;
        let mut proxies = self.0.lock().unwrap();
        let proxy = Proxy {
            id: format!("p{}", proxies.len()).into(),
            project_id: "lab".to_owned(),
            domain: new.domain,
            backends: new.backends,
            note: new.note.apply(None),
        };
        proxies.insert(proxy.id.as_str().to_owned(), proxy.clone());
        Ok(ProxyResponse { proxy })
    }

    async fn get(&self, (): (), path: ProxyPath) -> Result<ProxyResponse, StatusCode> {
        let proxies = self.0.lock().unwrap();
        let proxy = proxies.get(path.proxy_id.as_str()).cloned();
        proxy
            .map(|proxy| ProxyResponse { proxy })
            .ok_or(StatusCode::NOT_FOUND)
    }

    async fn update(
        &self,
        (): (),
        path: ProxyPath,
        body: ProxyUpdateBody,
    ) -> Result<ProxyResponse, StatusCode> {
        let mut proxies = self.0.lock().unwrap();
        let proxy = proxies.get_mut(path.proxy_id.as_str());
        let proxy = proxy.ok_or(StatusCode::NOT_FOUND)?;
        if let Some(backends) = body.proxy.backends {
            proxy.backends = backends;
        }
        proxy.note = body.proxy.note.apply(proxy.note.take());
        Ok(ProxyResponse {
            proxy: proxy.clone(),
        })
    }

    async fn delete(&self, (): (), path: ProxyPath) -> Result<(), StatusCode> {
        let removed = self.0.lock().unwrap().remove(path.proxy_id.as_str());
        removed.map(|_| ()).ok_or(StatusCode::NOT_FOUND)
    }

    async fn purge(&self, (): ()) -> Result<(), StatusCode> {
        self.0.lock().unwrap().clear();
        Ok(())
    }
}

type Api = State<Arc<Memory>>;
type Answer<T> = Result<Json<T>, StatusCode>;

async fn list(State(api): Api, Query(query): Query<ProxyListQuery>) -> Answer<ProxyListResponse> {
    api.list((), query).await.map(Json)
}

async fn create(
    State(api): Api,
    Json(body): Json<ProxyCreateBody>,
) -> Result<(StatusCode, Json<ProxyResponse>), StatusCode> {
    let answer = api.create((), body).await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn show(State(api): Api, Path(path): Path<ProxyPath>) -> Answer<ProxyResponse> {
    api.get((), path).await.map(Json)
}

async fn update(
    State(api): Api,
    Path(path): Path<ProxyPath>,
    Json(body): Json<ProxyUpdateBody>,
) -> Answer<ProxyResponse> {
    api.update((), path, body).await.map(Json)
}

async fn delete(State(api): Api, Path(path): Path<ProxyPath>) -> Result<StatusCode, StatusCode> {
    api.delete((), path).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn purge(State(api): Api) -> Result<StatusCode, StatusCode> {
    api.purge(()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The path of an operation, as axum writes it too.
fn path(name: &str) -> &'static str {
    let mut operations = OPERATIONS.iter();
    operations
        .find(|operation| operation.name == name)
        .unwrap()
        .path
}

fn router() -> Router {
    Router::new()
        .route(path("proxy.list"), get(list).post(create).delete(purge))
        .route(path("proxy.get"), get(show).patch(update).delete(delete))
        .with_state(Arc::default())
}

#[tokio::test]
async fn the_client_and_the_service_understand_each_other() {
    let url = serve(router()).await;
    let session = Session::new(NoAuth::at(url.as_str()).unwrap()).unwrap();
    let client = client::Client::at(&session, url);
    let proxies = client.proxies();

    let first = client::ProxyCreate::new("one.example", ["http://10.0.0.1"]).note("fixed");
    let first = proxies.create(first).await.unwrap();
    assert_eq!(
        (first.id.as_str(), first.note.as_deref()),
        ("p0", Some("fixed"))
    );
    let second = client::ProxyCreate::new("two.example", ["http://10.0.0.2"]);
    let second = proxies.create(second).await.unwrap();
    assert_eq!(second.note, None);

    let domains = |found: Vec<client::Proxy>| -> Vec<String> {
        found.into_iter().map(|proxy| proxy.domain).collect()
    };
    let all = proxies.list().all().await.unwrap();
    assert_eq!(domains(all), ["one.example", "two.example"]);
    let editable = proxies.list().editable(true).all().await.unwrap();
    assert_eq!(domains(editable), ["two.example"]);
    let one = proxies.list().domain("one.example").all().await.unwrap();
    assert_eq!(domains(one), ["one.example"]);

    // What is left alone stays, what is null goes.
    let change = client::ProxyUpdate::new().backends(["http://10.0.0.3"]);
    let changed = proxies.update(&first.id, change).await.unwrap();
    assert_eq!(
        (changed.backends.len(), changed.note.as_deref()),
        (1, Some("fixed"))
    );
    let change = client::ProxyUpdate::new().clear_note();
    let changed = proxies.update(&first.id, change).await.unwrap();
    assert_eq!(
        (changed.backends.as_slice(), changed.note),
        (&["http://10.0.0.3".to_owned()][..], None)
    );

    proxies.delete(&second.id).await.unwrap();
    let missing = proxies.get(second.id).await.unwrap_err();
    assert_eq!(missing.status().map(|status| status.as_u16()), Some(404));
    proxies.purge().await.unwrap();
    assert!(proxies.list().all().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_service_refuses_what_is_not_described() {
    for (body, status) in [
        (r#"{"proxy": {"domain": "a", "backends": []}}"#, 201),
        (
            r#"{"proxy": {"domain": "a", "backends": [], "note": null}}"#,
            201,
        ),
        (
            r#"{"proxy": {"domain": "a", "backends": [], "colour": "red"}}"#,
            422,
        ),
        (r#"{"proxy": {"domain": "a"}}"#, 422),
        (r#"{"domain": "a", "backends": []}"#, 422),
    ] {
        let request = Request::post("/v1/proxies").header("content-type", "application/json");
        let answer = router()
            .oneshot(request.body(body.to_owned()).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{body}");
    }
    // An attribute that cannot be null is no attribute that is left alone.
    let request = Request::patch("/v1/proxies/p0").header("content-type", "application/json");
    let body = r#"{"proxy": {"backends": null}}"#.to_owned();
    let answer = router().oneshot(request.body(body).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn both_sides_have_one_table() {
    assert_eq!(OPERATIONS, client::OPERATIONS);
    let create = OPERATIONS
        .iter()
        .find(|operation| operation.name == "proxy.create");
    assert_eq!(create.unwrap().policies, ["proxy:create"]);
}
