//! Requests on the wire, without any authentication of their own.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use url::Url;

use crate::Error;
use crate::clock::SharedClock;
use crate::error::{ConfigurationError, DecodeError, TransportError, TransportErrorKind};

mod builder;
mod documents;
mod error_body;
mod redact;
mod replay;
mod request;
mod response;
mod retry_after;
#[cfg(feature = "tls")]
mod tls;

pub use builder::TransportBuilder;
pub use request::Request;
pub use response::Response;

use documents::Documents;

/// The way to the wire: one HTTP client with its connections, time-outs and clock. Cheap to
/// clone; knows no tokens, follows no redirects, reads no proxy variables.
///
/// A server may have closed a connection that is about to be reused. A request that may be repeated
/// (see [`Request::replayable`]) and meets such a connection is sent once more, on a fresh one; a
/// request that may not be repeated gets a connection of its own.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    plain: Clients,
    /// Made when the first `https` address comes: reading the system's certificates takes a while
    /// and fails where there are none, which is nothing to those who need no TLS.
    secure: OnceLock<Result<Clients, Error>>,
    settings: TransportBuilder,
    documents: Documents,
}

/// The same client twice. Without `Debug`, for that of reqwest shows proxies with their passwords.
#[derive(Clone)]
struct Clients {
    /// Keeps connections for reuse.
    pooled: reqwest::Client,
    /// Never reuses one: the pool that gave out a dead connection may hold more of them.
    fresh: reqwest::Client,
}

impl Transport {
    /// Settings to change before [`build`](TransportBuilder::build).
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    /// The clock by which tokens expire.
    pub fn clock(&self) -> &SharedClock {
        &self.0.settings.clock
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] when there is no complete answer in time, [`Error::Decode`] when its
    /// body is larger than allowed, [`Error::Configuration`] when the address is none for HTTP or
    /// TLS cannot be set up.
    pub async fn send(&self, mut request: Request) -> Result<Response, Error> {
        redact::mark(&mut request.headers);
        let clients = self.clients(&request.url)?;
        let timeout = request.timeout.unwrap_or(self.0.settings.timeout);
        tracing::debug!(
            method = %request.method,
            url = redact::address(&request.url),
            headers = ?redact::Headers(&request.headers),
            "request"
        );
        let exchange = tokio::time::timeout(timeout, self.exchange(clients, &request));
        let answer = match exchange.await {
            Ok(answer) => answer?,
            Err(_) => return Err(failure(&request, TransportErrorKind::Timeout, None).into()),
        };
        tracing::debug!(
            status = answer.status.as_u16(),
            url = answer.address(),
            headers = ?redact::Headers(&answer.headers),
            "answer"
        );
        Ok(answer)
    }

    fn documents(&self) -> &Documents {
        &self.0.documents
    }

    fn clients(&self, url: &Url) -> Result<&Clients, Error> {
        match url.scheme() {
            "http" => Ok(&self.0.plain),
            "https" => {
                let secure = self
                    .0
                    .secure
                    .get_or_init(|| self.0.settings.secure_clients());
                secure.as_ref().map_err(Clone::clone)
            }
            scheme => Err(
                ConfigurationError::new(format!("`{scheme}` is not a scheme of HTTP"))
                    .at(redact::address(url))
                    .remedy("use an address that starts with `http://` or `https://`")
                    .into(),
            ),
        }
    }

    async fn exchange(&self, clients: &Clients, request: &Request) -> Result<Response, Error> {
        let repeatable = request.may_be_replayed();
        let first = if repeatable {
            &clients.pooled
        } else {
            &clients.fresh
        };
        let mut head = first.execute(on_wire(request)).await;
        if let Err(error) = &head
            && repeatable
            && replay::connection_was_dead(error)
        {
            tracing::debug!(
                url = redact::address(&request.url),
                "the connection was dead, trying a fresh one"
            );
            head = clients.fresh.execute(on_wire(request)).await;
        }
        let mut answer = head.map_err(|error| unanswered(request, error))?;
        let status = answer.status();
        let mut headers = std::mem::take(answer.headers_mut());
        redact::mark(&mut headers);
        let retry_after = retry_after::read(&headers, self.clock().now());
        let body = self.body(request, answer).await?;
        Ok(Response {
            method: request.method.clone(),
            url: request.url.clone(),
            status,
            headers,
            body,
            retry_after,
        })
    }

    async fn body(&self, request: &Request, mut answer: reqwest::Response) -> Result<Bytes, Error> {
        let limit = request.max_body.unwrap_or(self.0.settings.max_body);
        let mut whole = BytesMut::new();
        let mut first = Bytes::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| unanswered(request, e))? {
            if first.len() + whole.len() + chunk.len() > limit {
                return Err(too_large(request, limit).into());
            }
            // Most bodies come in one piece, which needs no copy.
            if first.is_empty() && whole.is_empty() {
                first = chunk;
            } else {
                whole.extend_from_slice(&std::mem::take(&mut first));
                whole.extend_from_slice(&chunk);
            }
        }
        Ok(if whole.is_empty() {
            first
        } else {
            whole.freeze()
        })
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transport").field(&self.0.settings).finish()
    }
}

fn on_wire(request: &Request) -> reqwest::Request {
    let mut wire = reqwest::Request::new(request.method.clone(), request.url.clone());
    wire.headers_mut().clone_from(&request.headers);
    *wire.body_mut() = request.body.clone().map(reqwest::Body::from);
    wire
}

fn unanswered(request: &Request, error: reqwest::Error) -> TransportError {
    let kind = if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    failure(request, kind, Some(error.without_url()))
}

fn failure(
    request: &Request,
    kind: TransportErrorKind,
    source: Option<reqwest::Error>,
) -> TransportError {
    TransportError {
        kind,
        method: request.method.clone(),
        url: redact::address(&request.url),
        source: source.map(|error| Arc::new(error) as _),
    }
}

fn too_large(request: &Request, limit: usize) -> DecodeError {
    DecodeError::new(format!(
        "the answer to {} {} is larger than {limit} bytes",
        request.method,
        redact::address(&request.url)
    ))
    .remedy("ask for less, or raise the transport's `max_body`")
}

#[cfg(test)]
mod tests;
