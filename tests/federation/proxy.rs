//! A man in the middle.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use keystone_sdk::{Url, transport};
use tokio::net::TcpListener;

use crate::login::transport;

/// Hands requests on to a server, and changes its responses.
pub(crate) struct Proxy {
    pub(crate) url: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Stands before the origin of `target`; `change` gets the path and the body of each response.
    /// Where a request names the address of the proxy, the server reads its own.
    pub(crate) async fn start(
        target: &str,
        change: impl Fn(&str, String) -> String + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let origin: Url = target.parse().unwrap();
        let own = url.clone();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let journal = Arc::clone(&lines);
        let app = Router::new().fallback(move |request: Request| {
            let (change, journal) = (change.clone(), Arc::clone(&journal));
            let (own, origin) = (own.clone(), origin.clone());
            async move {
                let line = format!("{} {}", request.method(), request.uri().path());
                journal.lock().unwrap().push(line);
                hand_on(request, &own, origin, change).await
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, lines }
    }

    /// `address`, which is one of the server's, at the proxy.
    pub(crate) fn address(&self, address: &str) -> String {
        let path = address.splitn(4, '/').nth(3).unwrap();
        format!("{}/{path}", self.url)
    }

    /// Methods and paths of the requests so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

async fn hand_on(
    request: Request,
    own: &str,
    mut url: Url,
    change: impl Fn(&str, String) -> String,
) -> Response {
    let (head, body) = request.into_parts();
    let origin = url.origin().ascii_serialization();
    let path = head.uri.path().to_owned();
    url.set_path(&path);
    url.set_query(head.uri.query());
    let mut onward = transport::Request::new(head.method, url).redirects(0);
    onward.headers = head.headers;
    for name in [HOST, CONTENT_LENGTH, TRANSFER_ENCODING] {
        onward.headers.remove(name);
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    onward.body = Some(body.replace(own, &origin).into());
    let response = transport().send(onward).await.unwrap();
    let text = String::from_utf8(response.body.to_vec()).unwrap();
    let mut changed = Response::new(Body::from(change(&path, text)));
    *changed.status_mut() = response.status;
    *changed.headers_mut() = response.headers;
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        changed.headers_mut().remove(name);
    }
    changed
}
