//! What generated clients put on the wire, and what they make of answers.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::{Json, Router};
use keystone_sdk::auth::{AuthPlugin, EndpointFuture, Token, TokenFuture};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::client::{HeaderName, HeaderValue, ServiceClient, Url};
use keystone_sdk::error::{DiscoveryError, TransportErrorKind};
use keystone_sdk::identity::v3::{Client, UserCreate, UserUpdate};
use keystone_sdk::transport::Transport;
use keystone_sdk::{Error, SecretString, Session};
use serde_json::{Value, json};

/// A plugin with one token and no catalog.
#[derive(Debug)]
struct FixedToken;

impl AuthPlugin for FixedToken {
    fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::ready(Token::new(SecretString::from("token-of-the-caller"), None))
    }

    fn endpoint<'a>(&'a self, _: &'a Transport, _: &'a EndpointFilter) -> EndpointFuture<'a> {
        EndpointFuture::ready(Err(DiscoveryError::new("there is no catalog").into()))
    }

    fn invalidate(&self, _: &Token) -> bool {
        false
    }
}

/// Serves `app` for as long as the test's runtime lives.
pub(crate) async fn serve(app: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}").parse().unwrap()
}

/// A session with one token and no catalog.
pub(crate) fn session() -> Session {
    Session::new(FixedToken).unwrap()
}

pub(crate) fn client_at(address: Url) -> Client {
    Client::at(&session(), address)
}

/// A request as the stub saw it.
#[derive(Clone, Debug)]
struct Seen {
    line: String,
    headers: HeaderMap,
    body: Value,
}

type Answer = (StatusCode, Value);

#[derive(Clone)]
struct Stub {
    answer: Answer,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|seen| seen.line.clone()).collect()
    }

    fn last(&self) -> Seen {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

async fn any(
    State(stub): State<Stub>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    stub.seen.lock().unwrap().push(Seen {
        line: format!("{method} {uri}"),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let (status, body) = stub.answer;
    (status, [("x-subject-token", "issued")], Json(body))
}

async fn stub(status: u16, body: Value) -> (Client, Stub) {
    let stub = Stub {
        answer: (StatusCode::from_u16(status).unwrap(), body),
        seen: Arc::default(),
    };
    let app = Router::new().fallback(any).with_state(stub.clone());
    (client_at(serve(app).await), stub)
}

fn user() -> Value {
    json!({"user": {
        "id": "u", "name": "n", "domain_id": "d", "enabled": true, "password_expires_at": null,
    }})
}

#[tokio::test]
async fn ids_are_encoded_and_cannot_lead_elsewhere() {
    let (client, stub) = stub(200, user()).await;
    client.users().get("a/b ?%#ü..").await.unwrap();
    assert_eq!(stub.last().line, "GET /v3/users/a%2Fb%20%3F%25%23%C3%BC..");
    for id in ["", ".", ".."] {
        let error = client.users().delete(id).await.unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error}");
    }
    assert_eq!(stub.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn absent_null_and_set_are_three_things() {
    let (client, stub) = stub(200, user()).await;
    let change = UserUpdate::new().enabled(false).clear_email();
    client.users().update("u", change).await.unwrap();
    let seen = stub.last();
    assert_eq!(seen.line, "PATCH /v3/users/u");
    assert_eq!(
        seen.body,
        json!({"user": {"enabled": false, "email": null}})
    );
}

#[tokio::test]
async fn a_create_sends_what_was_set_and_what_no_description_names() {
    let (client, stub) = stub(201, user()).await;
    let new = UserCreate::new("n")
        .domain_id("d")
        .password("canary")
        .extra("shoe_size", 43);
    assert!(!format!("{new:?}").contains("canary"));
    client.users().create(new).await.unwrap();
    assert_eq!(
        stub.last().body,
        json!({"user": {"name": "n", "domain_id": "d", "password": "canary", "shoe_size": 43}})
    );
}

#[tokio::test]
async fn a_check_takes_success_for_yes_and_404_for_no() {
    for (status, expected, asked) in [
        (204, true, ["HEAD"].as_slice()),
        (200, true, &["HEAD"]),
        (404, false, &["HEAD", "GET"]),
    ] {
        let (client, stub) = stub(status, Value::Null).await;
        let roles = client.project_user_roles("p", "u");
        assert_eq!(roles.check("r").await.unwrap(), expected);
        let expected = asked.iter();
        let expected: Vec<_> = expected
            .map(|method| format!("{method} /v3/projects/p/users/u/roles/r"))
            .collect();
        assert_eq!(stub.lines(), expected);
    }
    let (client, _) = stub(403, Value::Null).await;
    let error = client
        .project_user_roles("p", "u")
        .check("r")
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn a_check_of_something_that_does_not_exist_is_an_error() {
    for (message, missing) in [
        ("Could not find user: u.", true),
        ("Could not find role: r.", true),
        (
            "Could not find role assignment with role: r, user or group: u, project: p.",
            false,
        ),
        ("User u not found in group g", false),
    ] {
        let body = json!({"error": {"code": 404, "title": "Not Found", "message": message}});
        let (client, _) = stub(404, body).await;
        let answer = client.project_user_roles("p", "u").check("r").await;
        assert_eq!(answer.is_err(), missing, "{message}");
    }
}

#[tokio::test]
async fn headers_and_timeouts_can_be_set_for_one_call() {
    let (client, stub) = stub(200, user()).await;
    client
        .users()
        .get("u")
        .header(
            HeaderName::from_static("x-openstack-request-id"),
            HeaderValue::from_static("req-1"),
        )
        .await
        .unwrap();
    assert_eq!(stub.last().headers["x-openstack-request-id"], "req-1");
    assert_eq!(stub.last().headers["x-auth-token"], "token-of-the-caller");

    let app = Router::new().fallback(std::future::pending::<StatusCode>);
    let client = client_at(serve(app).await);
    let request = client.users().get("u").timeout(Duration::from_millis(20));
    match request.await {
        Err(Error::Transport(error)) => assert_eq!(error.kind(), TransportErrorKind::Timeout),
        other => panic!("expected a timeout, got {other:?}"),
    }
}

#[tokio::test]
async fn an_anonymous_client_sends_no_token() {
    let (client, stub) = stub(200, user()).await;
    client.anonymous().users().get("u").await.unwrap();
    assert!(!stub.last().headers.contains_key("x-auth-token"));
}

#[tokio::test]
async fn flags_of_a_query_are_there_or_not() {
    let project = json!({"project": {
        "id": "p", "name": "n", "domain_id": null, "parent_id": null, "description": null,
        "enabled": true, "is_domain": true, "tags": [],
    }});
    let (client, stub) = stub(200, project).await;
    let get = client.projects().get("p").parents_as_ids(true);
    get.await.unwrap();
    assert_eq!(stub.last().line, "GET /v3/projects/p?parents_as_ids=true");
    let get = client.projects().get("p").parents_as_ids(true);
    get.parents_as_ids(false).await.unwrap();
    assert_eq!(stub.last().line, "GET /v3/projects/p");
}

#[tokio::test]
async fn a_subject_token_travels_in_a_header_that_nobody_prints() {
    let (client, stub) = stub(404, Value::Null).await;
    let request = client.tokens().check("canary");
    assert!(!format!("{request:?}").contains("canary"));
    assert!(!request.await.unwrap());
    assert_eq!(stub.last().headers["x-subject-token"], "canary");
}

#[tokio::test]
async fn an_issued_token_comes_with_its_description() {
    let body = json!({"token": {
        "expires_at": "2030-01-01T00:00:00.000000Z", "methods": ["password"], "user": {"id": "u"},
    }});
    let (client, stub) = stub(201, body).await;
    let auth = json!({"identity": {"methods": ["password"], "password": {"user": {"password": "canary"}}}});
    let issued = client
        .tokens()
        .issue(auth.clone())
        .nocatalog(true)
        .await
        .unwrap();
    assert_eq!(issued.token.expose(), "issued");
    assert_eq!(issued.access.user.id, "u");
    assert_eq!(issued.token.expires_at(), Some(issued.access.expires_at));
    assert!(!format!("{issued:?}").contains("issued\""));
    let seen = stub.last();
    assert_eq!(seen.line, "POST /v3/auth/tokens?nocatalog=true");
    assert_eq!(seen.body, json!({"auth": auth}));
    assert!(!seen.headers.contains_key("x-auth-token"));
}

#[tokio::test]
async fn an_answer_of_another_form_is_told_without_its_values() {
    let mut odd = user();
    odd["user"]["enabled"] = json!("canary");
    for (body, expected) in [
        (odd, "`user.enabled`: expected a boolean (GET http://"),
        (json!({"users": []}), "missing field `user`"),
        (
            json!("canary"),
            "expected an object with the key `user` at line 1",
        ),
    ] {
        let (client, _) = stub(200, body).await;
        let error = client.users().get("u").await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)));
        let text = format!("{error} {:?} {error:?}", error.source());
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn the_version_is_added_to_an_address_that_lacks_it() {
    let session = Session::new(FixedToken).unwrap();
    for (address, version, expected) in [
        ("http://h", "v1", "http://h/v1"),
        ("http://h/", "v1", "http://h/v1"),
        ("http://h/proxy/", "v1", "http://h/proxy/v1"),
        ("http://h/proxy/v1", "v1", "http://h/proxy/v1"),
        ("http://h/v1/", "v1", "http://h/v1/"),
        ("http://h/v10", "v1", "http://h/v10/v1"),
        ("http://h/x", "", "http://h/x"),
    ] {
        let service = ServiceClient::at(&session, address.parse().unwrap(), version);
        assert_eq!(service.base_url().await.unwrap().as_str(), expected);
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_told_when_the_request_is_sent() {
    let (client, stub) = stub(200, user()).await;
    let error = client.tokens().validate("can\nary").await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)));
    assert!(!format!("{error} {error:?}").contains("ary\""), "{error:?}");
    let draft = client.service().request(Method::GET, &["users"]);
    let request = draft
        .secret_header("X Bad", &SecretString::from("x"))
        .empty();
    assert!(request.await.is_err());
    assert!(stub.seen.lock().unwrap().is_empty());
}
