//! Requests to the notes service, by several callers.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use keystone_middleware::testing::{TestToken, Tokens, declared_only};
use keystone_middleware::{AuthToken, Config, Routes};
use serde_json::Value;
use tower::ServiceExt;

/// The routes behind validation: `alice` and `bob` are members of a project, `reader` has no role
/// that counts, `admin` is one of the project and `root` one of the system.
pub(crate) fn app(routes: Routes) -> Router {
    let tokens = Tokens::new();
    for (name, role) in [
        ("alice", "member"),
        ("bob", "member"),
        ("reader", "reader"),
        ("admin", "admin"),
    ] {
        tokens.add(name, TestToken::user(name).project("p1").roles([role]));
    }
    tokens.add("root", TestToken::user("root").system().roles(["admin"]));
    let config = Config::with_validator("http://keystone:5000/v3", tokens);
    routes.into_router_with(AuthToken::layer(config.build().unwrap()))
}

/// A request that is built as it is sent.
pub(crate) struct Sent {
    request: axum::http::request::Builder,
    body: Body,
}

/// A response, read.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// A request with a method and a path, such as `GET /v1/notes`.
pub(crate) fn request(line: &str) -> Sent {
    let (method, path) = line.split_once(' ').unwrap();
    Sent {
        request: Request::builder()
            .method(method)
            .uri(path)
            .header("host", "notes.example"),
        body: Body::empty(),
    }
}

impl Sent {
    pub(crate) fn by(self, token: &str) -> Self {
        self.header("x-auth-token", token)
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self {
            request: self.request.header(name, value),
            ..self
        }
    }

    pub(crate) fn version(self, version: &str) -> Self {
        self.version_of(&format!("notes {version}"))
    }

    /// The microversion of a service, such as `proxy 1.2`.
    pub(crate) fn version_of(self, service: &str) -> Self {
        self.header("openstack-api-version", service)
    }

    pub(crate) fn json(self, body: impl ToString) -> Self {
        self.header("content-type", "application/json")
            .text(body.to_string())
    }

    pub(crate) fn text(self, body: impl Into<Body>) -> Self {
        Self {
            body: body.into(),
            ..self
        }
    }

    pub(crate) async fn to(self, app: &Router) -> Seen {
        let request = self.request.body(self.body).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        Seen {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_else(|_| text()),
        }
    }
}

impl Seen {
    /// The body, after a look at the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The message of an error, after a look at its form.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        let error = &self.body["error"];
        assert_eq!(error["code"], status, "{}", self.body);
        assert!(error["title"].is_string(), "{}", self.body);
        error["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// As [`app`], where a response that is not declared fails.
pub(crate) fn declared(routes: Routes) -> Router {
    declared_only(app(routes), &crate::notes::api::SERVICE)
}
