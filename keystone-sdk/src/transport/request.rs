//! A request to an absolute URL.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use super::{Limit, Retries, redact};
use crate::error::ConfigurationError;
use crate::setters::setters;
use crate::{Error, SecretString};

/// A request to an absolute URL. `Debug` shows neither query, nor body, nor secret headers.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Url,
    /// The headers; secret ones are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
    /// The timeout of each exchange; the transport's unless set.
    pub timeout: Option<Duration>,
    /// Whether the request is idempotent, so that it can be retried. Unless set, the method
    /// decides: `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` are. `false` also excludes a retry
    /// after 429, for credentials that are valid only once.
    pub replayable: Option<bool>,
    /// When to retry. Anything not set here is inherited from the transport.
    pub retries: Retries,
    /// How many redirects are followed; as many as the transport follows unless set.
    pub redirects: Option<u32>,
    /// The limits of the request, in addition to those of the transport.
    pub limits: Vec<Limit>,
    /// The largest response body that is read, in bytes; the transport's unless set.
    pub max_body: Option<usize>,
    /// The name of the service in logs.
    pub log_name: Option<Arc<str>>,
    /// Secrets in the URL or the body that neither headers nor keys of JSON show to be such.
    pub(crate) secrets: Vec<SecretString>,
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
            secrets: Vec::new(),
        }
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    setters! {
        /// Whether the request may be sent again when its connection dies before a response, for
        /// example a `POST` for a token. A request that may not does not reuse a connection.
        #[must_use]
        pub replayable: bool;
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

    setters! {
        /// How many redirects are followed. With 0, `send` returns the redirect itself, as needed by
        /// exchanges of several steps.
        #[must_use]
        pub redirects: u32;
    }
}

impl Request {
    /// The secrets in the request, which a server may repeat in its response.
    pub(super) fn secrets_sent(&self) -> Vec<SecretString> {
        let body = self.body.as_deref().unwrap_or_default();
        let mut secrets = redact::secrets(&self.headers, body);
        let carried = self.secrets.iter().filter(|secret| !secret.is_blank());
        secrets.extend(carried.cloned());
        secrets
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
