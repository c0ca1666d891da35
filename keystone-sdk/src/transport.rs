//! HTTP requests, without any authentication.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use url::Url;

use crate::Error;
use crate::clock::SharedClock;
use crate::error::{ConfigurationError, DecodeError, TransportError, TransportErrorKind};

mod builder;
mod documents;
mod error_body;
pub(crate) mod forwarded;
mod limit;
mod log;
pub mod redact;
mod redirects;
mod replay;
mod request;
mod response;
mod retries;
mod retry_after;
mod timings;
#[cfg(feature = "tls")]
mod tls;
mod tries;
pub(crate) mod user_agent;

pub use builder::TransportBuilder;
pub(crate) use builder::refuse_without_tls;
pub use limit::Limit;
pub use request::Request;
pub use response::Response;
pub use retries::Retries;
pub use timings::Timing;
#[cfg(feature = "tls")]
pub use tls::TlsVersion;

use documents::Documents;
use redirects::Redirects;

use timings::Timings;
use tries::Tries;

/// An HTTP client with its connections, timeouts, retries, limits and clock. Cheap to clone. It
/// adds no tokens, keeps no cookies and reads no proxy variables.
///
/// A server may have closed a connection that is about to be reused. If that happens to an
/// idempotent request (see [`Request::replayable`]), it is sent once more on a fresh connection;
/// other requests always use a new connection. [`Retries`] configure further attempts.
///
/// Redirects are followed, up to a limit and never in a circle. To another origin, the request
/// carries no credentials, and it is not redirected there with a body, nor from TLS to plain HTTP.
///
/// # Exchanges of several steps
///
/// A plugin may send as many requests as its login needs: a SPNEGO or SAML exchange sends one with
/// [`redirects(0)`](Request::redirects), reads the challenge from the headers of the 401 (or the
/// assertion from the body and the cookies from `Set-Cookie`), and sets `Authorization` or `Cookie`
/// of the next request itself. [`send`](Self::send) returns responses of any status; secret headers
/// are marked sensitive, so that logs do not show them.
#[derive(Clone)]
pub struct Transport(Arc<TransportParts>);

struct TransportParts {
    plain: Clients,
    /// Built for the first `https` URL: reading the system's certificates takes a while, and fails
    /// where there are none, which must not affect programs that need no TLS.
    secure: OnceLock<Result<Clients, Error>>,
    settings: TransportBuilder,
    documents: Documents,
    timings: Timings,
}

/// The same client twice. It has no `Debug`, because that of reqwest shows the passwords of
/// proxies.
#[derive(Clone)]
struct Clients {
    /// Keeps connections for reuse.
    pooled: reqwest::Client,
    /// Never reuses a connection: a pool that returned a dead one may hold more of them.
    fresh: reqwest::Client,
}

impl Transport {
    /// Settings to change before [`build`](TransportBuilder::build).
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    /// The clock that decides when tokens expire.
    pub fn clock(&self) -> &SharedClock {
        &self.0.settings.clock
    }

    /// Sends a request and reads the whole response, whatever its status.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] when there is no complete response in time, [`Error::Decode`] when its
    /// body is too large, [`Error::Configuration`] when the URL is not one of HTTP or TLS cannot be
    /// set up.
    pub async fn send(&self, mut request: Request) -> Result<Response, Error> {
        self.deliver(&mut request).await
    }

    /// As [`send`](Self::send), but the caller keeps the request to send it again. Only its headers
    /// are completed; redirects do not change it.
    pub(crate) async fn deliver(&self, request: &mut Request) -> Result<Response, Error> {
        self.complete(&mut request.headers);
        let settings = &self.0.settings;
        let mut tries = Tries::new(request.retries.or(&settings.retries));
        let most = request.redirects.unwrap_or(settings.redirects);
        let mut response = self.send_patiently(request, &mut tries).await?;
        if !redirects::is_redirect(response.status) {
            return Ok(response);
        }
        let mut redirects = Redirects::new(most);
        let mut next = request.clone();
        let mut request_id = None;
        while redirects::is_redirect(response.status) {
            if let Err(refusal) = redirects.follow(&mut next, &response) {
                response.refusal = Some(refusal);
                break;
            }
            log::redirect(&response, &next);
            request_id = response.request_id_header().cloned().or(request_id);
            response = self.send_patiently(&next, &mut tries).await?;
        }
        response.keep_request_id(request_id);
        response.without_credentials = redirects.left_origin();
        response.redirected_by = redirects.history();
        Ok(response)
    }

    /// The timings since the last call, if [they are collected](TransportBuilder::collect_timings).
    pub fn take_timings(&self) -> Vec<Timing> {
        self.0.timings.take()
    }

    /// The `User-Agent` of requests that a client of this name makes.
    pub(crate) fn user_agent(&self, client: (&str, &str)) -> Result<HeaderValue, Error> {
        self.0.settings.user_agent.header(Some(client))
    }

    /// The underlying HTTP client, with its TLS, proxies and connections: for features that this
    /// crate lacks, such as websockets and streamed bodies. It adds no token and no `User-Agent`,
    /// does not retry, and follows no redirects.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the URL is not one of HTTP or TLS cannot be set up.
    pub fn http_client(&self, url: &Url) -> Result<reqwest::Client, Error> {
        Ok(self.clients(url)?.pooled.clone())
    }

    /// Adds the default headers, and marks secret ones sensitive.
    fn complete(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0.settings.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        redact::mark(headers);
    }

    /// Sends the request, with retries.
    async fn send_patiently(
        &self,
        request: &Request,
        tries: &mut Tries,
    ) -> Result<Response, Error> {
        loop {
            let outcome = self.send_once(request).await;
            let Some(pause) = tries.next(request, &outcome) else {
                return outcome;
            };
            log::retry(request, &outcome, pause);
            self.clock().sleep(pause).await;
        }
    }

    /// One exchange, within the limits.
    async fn send_once(&self, request: &Request) -> Result<Response, Error> {
        let settings = &self.0.settings;
        let clients = self.clients(&request.url)?;
        let mut permits = Vec::new();
        for limit in settings.limits.iter().chain(&request.limits) {
            permits.push(limit.admit(&settings.clock).await);
        }
        log::request(request);
        let begin = settings.clock.now();
        let timeout = request.timeout.unwrap_or(settings.timeout);
        // Pinned here: the timer would move it, and it is large.
        let exchange = pin!(self.exchange(clients, request));
        let mut outcome = match tokio::time::timeout(timeout, exchange).await {
            // A timer is too coarse for a timeout of zero.
            Ok(outcome) if !timeout.is_zero() => outcome,
            _ => Err(failure(request, TransportErrorKind::Timeout, None).into()),
        };
        drop(permits);
        let elapsed = settings.clock.now().duration_since(begin);
        let elapsed = elapsed.try_into().unwrap_or_default();
        if let Ok(response) = &mut outcome {
            response.elapsed = elapsed;
            if response.status.as_u16() >= 400 {
                response.secrets = request.secrets_sent();
            }
            log::response(request, response);
        }
        if settings.collect_timings {
            self.0.timings.add(Timing {
                method: request.method.clone(),
                url: redact::address(&request.url),
                status: outcome.as_ref().ok().map(|response| response.status),
                elapsed,
            });
        }
        outcome
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
        let repeatable = tries::may_be_replayed(request);
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
                "dead connection, retrying on a fresh one"
            );
            head = clients.fresh.execute(on_wire(request)).await;
        }
        let mut response = head.map_err(|error| no_response(request, error))?;
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        redact::mark(&mut headers);
        let retry_after = retry_after::read(&headers, self.clock().now());
        let body = self.body(request, response).await?;
        Ok(Response {
            method: request.method.clone(),
            url: request.url.clone(),
            status,
            headers,
            body,
            elapsed: Duration::ZERO,
            redirected_by: Vec::new(),
            retry_after,
            refusal: None,
            without_credentials: false,
            secrets: Vec::new(),
        })
    }

    async fn body(
        &self,
        request: &Request,
        mut response: reqwest::Response,
    ) -> Result<Bytes, Error> {
        let limit = request.max_body.unwrap_or(self.0.settings.max_body);
        let mut whole = BytesMut::new();
        let mut first = Bytes::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|e| no_response(request, e))?
        {
            if first.len() + whole.len() + chunk.len() > limit {
                return Err(too_large(request, limit).into());
            }
            // Most bodies arrive in one chunk, which needs no copy.
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

fn no_response(request: &Request, error: reqwest::Error) -> TransportError {
    let kind = if replay::tls_failed(&error) {
        TransportErrorKind::Tls
    } else if error.is_connect() {
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
        step: None,
    }
}

fn too_large(request: &Request, limit: usize) -> DecodeError {
    DecodeError::new(format!(
        "the response to {} {} is larger than {limit} bytes",
        request.method,
        redact::address(&request.url)
    ))
    .remedy("ask for less, or raise the transport's `max_body`")
}

#[cfg(test)]
mod tests;
