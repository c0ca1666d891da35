//! A request to an absolute address.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use super::{Limit, Retries, redact};
use crate::Error;
use crate::error::ConfigurationError;

/// A request to an absolute address. `Debug` shows neither query, nor body, nor secret headers.
#[derive(Clone)]
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
    /// The time for each exchange, if not the transport's.
    pub timeout: Option<Duration>,
    /// Whether it does no harm when the server acts on it twice; unless set, the method decides:
    /// `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` may be sent again. `false` also means that what
    /// was refused unread is not sent again, as credentials that are good for one time.
    pub replayable: Option<bool>,
    /// When it is sent again; what is not set here is as the transport's.
    pub retries: Retries,
    /// How many redirects are followed, if not as many as the transport says.
    pub redirects: Option<u32>,
    /// The limits that it keeps to, besides those of the transport.
    pub limits: Vec<Limit>,
    /// The largest response body that is read, if not the transport's, in bytes.
    pub max_body: Option<usize>,
    /// How logs call the service.
    pub log_name: Option<Arc<str>>,
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
            retries: Retries::new(),
            redirects: None,
            limits: Vec::new(),
            max_body: None,
            log_name: None,
        }
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Says whether the request may be sent again when its connection died before a response: for a
    /// `POST` that changes nothing, such as one for a token. What may not be sent again does not
    /// reuse a connection.
    #[must_use]
    pub fn replayable(mut self, replayable: bool) -> Self {
        self.replayable = Some(replayable);
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

    /// How many redirects are followed; 0 gives back the redirect itself, as an exchange of several
    /// steps wants it.
    #[must_use]
    pub fn redirects(mut self, most: u32) -> Self {
        self.redirects = Some(most);
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &redact::address(&self.url))
            .field("headers", &redact::headers(&self.headers))
            .field("body_length", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
