//! Bodies and answers that are no JSON under a key, and addresses outside the version.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use keystone_sdk::Error;
use keystone_sdk::identity::v3::{Client, ClientCredentials, LimitCreate};
use serde_json::json;

use crate::typed_client_requests::{client_at, serve};

#[derive(Clone, Debug)]
struct Seen {
    line: String,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A client of a service below `path` that answers everything with `body`, and what it saw last.
async fn answering(
    path: &str,
    media_type: &'static str,
    body: String,
) -> (Client, impl Fn() -> Seen) {
    let seen = Arc::new(Mutex::new(None));
    let noted = seen.clone();
    let handler = move |method: Method, uri: Uri, headers: HeaderMap, sent: Bytes| {
        *noted.lock().unwrap() = Some(Seen {
            line: format!("{method} {uri}"),
            headers,
            body: String::from_utf8_lossy(&sent).into_owned(),
        });
        let answer = (StatusCode::OK, [("content-type", media_type)], body);
        async move { answer.into_response() }
    };
    let address = serve(Router::new().fallback(handler)).await;
    let client = client_at(address.join(path).unwrap());
    (client, move || seen.lock().unwrap().clone().unwrap())
}

#[tokio::test]
async fn a_form_is_sent_and_a_bare_answer_read() {
    let body = json!({"access_token": "canary", "token_type": "Bearer", "expires_in": 60});
    let (client, seen) = answering("v3", "application/json", body.to_string()).await;
    let form = ClientCredentials::new("client_credentials", "id", "a&b canary");
    assert!(!format!("{form:?}").contains("canary"));
    let token = client.oauth2_tokens().issue(form).await.unwrap();
    assert_eq!(token.expires_in, 60);
    assert!(!format!("{token:?}").contains("canary"));
    assert!(!serde_json::to_string(&token).unwrap().contains("canary"));
    let seen = seen();
    assert_eq!(seen.line, "POST /v3/OS-OAUTH2/token");
    assert_eq!(
        seen.body,
        "client_id=id&client_secret=a%26b+canary&grant_type=client_credentials"
    );
    let form = "application/x-www-form-urlencoded";
    assert_eq!(seen.header("content-type"), Some(form));
    assert_eq!(seen.header("x-auth-token"), None);
}

#[tokio::test]
async fn a_form_is_read_and_headers_are_sent() {
    let form = "application/x-www-form-urlencoded";
    let body = "oauth_token=t%201&oauth_token_secret=canary&oauth_expires_at=2030-01-02T03:04:05Z";
    let (client, seen) = answering("v3", form, body.to_owned()).await;
    let token = client.request_tokens().create("OAuth canary", "p").await;
    let token = token.unwrap();
    assert_eq!(token.oauth_token, "t 1");
    assert_eq!(token.oauth_token_secret.expose(), "canary");
    let expires = token.oauth_expires_at.unwrap();
    assert_eq!(expires.to_string(), "2030-01-02T03:04:05Z");
    assert!(!format!("{token:?}").contains("canary"));
    let seen = seen();
    assert_eq!(seen.header("requested-project-id"), Some("p"));
    assert_eq!(seen.header("authorization"), Some("OAuth canary"));
}

#[tokio::test]
async fn a_form_that_lacks_something_is_an_error_without_its_values() {
    let body = "oauth_token=canary&oauth_expires_at=canary";
    let (client, _) = answering("v3", "text/plain", body.to_owned()).await;
    let error = client.request_tokens().exchange("OAuth").await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[tokio::test]
async fn what_is_no_json_is_handed_over_as_it_is() {
    let (client, seen) = answering("v3", "text/xml", "<canary/>".to_owned()).await;
    let raw = client.saml_assertions().metadata().await.unwrap();
    assert_eq!(raw.text(), Some("<canary/>"));
    assert_eq!(raw.content_type(), Some("text/xml"));
    assert!(!format!("{raw:?}").contains("canary"));
    assert_eq!(seen().header("accept"), Some("text/xml"));

    client
        .web_logins()
        .start("saml2", "https://d/?a=b")
        .await
        .unwrap();
    let line = "GET /v3/auth/OS-FEDERATION/websso/saml2?origin=https%3A%2F%2Fd%2F%3Fa%3Db";
    assert_eq!(seen().line, line);
}

#[tokio::test]
async fn the_root_and_the_version_have_addresses_too() {
    let version =
        json!({"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z", "links": []});
    let body = json!({"version": version, "versions": {"values": [version]}, "resources": {}});
    for (path, root, current) in [
        ("", "GET /", "GET /v3"),
        ("v3", "GET /", "GET /v3"),
        ("v3/", "GET /", "GET /v3"),
        ("identity/v3", "GET /identity/", "GET /identity/v3"),
    ] {
        let (client, seen) = answering(path, "application/json", body.to_string()).await;
        let versions = client.versions();
        assert_eq!(versions.all().await.unwrap().values[0].id, "v3.14");
        assert_eq!(seen().line, root, "{path}");
        versions.current().await.unwrap();
        assert_eq!(seen().line, current, "{path}");
        versions.json_home().await.unwrap();
        assert_eq!(seen().header("accept"), Some("application/json-home"));
    }
}

#[tokio::test]
async fn many_are_sent_in_one_request() {
    let (client, seen) = answering("v3", "application/json", r#"{"limits": []}"#.to_owned()).await;
    let new = [
        LimitCreate::new("s", "cores", 1).project_id("p"),
        LimitCreate::new("s", "ram", 2),
    ];
    assert!(client.limits().create(new).await.unwrap().is_empty());
    let seen = seen();
    assert_eq!(seen.line, "POST /v3/limits");
    let expected = json!({"limits": [
        {"service_id": "s", "resource_name": "cores", "resource_limit": 1, "project_id": "p"},
        {"service_id": "s", "resource_name": "ram", "resource_limit": 2},
    ]});
    let sent: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(sent, expected);
}
