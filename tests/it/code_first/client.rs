//! The client of the document that annotated handlers give, against those handlers.

use std::fs;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config};
use keystone_sdk::Session;
use keystone_sdk::auth::fixed::AdminToken;
use tower::ServiceExt;

use super::service::{info, routes};

mod proxies {
    keystone_sdk::client!("code_first/document.json");
}

/// The service with its document, and administrators of a project and of the system.
fn app() -> Router {
    let tokens = Tokens::new();
    tokens.add(
        "admin",
        TestToken::user("u1").project("p1").roles(["admin"]),
    );
    let system = TestToken::user("u2").system().roles(["admin"]);
    tokens.add("system", system);
    let config = Config::with_validator("http://keystone.example:5000/v3", tokens);
    let routes = routes();
    let document = routes.openapi(&info());
    routes
        .document("/openapi.json", document)
        .into_router_with(AuthToken::layer(config.build().unwrap()))
}

#[test]
fn the_document_is_the_one_of_the_client() {
    let document = format!("{}\n", routes().openapi(&info()));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/code_first/document.json");
    if std::env::var_os("KEYSTONE_CODEGEN").is_some_and(|how| how == "write") {
        fs::write(path, &document).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap();
    assert_eq!(kept, document, "run with KEYSTONE_CODEGEN=write");
}

#[tokio::test]
async fn everybody_gets_the_document() {
    let request = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let response = app().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, routes().openapi(&info()).as_str());
    let request = Request::get("/v1/proxies").body(Body::empty()).unwrap();
    let response = app().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_client_calls_every_operation() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app()).await });
    let session = Session::new(AdminToken::new(&url, "admin").unwrap()).unwrap();
    let client = proxies::Client::at(&session, url.parse().unwrap());
    let api = client.proxies();

    let new = proxies::ProxyCreate::new("one.example", ["http://10.0.0.1"]).note("fixed");
    let one = api.create(new).await.unwrap();
    assert_eq!(one.id, "of-one.example");
    assert_eq!(one.project_id, "p1");
    let new = proxies::ProxyCreate::new("two.example", ["http://10.0.0.2"]);
    api.create(new).await.unwrap();

    let all = api.list().all().await.unwrap();
    assert_eq!(all.len(), 2);
    let found = api.list().domain("two.example").editable(true);
    let found = found.all().await.unwrap();
    assert_eq!(found[0].domain, "two.example");

    let change = proxies::ProxyUpdate::new().backends(["http://10.0.0.3"]);
    let changed = api.update(&one.id, change).await.unwrap();
    assert_eq!(changed.backends, ["http://10.0.0.3"]);
    assert_eq!(changed.note.as_deref(), Some("fixed"));
    let shown = api.get(&one.id).await.unwrap();
    assert_eq!(shown.backends, changed.backends);

    api.delete(&one.id).await.unwrap();
    let error = api.get(&one.id).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    let system = Session::new(AdminToken::new(&url, "system").unwrap()).unwrap();
    let system = proxies::Client::at(&system, url.parse().unwrap());
    system.proxies().purge().await.unwrap();
    assert!(api.list().all().await.unwrap().is_empty());
}
