//! Discovery against a server with fixed responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::*;
use crate::catalog::{CatalogEndpoint, CatalogService, EndpointFilter, Interface};
use crate::clock::ManualClock;

async fn serve(app: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url.parse().unwrap()
}

/// A Keystone at `/identity` with v2.0, v3 and an experimental v4; it counts discoveries.
async fn keystone() -> (Url, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let entry = |id: &str, status: &str, path: &str| {
        let links = json!([{"rel": "self", "href": format!("http://localhost/identity{path}")}]);
        json!({"id": id, "status": status, "links": links})
    };
    let versions = json!({"versions": {"values": [
        entry("v3.14", "stable", "/v3/"),
        entry("v2.0", "deprecated", "/v2.0/"),
        entry("v4", "experimental", "/v4/"),
    ]}});
    let root = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let versions = axum::Json(versions.clone());
        async move { (StatusCode::MULTIPLE_CHOICES, versions) }
    };
    let app = Router::new()
        .route("/identity", get(root.clone()))
        .route("/identity/", get(root))
        .route(
            "/page",
            get(|| async { ([(header::CONTENT_TYPE, "text/html")], "<p>Hi</p>").into_response() }),
        )
        .route(
            "/json",
            get(|| async { axum::Json(json!({"hello": "world"})) }),
        )
        .route("/text", get(|| async { "hello" }))
        .route("/down", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route(
            "/moved",
            get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/identity")]) }),
        );
    (serve(app).await, asked)
}

fn transport() -> Transport {
    Transport::builder().build().unwrap()
}

async fn refusal(path: &str) -> Error {
    let (root, _) = keystone().await;
    transport()
        .discover(&root.join(path).unwrap())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn the_version_wanted_is_found_at_the_host_that_was_asked() {
    let (root, _) = keystone().await;
    let transport = transport();
    let at = |path: &str| root.join(path).unwrap();
    for (from, major, found) in [
        ("identity", 3, "identity/v3/"),
        ("identity/v2.0", 3, "identity/v3/"),
        ("identity/v3", 2, "identity/v2.0/"),
        ("identity/v3/abc", 2, "identity/v2.0/abc"),
    ] {
        let url = with_version(&transport, &at(from), major).await.unwrap();
        assert_eq!(url, at(found), "{from}");
    }
}

#[tokio::test]
async fn a_version_in_the_address_needs_no_request() {
    let nobody = Url::parse("http://127.0.0.1:1/v3").unwrap();
    let url = with_version(&transport(), &nobody, 3).await.unwrap();
    assert_eq!(url, nobody);
}

#[tokio::test]
async fn a_version_that_is_missing_or_experimental_is_refused_with_what_is_there() {
    let (root, _) = keystone().await;
    let url = root.join("identity").unwrap();
    for major in [4, 5] {
        let error = with_version(&transport(), &url, major)
            .await
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            format!("the service at {url} has no v{major}; it supports v4.0, v3.14, v2.0")
        );
    }
}

#[tokio::test]
async fn many_at_once_ask_once_and_again_only_when_the_time_is_over() {
    let (root, asked) = keystone().await;
    let url = root.join("identity").unwrap();
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let transport = Transport::builder()
        .clock(clock.clone())
        .discovery_lifetime(Duration::from_secs(60))
        .build()
        .unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            tokio::spawn(async move { transport.discover(&url).await.map(|_| ()) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_secs(59));
    transport.discover(&url).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_secs(1));
    transport.discover(&url).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_no_api_is_named_with_a_remedy() {
    for (path, says) in [
        ("page", "responded with an HTML page"),
        ("json", "responded with JSON that lists no API versions"),
        ("text", "responded with something other than JSON"),
        ("nothing", "is not the address of an API"),
    ] {
        let error = refusal(path).await;
        assert!(matches!(error, Error::Discovery(_)), "{error:?}");
        let error = error.to_string();
        assert!(error.contains(&format!("/{path} {says}")), "{error}");
        assert!(error.contains("check the URL"), "{error}");
    }
}

#[tokio::test]
async fn a_service_that_is_down_says_so_itself() {
    assert_eq!(
        refusal("down").await.status(),
        Some(http::StatusCode::SERVICE_UNAVAILABLE)
    );
}

#[tokio::test]
async fn a_service_that_moved_is_found_where_it_is_now() {
    let (root, _) = keystone().await;
    let moved = root.join("moved").unwrap();
    let found = transport().discover(&moved).await.unwrap();
    assert_eq!(
        found.newest(3).unwrap().url,
        root.join("identity/v3/").unwrap()
    );
}

#[tokio::test]
async fn all_who_wait_for_a_service_that_is_down_share_its_one_response() {
    let asked = Arc::new(AtomicUsize::new(0));
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (asked, entered, release) = (asked.clone(), entered.clone(), release.clone());
        move || async move {
            asked.fetch_add(1, Ordering::SeqCst);
            entered.notify_one();
            release.notified().await;
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let url = serve(Router::new().route("/", get(handler))).await;
    let transport = transport();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            tokio::spawn(async move { transport.discover(&url).await.unwrap_err().status() })
        })
        .collect();
    // On one thread, all tasks have begun to wait before the server has read the first request.
    entered.notified().await;
    release.notify_one();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unreachable_service_is_a_transport_error() {
    let nobody = Url::parse("http://127.0.0.1:1/").unwrap();
    let error = transport().discover(&nobody).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
}

#[tokio::test]
async fn identity_is_at_the_auth_url_only_when_the_catalog_has_none() {
    let auth_url = Url::parse("http://auth/v3").unwrap();
    let filter = EndpointFilter::service_type("identity").major_version(3);
    let find = async |catalog: &[CatalogService], filter: &EndpointFilter| {
        let found = find_endpoint(&transport(), &Known::new(&auth_url, catalog), filter).await;
        found.map(|endpoint| endpoint.url.to_string())
    };
    assert_eq!(find(&[], &filter).await.unwrap(), "http://auth/v3");

    let endpoint = CatalogEndpoint::new(Interface::Public, "http://catalog/v3");
    let catalog = [CatalogService::new("identity", "keystone").endpoint(endpoint)];
    assert_eq!(find(&catalog, &filter).await.unwrap(), "http://catalog/v3");
    assert!(
        find(&catalog, &filter.clone().region_name("mars"))
            .await
            .is_err()
    );
    assert!(
        find(&[], &EndpointFilter::service_type("compute"))
            .await
            .is_err()
    );
}

/// A service without documents: it counts requests, and lets in those who show a token.
async fn unhelpful(status: StatusCode) -> (Url, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let response = move |headers: HeaderMap| {
        counter.fetch_add(1, Ordering::SeqCst);
        let entry = json!({"id": "v2.1", "links": [{"rel": "self", "href": "/v2.1"}]});
        async move {
            match headers.get("x-auth-token") {
                Some(_) => axum::Json(entry).into_response(),
                None => status.into_response(),
            }
        }
    };
    (serve(Router::new().fallback(get(response))).await, asked)
}

#[tokio::test]
async fn that_there_is_no_document_is_remembered_for_a_minute_and_a_breakdown_is_not() {
    for (status, after_a_while) in [(StatusCode::NOT_FOUND, 1), (StatusCode::BAD_GATEWAY, 2)] {
        let (url, asked) = unhelpful(status).await;
        let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
        let transport = Transport::builder().clock(clock.clone()).build().unwrap();
        transport.discover(&url).await.unwrap_err();
        clock.advance(Duration::from_secs(59));
        transport.discover(&url).await.unwrap_err();
        assert_eq!(asked.load(Ordering::SeqCst), after_a_while, "{status}");
        clock.advance(Duration::from_secs(61));
        transport.discover(&url).await.unwrap_err();
        assert_eq!(asked.load(Ordering::SeqCst), after_a_while + 1, "{status}");
    }
}

#[tokio::test]
async fn a_service_that_tells_its_versions_to_nobody_else_is_shown_the_token() {
    let (root, asked) = unhelpful(StatusCode::UNAUTHORIZED).await;
    let transport = transport();
    let (auth_url, catalog_url) = ("http://auth/v3".parse().unwrap(), root.join("v2").unwrap());
    let endpoint = CatalogEndpoint::new(Interface::Public, catalog_url);
    let catalog = [CatalogService::new("compute", "nova").endpoint(endpoint)];
    let filter = EndpointFilter::service_type("compute").major_version(2);
    let filter = filter.discover();
    let stranger = Known::new(&auth_url, &catalog);
    let found = find_endpoint(&transport, &stranger, &filter).await.unwrap();
    assert_eq!(found.version, None);
    assert_eq!(asked.load(Ordering::SeqCst), 3, "nobody is let in anywhere");

    let proof = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-auth-token"),
        http::HeaderValue::from_static("t"),
    )]);
    let friend = stranger.proof(&proof);
    let found = find_endpoint(&transport, &friend, &filter).await.unwrap();
    assert_eq!(found.url, root.join("v2.1").unwrap());
    assert_eq!(found.api_version(), Some((2, 1)));
    assert_eq!(
        asked.load(Ordering::SeqCst),
        5,
        "asked once without and once with the token"
    );
}
