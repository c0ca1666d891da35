//! What the application behind the layer sees of the caller.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderMap, HeaderName, Request};
use keystone_middleware::headers::IDENTITY_HEADERS;
use keystone_middleware::testing::TestToken;
use serde_json::json;

use super::{behind, request, same, send, tokens};

/// Answers with the headers that reached it, as lines.
fn echo() -> Router {
    Router::new().route(
        "/",
        get(async |headers: HeaderMap| {
            let lines = headers.iter().map(|(name, value)| {
                format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
            });
            lines.collect::<String>()
        }),
    )
}

async fn seen(app: &Router, request: Request<Body>) -> BTreeMap<String, String> {
    let text = super::text(send(app, request).await).await;
    let lines = text.lines().map(|line| line.split_once(": ").unwrap());
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A request with every identity header in both spellings. That the list is whole and spelt rightly is
/// held by the tests beside it.
fn pretending() -> http::request::Builder {
    IDENTITY_HEADERS
        .iter()
        .fold(request("GET", "/"), |request, name| {
            request
                .header(*name, "spoof")
                .header(name.replace('-', "_"), "spoof")
        })
}

#[tokio::test]
async fn nothing_that_a_client_pretends_reaches_the_application() {
    let tokens = tokens();
    let delayed = behind(echo(), &tokens, |config| config.delay_auth_decision(true));
    for (app, token) in [
        (&behind(echo(), &tokens, same), "member"),
        (&delayed, "member"),
        (&delayed, "unknown"),
    ] {
        let request = pretending().header("X-Auth-Token", token);
        let seen = seen(app, request.body(Body::empty()).unwrap()).await;
        assert!(
            seen.values().all(|value| !value.contains("spoof")),
            "{token}: {seen:?}"
        );
    }
    let anonymous = seen(&delayed, pretending().body(Body::empty()).unwrap()).await;
    assert_eq!(
        anonymous,
        BTreeMap::from([("x-identity-status".into(), "Invalid".into())])
    );
}

#[tokio::test]
async fn a_project_token_sets_the_headers_of_its_scope_and_no_others() {
    let tokens = tokens();
    let app = behind(echo(), &tokens, same);
    let seen = seen(&app, super::get("/", "member")).await;
    let expected = [
        ("x-auth-token", "member"),
        ("x-identity-status", "Confirmed"),
        ("x-is-admin-project", "True"),
        ("x-project-domain-id", "default"),
        ("x-project-domain-name", "Default"),
        ("x-project-id", "p1"),
        ("x-project-name", "p1"),
        ("x-role", "member"),
        ("x-roles", "member"),
        ("x-tenant", "p1"),
        ("x-tenant-id", "p1"),
        ("x-tenant-name", "p1"),
        ("x-user", "u-member"),
        ("x-user-domain-id", "default"),
        ("x-user-domain-name", "Default"),
        ("x-user-id", "u-member"),
        ("x-user-name", "u-member"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(seen, BTreeMap::from(expected));
}

#[tokio::test]
async fn the_other_scopes_have_their_own_headers() {
    let tokens = tokens();
    tokens.add(
        "domain",
        TestToken::user("u").domain("d1").roles(["reader"]),
    );
    tokens.add(
        "system",
        TestToken::user("u").system().roles(["reader", "admin"]),
    );
    let app = behind(echo(), &tokens, same);
    let domain = seen(&app, super::get("/", "domain")).await;
    assert_eq!(domain.get("x-domain-id").map(String::as_str), Some("d1"));
    assert!(!domain.contains_key("x-project-id") && !domain.contains_key("openstack-system-scope"));
    let system = seen(&app, super::get("/", "system")).await;
    assert_eq!(
        system.get("openstack-system-scope").map(String::as_str),
        Some("all")
    );
    assert_eq!(
        system.get("x-roles").map(String::as_str),
        Some("reader,admin")
    );
    assert!(!system.contains_key("x-domain-id"));
}

#[tokio::test]
async fn the_catalog_comes_along_unless_it_is_turned_off() {
    let tokens = tokens();
    let catalog = json!([{"type": "proxy", "id": "s", "name": "p", "endpoints": [
        {"id": "e", "interface": "public", "region": "one", "region_id": "one", "url": "http://p"},
    ]}]);
    tokens.add("t", TestToken::user("u").with("catalog", catalog));
    let on = seen(&behind(echo(), &tokens, same), super::get("/", "t")).await;
    let wanted =
        r#"[{"endpoints":[{"publicURL":"http://p","region":"one"}],"name":"p","type":"proxy"}]"#;
    assert_eq!(
        on.get("x-service-catalog").map(String::as_str),
        Some(wanted)
    );
    let off = behind(echo(), &tokens, |config| {
        config.include_service_catalog(false)
    });
    assert!(
        !seen(&off, super::get("/", "t"))
            .await
            .contains_key("x-service-catalog")
    );
}

#[tokio::test]
async fn a_service_token_names_the_calling_service_in_headers_of_its_own() {
    let tokens = tokens();
    tokens.add(
        "nova",
        TestToken::user("nova")
            .project("service")
            .roles(["service"]),
    );
    let app = behind(echo(), &tokens, same);
    let request = super::get("/", "member");
    let (mut parts, body) = request.into_parts();
    parts.headers.insert(
        HeaderName::from_static("x-service-token"),
        "nova".parse().unwrap(),
    );
    let seen = seen(&app, Request::from_parts(parts, body)).await;
    assert_eq!(seen.get("x-user-id").map(String::as_str), Some("u-member"));
    assert_eq!(
        seen.get("x-service-user-id").map(String::as_str),
        Some("nova")
    );
    assert_eq!(
        seen.get("x-service-roles").map(String::as_str),
        Some("service")
    );
    assert_eq!(
        seen.get("x-service-identity-status").map(String::as_str),
        Some("Confirmed")
    );
}
