//! Requests on the wire, without any authentication of their own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::Error;
use crate::clock::{SharedClock, SystemClock};
use crate::error::{
    ConfigurationError, DecodeError, ResponseError, ResponseParts, TransportError,
    TransportErrorKind,
};

/// The way to the wire: one HTTP client with its connections, time-outs and clock. Cheap to
/// clone; knows no tokens.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
    clock: SharedClock,
    timeout: Duration,
}

/// Settings of a [`Transport`].
#[derive(Clone, Debug)]
#[must_use]
pub struct TransportBuilder {
    clock: SharedClock,
    timeout: Duration,
    connect_timeout: Duration,
    user_agent: Option<String>,
}

impl Transport {
    /// Settings to change before [`build`](TransportBuilder::build).
    pub fn builder() -> TransportBuilder {
        TransportBuilder {
            clock: SystemClock::shared(),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            user_agent: None,
        }
    }

    /// The clock by which tokens expire.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] when there is no complete answer.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let address = address(&request.url);
        let mut builder = self
            .client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers)
            .timeout(request.timeout.unwrap_or(self.timeout));
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let fail = |error: reqwest::Error| TransportError {
            kind: if error.is_timeout() {
                TransportErrorKind::Timeout
            } else if error.is_connect() {
                TransportErrorKind::Connect
            } else {
                TransportErrorKind::Interrupted
            },
            method: request.method.clone(),
            url: address.clone(),
            source: Some(Arc::new(error.without_url())),
        };
        let answer = builder.send().await.map_err(&fail)?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let body = answer.bytes().await.map_err(&fail)?;
        Ok(Response {
            method: request.method,
            url: request.url,
            status,
            headers,
            body,
        })
    }
}

impl TransportBuilder {
    /// The clock by which tokens expire; the machine's unless set.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = clock;
        self
    }

    /// The time for a whole request; 60 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time for making a connection; 10 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Put before this crate's own `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Makes the transport.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the TLS backend cannot be set up.
    pub fn build(self) -> Result<Transport, Error> {
        let own = concat!("keystone-sdk/", env!("CARGO_PKG_VERSION"));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.connect_timeout)
            .user_agent(match &self.user_agent {
                Some(user_agent) => format!("{user_agent} {own}"),
                None => own.to_owned(),
            })
            .no_proxy()
            .build()
            .map_err(|error| {
                ConfigurationError::new("the HTTP client cannot be set up").caused_by(error)
            })?;
        Ok(Transport {
            client,
            clock: self.clock,
            timeout: self.timeout,
        })
    }
}

/// A request to an absolute address.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute address.
    pub url: Url,
    /// The headers; secret ones are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
    /// The time for the whole request, if not the transport's.
    pub timeout: Option<Duration>,
    /// Whether it may be sent again when its connection died before an answer; unless set, the
    /// method decides: `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` may.
    pub replayable: Option<bool>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            replayable: None,
        }
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value cannot be written as JSON.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            ConfigurationError::new("the request body cannot be written as JSON").caused_by(error)
        })?;
        self.body = Some(bytes.into());
        self.headers.insert(
            http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        Ok(self)
    }
}

/// An answer, read whole.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response {
    /// The method of the request.
    pub method: Method,
    /// The address of the request.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// Turns a status of 400 or more into an error.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] with what the service's error body says.
    pub fn error_for_status(self) -> Result<Self, Error> {
        if self.status.as_u16() < 400 {
            Ok(self)
        } else {
            Err(self.to_error().into())
        }
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the body is not JSON of this form; the message does not repeat it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            DecodeError::new(format!(
                "the answer to {} {} is not the JSON that was expected",
                self.method,
                address(&self.url)
            ))
            .caused_by(error)
            .into()
        })
    }

    /// The service's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.headers
            .get("x-openstack-request-id")
            .and_then(|value| value.to_str().ok())
    }

    fn to_error(&self) -> ResponseError {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let text = |key: &str| {
            body.get("error")
                .and_then(|error| error.get(key))
                .and_then(|text| text.as_str())
                .map(str::to_owned)
        };
        ResponseError::new(ResponseParts {
            status: self.status,
            method: self.method.clone(),
            url: address(&self.url),
            request_id: self.request_id().map(str::to_owned),
            title: text("title"),
            message: text("message"),
            retry_after: None,
        })
    }
}

/// An address without query, fragment and user information.
fn address(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for addresses that cannot have a user at all.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}
