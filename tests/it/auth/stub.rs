//! A service that answers what it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use tokio::net::{TcpListener, TcpSocket};

/// An address that is taken and where nobody listens, for as long as this is kept.
pub(crate) struct Nobody {
    /// `http://HOST:PORT`.
    pub(crate) url: String,
    _socket: TcpSocket,
}

impl Nobody {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        Self {
            url,
            _socket: socket,
        }
    }
}

/// A request as the stub saw it.
#[derive(Clone)]
pub(crate) struct Seen {
    /// Method and target, as in `GET /v1/things?limit=1`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn method(&self) -> &str {
        self.line.split(' ').next().unwrap()
    }

    /// Path and query.
    pub(crate) fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }

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
        Self::in_turn(move |seen, _| answer(seen)).await
    }

    /// Answers each request by what `answer` makes of it and of its number, from 0.
    pub(crate) async fn in_turn<A: IntoResponse>(
        answer: impl Fn(&Seen, usize) -> A + Clone + Send + Sync + 'static,
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
    answer: impl Fn(&Seen, usize) -> A,
    journal: &Mutex<Vec<Seen>>,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let seen = Seen {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let number = {
        let mut journal = journal.lock().unwrap();
        journal.push(seen.clone());
        journal.len() - 1
    };
    answer(&seen, number).into_response()
}

/// An answer with a status alone.
pub(crate) fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap().into_response()
}

/// An answer with a header.
pub(crate) fn with_header(code: u16, name: HeaderName, value: &str) -> Response {
    let mut answer = status(code);
    answer.headers_mut().insert(name, value.parse().unwrap());
    answer
}
