//! Stubs of servers, which keep what they were sent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::net::TcpListener;

/// What a stub was sent.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// A server that gives each request to a function, and keeps it.
#[derive(Clone)]
pub(super) struct Stub {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    pub(super) async fn start<F>(respond: impl FnOnce(&str) -> F) -> Self
    where
        F: Fn(&Seen) -> Response + Clone + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, respond) = (Arc::clone(&seen), respond(&url));
        let app = Router::new().fallback(move |request: Request| {
            let (kept, respond) = (Arc::clone(&kept), respond.clone());
            async move {
                let request = read(request).await;
                let response = respond(&request);
                kept.lock().unwrap().push(request);
                response
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, seen }
    }

    /// All requests so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests so far as methods and paths.
    pub(super) fn paths(&self) -> Vec<String> {
        let seen = self.seen();
        seen.iter()
            .map(|one| format!("{} {}", one.method, one.path))
            .collect()
    }
}

async fn read(request: Request) -> Seen {
    let (head, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// A response of this status, with these headers and this body.
pub(super) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.to_owned().into()).unwrap()
}

/// The response of Keystone that ends a login.
pub(super) fn token(name: &str) -> Response {
    let body = r#"{"token": {"expires_at": "2999-01-01T00:00:00Z", "methods": ["saml2"],
        "user": {"id": "u", "name": "alice"}}}"#;
    let headers = [
        ("x-subject-token", name),
        ("content-type", "application/json"),
    ];
    response(201, &headers, body)
}
