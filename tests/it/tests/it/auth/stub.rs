//! A service that answers what it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;

/// A request as the stub saw it.
#[derive(Clone)]
pub(crate) struct Seen {
    /// Method and target, as in `GET /v1/things?limit=1`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A running stub.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    /// Answers each request by what `answer` makes of it.
    pub(crate) async fn start<A: IntoResponse>(
        answer: impl Fn(&Seen) -> A + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let journal = Arc::clone(&seen);
        let handle = move |request: Request| {
            let (answer, journal) = (answer.clone(), Arc::clone(&journal));
            async move { respond(request, answer, &journal).await }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
        Self { url, seen }
    }

    /// A service that is content with everything.
    pub(crate) async fn content() -> Self {
        Self::start(|_| "").await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().unwrap()
    }
}

async fn respond<A: IntoResponse>(
    request: Request,
    answer: impl Fn(&Seen) -> A,
    journal: &Mutex<Vec<Seen>>,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let seen = Seen {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let answer = answer(&seen).into_response();
    journal.lock().unwrap().push(seen);
    answer
}
