//! What a single call may choose for itself, operations without a method, and many calls at once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::{Json, Router};
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::auth::{AuthPlugin, EndpointFuture, Token, TokenFuture};
use keystone_sdk::catalog::{
    self, CatalogEndpoint, CatalogService, Endpoint, EndpointFilter, Interface,
};
use keystone_sdk::client::{HeaderName, HeaderValue, ServiceClient, Url, Value, bulk};
use keystone_sdk::identity::v3::{Client, User, operations};
use keystone_sdk::session::RequestId;
use keystone_sdk::transport::{Limit, Retries, Transport};
use keystone_sdk::{Error, SecretString, Session};
use serde_json::json;

use crate::typed_client_requests::serve;

/// A plugin with one token and a catalog.
#[derive(Debug)]
struct Catalog(Vec<CatalogService>);

impl AuthPlugin for Catalog {
    fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::ready(Token::new(SecretString::from("token"), None))
    }

    fn endpoint<'a>(&'a self, _: &'a Transport, filter: &'a EndpointFilter) -> EndpointFuture<'a> {
        let found = catalog::find(&self.0, filter);
        EndpointFuture::ready(found.map(|found| Endpoint::new(found.url.parse().unwrap())))
    }

    fn invalidate(&self, _: &Token) -> bool {
        false
    }
}

type Seen = Arc<Mutex<Vec<(String, HeaderMap)>>>;

async fn answer(
    State(seen): State<Seen>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> (StatusCode, Json<Value>) {
    let missing = uri.path().ends_with("/missing");
    seen.lock()
        .unwrap()
        .push((format!("{method} {uri}"), headers));
    let user = json!({"id": "u", "name": "n", "domain_id": "d", "enabled": true, "password_expires_at": null});
    let status = if missing {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    (status, Json(json!({"user": user, "users": [user]})))
}

struct Scene {
    identity: Client,
    session: Session,
    address: Url,
    seen: Seen,
}

impl Scene {
    /// A stub that answers below `/one/v3` and `/two/v3`, and for the latter's administrators.
    async fn new() -> Self {
        let seen = Seen::default();
        let address = serve(Router::new().fallback(answer).with_state(seen.clone())).await;
        let endpoint = |interface, path: &str, region| {
            CatalogEndpoint::new(interface, address.join(path).unwrap()).in_region(region)
        };
        let identity = CatalogService::new("identity", "keystone")
            .endpoint(endpoint(Interface::Public, "one/v3", "one"))
            .endpoint(endpoint(Interface::Public, "two/v3", "two"))
            .endpoint(endpoint(Interface::Admin, "admin/v3", "two"));
        let session = Session::new(Catalog(vec![identity])).unwrap();
        let filter = EndpointFilter::service_type("identity");
        Self {
            identity: Client::with_endpoint(&session, filter),
            session,
            address,
            seen,
        }
    }

    fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|(line, _)| line.clone()).collect()
    }

    fn last_header(&self, name: &str) -> String {
        let seen = self.seen.lock().unwrap();
        seen.last().unwrap().1[name].to_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_call_may_take_another_endpoint_than_its_client() {
    let scene = Scene::new().await;
    let users = scene.identity.users();
    users.get("u").await.unwrap();
    users.get("u").region_name("two").await.unwrap();
    let admin = users
        .list()
        .region_name("two")
        .endpoint_interface(Interface::Admin);
    admin.all().await.unwrap();
    let elsewhere = scene.address.join("elsewhere").unwrap();
    users.get("u").endpoint_override(elsewhere).await.unwrap();
    users.get("u").await.unwrap();
    assert_eq!(
        scene.lines(),
        [
            "GET /one/v3/users/u",
            "GET /two/v3/users/u",
            "GET /admin/v3/users",
            "GET /elsewhere/v3/users/u",
            "GET /one/v3/users/u",
        ]
    );
    let error = users.get("u").region_name("three").await.unwrap_err();
    assert!(error.to_string().contains("region `three`"), "{error}");
}

#[tokio::test]
async fn where_the_catalog_is_not_asked_no_region_can_be_chosen() {
    let scene = Scene::new().await;
    let fixed = Client::at(&scene.session, scene.address.clone());
    let error = fixed.users().get("u").region_name("two").await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    assert!(
        error.to_string().contains("`two` cannot be chosen"),
        "{error}"
    );
    assert!(scene.lines().is_empty());
}

#[tokio::test]
async fn a_call_may_have_headers_a_time_and_a_microversion_of_its_own() {
    let scene = Scene::new().await;
    let name = HeaderName::from_static("x-openstack-request-id");
    let value = HeaderValue::from_static("req-1");
    let list = scene.identity.users().list().header(name, value);
    list.clone().microversion("3.14").all().await.unwrap();
    assert_eq!(scene.last_header("x-openstack-request-id"), "req-1");
    assert_eq!(scene.last_header("openstack-api-version"), "identity 3.14");
    let error = list.timeout(Duration::ZERO).all().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    let error = scene.identity.users().get("u").microversion("new").await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("`new` is not a microversion of `identity`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_typed_request_has_every_setting_of_a_call() {
    let scene = Scene::new().await;
    let users = scene.identity.users();
    let id = RequestId::random();
    users
        .list()
        .auth(AdminToken::new("http://127.0.0.1:1", "another").unwrap())
        .endpoint_override(format!("{}elsewhere/v3", scene.address))
        .user_agent("inventory/1.0")
        .global_request_id(id.clone())
        .original_ip("192.0.2.7".parse().unwrap())
        .check_microversion(false)
        .redirects(0)
        .throttle(Limit::concurrency(1).unwrap())
        .log_name("people")
        .stream()
        .next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(scene.lines(), ["GET /elsewhere/v3/users"]);
    assert_eq!(scene.last_header("x-auth-token"), "another");
    assert_eq!(scene.last_header("user-agent"), "inventory/1.0");
    assert_eq!(scene.last_header("x-openstack-request-id"), id.as_str());
    assert!(scene.last_header("forwarded").contains("192.0.2.7"));

    // The stub has 404 for this one.
    let patient = Retries::new()
        .status(2)
        .status_pause(Duration::ZERO)
        .statuses([StatusCode::NOT_FOUND]);
    let error = users.get("missing").retries(patient).reauthenticate(false);
    let error = error.client("shelf", "2").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(scene.lines().len(), 4, "once, and twice again");
    assert!(scene.last_header("user-agent").starts_with("shelf/2"));
}

#[tokio::test]
async fn a_session_that_takes_any_status_makes_no_failure_a_success() {
    let scene = Scene::new().await;
    let lenient = scene.session.adapter().accept_any_status().build().unwrap();
    let filter = EndpointFilter::service_type("identity");
    let service = ServiceClient::in_catalog(&lenient, filter, "v3");
    let request = || service.request(Method::HEAD, &["users", "missing"]);
    assert!(!request().exists().await.unwrap());
    assert!(!request().linked().await.unwrap());
    let last = scene.lines().pop();
    assert_eq!(
        last.as_deref(),
        Some("GET /one/v3/users/missing"),
        "what is missing is asked"
    );
    for error in [
        request().empty().await.unwrap_err(),
        request().json::<Value>().await.map(drop).unwrap_err(),
    ] {
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    }
    let missing = Client::with_endpoint(&lenient, EndpointFilter::service_type("identity"));
    let error = missing.users().get("missing").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));

    // Whoever reads the response without a type can take it as it is.
    let strict = scene.identity.service();
    let raw = || strict.request(Method::GET, &["users", "missing"]).raw();
    assert!(raw().await.is_err());
    let response = raw().accept_any_status().await.unwrap();
    assert!(response.text().unwrap().contains("user"));
}

#[tokio::test]
async fn the_microversion_of_an_adapter_is_one_that_the_caller_asks_for() {
    let scene = Scene::new().await;
    let newer = scene
        .session
        .adapter()
        .service_type("notes")
        .microversion("1.20");
    let newer = newer.build().unwrap();
    let service = ServiceClient::at(&newer, scene.address.clone(), "v1").of_type("notes");
    let call = |service: &ServiceClient| {
        let request = service.request(Method::GET, &["notes"]);
        request.since("1.10", "the attribute `due`").json::<Value>()
    };
    call(&service).await.unwrap();
    assert_eq!(scene.last_header("openstack-api-version"), "notes 1.20");
    // It is that of one service, and not of another.
    let other = ServiceClient::at(&newer, scene.address.clone(), "v1").of_type("tasks");
    call(&other).await.unwrap();
    assert_eq!(scene.last_header("openstack-api-version"), "tasks 1.10");
}

#[tokio::test]
async fn what_a_call_uses_decides_the_microversion_unless_the_caller_does() {
    let scene = Scene::new().await;
    let service = ServiceClient::at(&scene.session, scene.address.clone(), "v1").of_type("notes");
    let call = |service: &ServiceClient| {
        let request = service.request(Method::GET, &["notes"]);
        request
            .since("1.4", "the operation `note.seal`")
            .since_if(true, "1.10", "the attribute `due`")
            .since_if(false, "1.12", "the attribute `pin`")
            .since("1.2", "the attribute `colour`")
            .json::<Value>()
    };
    call(&service).await.unwrap();
    assert_eq!(scene.last_header("openstack-api-version"), "notes 1.10");
    call(&service).microversion("latest").await.unwrap();
    assert_eq!(scene.last_header("openstack-api-version"), "notes latest");

    let older = service.microversion("1.9");
    let error = call(&older).await.unwrap_err().to_string();
    assert!(
        error.contains("the attribute `due` needs microversion 1.10"),
        "{error}"
    );
    call(&older).microversion("1.11").await.unwrap();
    assert_eq!(scene.last_header("openstack-api-version"), "notes 1.11");
    assert_eq!(scene.lines().len(), 3, "a refused call is not sent");
}

#[tokio::test]
async fn every_operation_can_be_called_without_its_method() {
    let scene = Scene::new().await;
    let service = scene.identity.service();
    let id = [("user_id", "a/b")];
    let whole: Value = service
        .operation(&operations::USER_GET, &id)
        .json()
        .await
        .unwrap();
    assert_eq!(whole["user"]["name"], "n");
    let user: User = service
        .operation(&operations::USER_GET, &id)
        .keyed("user")
        .await
        .unwrap();
    assert_eq!(user.name, "n");
    service
        .operation(&operations::VERSION_CURRENT, &[])
        .json::<Value>()
        .await
        .unwrap();
    service
        .operation(&operations::VERSION_ALL, &[])
        .query("verbose", "1")
        .json::<Value>()
        .region_name("two")
        .await
        .unwrap();
    service
        .operation(&operations::USER_UPDATE, &[("user_id", "u")])
        .body("user", &json!({"email": null}))
        .empty()
        .await
        .unwrap();
    assert_eq!(
        scene.lines(),
        [
            "GET /one/v3/users/a%2Fb",
            "GET /one/v3/users/a%2Fb",
            "GET /one/v3",
            "GET /two/?verbose=1",
            "PATCH /one/v3/users/u",
        ]
    );
}

#[tokio::test]
async fn parameters_of_a_path_are_neither_left_out_nor_invented() {
    let scene = Scene::new().await;
    for (parameters, words) in [
        (&[][..], "its parameter `user_id` is missing"),
        (
            &[("user_id", "u"), ("domain_id", "d")],
            "it has no parameter `domain_id`",
        ),
        (&[("user_id", "..")], "`..` cannot be an id"),
    ] {
        let request = scene
            .identity
            .service()
            .operation(&operations::USER_GET, parameters);
        let error = request.json::<Value>().await.unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert!(scene.lines().is_empty());
}

#[tokio::test]
async fn many_requests_are_sent_few_at_a_time() {
    let scene = Scene::new().await;
    let users = scene.identity.users();
    let all = bulk((0..20).map(|n| users.get(format!("u{n}"))), 4)
        .try_collect()
        .await;
    assert_eq!(all.unwrap().len(), 20);

    let ids = ["a", "missing", "b"];
    let results = bulk(ids.map(|id| users.get(id)), 1).collect().await;
    let failed: Vec<bool> = results.iter().map(Result::is_err).collect();
    assert_eq!(failed, [false, true, false]);
    let stopped = bulk(ids.map(|id| users.get(id)), 1)
        .try_collect()
        .await
        .unwrap_err();
    assert_eq!(stopped.error().unwrap().status().unwrap(), 404);
    assert_eq!(stopped.into_results().len(), 2);
    assert_eq!(scene.lines().len(), 25);
}
