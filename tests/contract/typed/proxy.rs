//! Stands between the client and a Keystone, and notes what they say; or plays a Keystone from a tape.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use keystone_sdk::client::Url;
use keystone_sdk::transport::{Request, Transport};

use crate::tape::{Body, Exchange, Player};

/// A server on loopback that responds as its origin does.
#[derive(Clone)]
pub struct Proxy(Arc<ProxyState>);

struct ProxyState {
    origin: Origin,
    heard: Mutex<Vec<Exchange>>,
}

/// Where responses come from.
pub enum Origin {
    /// A Keystone at this root.
    Server { root: String, wire: Transport },
    /// What one has said before.
    Tape(Mutex<Player>),
}

/// Headers that belong to one connection.
const HOP: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];

impl Proxy {
    /// Serves for as long as the test's runtime lives; the address has no path.
    pub async fn start(origin: Origin) -> (Self, Url) {
        let proxy = Self(Arc::new(ProxyState {
            origin,
            heard: Mutex::default(),
        }));
        let app = Router::new().fallback(response).with_state(proxy.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        (proxy, format!("http://{address}").parse().unwrap())
    }

    /// What was said since the `from`-th exchange.
    pub fn heard(&self, from: usize) -> Vec<Exchange> {
        self.0.heard.lock().unwrap()[from..].to_vec()
    }

    /// How many exchanges there were.
    pub fn count(&self) -> usize {
        self.0.heard.lock().unwrap().len()
    }

    /// What the tape holds beyond what was played.
    pub fn unplayed(&self) -> usize {
        match &self.0.origin {
            Origin::Server { .. } => 0,
            Origin::Tape(player) => player.lock().unwrap().rest(),
        }
    }
}

async fn response(
    State(proxy): State<Proxy>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = uri.path_and_query().unwrap().to_string();
    let sent = Body::read(&body, content_type(&headers).as_deref());
    let exchange = match &proxy.0.origin {
        Origin::Server { root, wire } => {
            let url = format!("{root}{target}").parse().unwrap();
            let mut request = Request::new(method.clone(), url);
            request.headers = without_hops(&headers);
            request.body = (!body.is_empty()).then_some(body);
            let response = wire.send(request).await.unwrap();
            Exchange {
                method: method.to_string(),
                target,
                sent,
                status: response.status.as_u16(),
                content_type: content_type(&response.headers),
                token: text(&response.headers, "x-subject-token"),
                response: Body::read(&response.body, content_type(&response.headers).as_deref()),
            }
        }
        Origin::Tape(player) => player.lock().unwrap().play(method.as_str(), &target, &sent),
    };
    let response = respond(&exchange);
    proxy.0.heard.lock().unwrap().push(exchange);
    response
}

fn respond(exchange: &Exchange) -> Response {
    let status = StatusCode::from_u16(exchange.status).unwrap();
    let mut headers = HeaderMap::new();
    if let Some(content_type) = &exchange.content_type {
        headers.insert("content-type", content_type.parse().unwrap());
    }
    if let Some(token) = &exchange.token {
        headers.insert("x-subject-token", token.parse().unwrap());
    }
    (status, headers, exchange.response.write()).into_response()
}

fn without_hops(headers: &HeaderMap) -> HeaderMap {
    let kept = |(name, _): &(&HeaderName, _)| !HOP.contains(&name.as_str());
    let headers = headers.iter().filter(kept);
    headers
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    text(headers, "content-type")
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().unwrap().to_owned())
}
