//! A call of a service: what to send, to which endpoint, and what counts as success.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use super::address;
use crate::catalog::EndpointFilter;
use crate::error::ConfigurationError;
use crate::transport::Request;
use crate::{Error, SecretString, microversion};

/// A call of a service, sent by [`Session::send`](super::Session::send).
///
/// ```
/// use http::Method;
/// use keystone_sdk::catalog::EndpointFilter;
/// use keystone_sdk::session::Call;
///
/// let call = Call::new(Method::GET, "users")
///     .endpoint(EndpointFilter::service_type("identity").major_version(3))
///     .query(&[("name", "demo")]);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Call {
    pub(super) method: Method,
    target: String,
    pub(super) endpoint: Option<EndpointFilter>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Option<Bytes>,
    timeout: Option<Duration>,
    pub(super) authenticated: bool,
    replayable: Option<bool>,
    pub(super) any_status: bool,
}

impl Call {
    /// A call of `path_or_url`: a path below the endpoint that [`endpoint`](Self::endpoint) names,
    /// or a whole address, which gets the session's token whatever host it names.
    pub fn new(method: Method, path_or_url: impl Into<String>) -> Self {
        Self {
            method,
            target: path_or_url.into(),
            endpoint: None,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            authenticated: true,
            replayable: None,
            any_status: false,
        }
    }

    /// Says which service is called.
    pub fn endpoint(mut self, filter: EndpointFilter) -> Self {
        self.endpoint = Some(filter);
        self
    }

    /// Adds to the query, encoded as the query needs it.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(mut self, pairs: &[(K, V)]) -> Self {
        let pairs = pairs.iter();
        self.query
            .extend(pairs.map(|(key, value)| (key.as_ref().to_owned(), value.as_ref().to_owned())));
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a header that no log shows, such as `X-Subject-Token`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value holds characters that no header can carry.
    pub fn secret_header(mut self, name: HeaderName, value: &SecretString) -> Result<Self, Error> {
        let mut header = HeaderValue::from_str(value.expose()).map_err(|_| {
            ConfigurationError::new(format!(
                "the value for header `{name}` holds characters that no header can carry"
            ))
        })?;
        header.set_sensitive(true);
        self.headers.insert(name, header);
        Ok(self)
    }

    /// Asks for a microversion of the API, such as `2.79` of `compute`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when it is neither `latest` nor two numbers with a dot.
    pub fn microversion(mut self, service_type: &str, version: &str) -> Result<Self, Error> {
        microversion::add_headers(service_type, version, &mut self.headers)?;
        Ok(self)
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            ConfigurationError::new("the request body cannot be written as JSON").caused_by(error)
        })?;
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Some(bytes.into());
        Ok(self)
    }

    /// Sets a body of any type.
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, content_type);
        self.body = Some(body.into());
        self
    }

    /// The time for the whole call, if not the transport's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends the call without a token.
    pub fn unauthenticated(mut self) -> Self {
        self.authenticated = false;
        self
    }

    /// Says whether the call may be sent again when its connection died before an answer. Unless
    /// set, the method decides: `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` may.
    pub fn replayable(mut self, replayable: bool) -> Self {
        self.replayable = Some(replayable);
        self
    }

    /// Gives back an answer of any status instead of an error.
    pub fn accept_any_status(mut self) -> Self {
        self.any_status = true;
        self
    }

    /// The address, when the call names a whole one.
    pub(super) fn absolute_url(&self) -> Result<Option<Url>, Error> {
        address::absolute(&self.target)
    }

    /// The request below `base`, without any proof of identity.
    pub(super) fn request(&self, base: &Url) -> Result<Request, Error> {
        let url = match self.absolute_url()? {
            Some(url) => url,
            None => address::join(base, &self.target)?,
        };
        let mut request = Request::new(self.method.clone(), url);
        if !self.query.is_empty() {
            request.url.query_pairs_mut().extend_pairs(&self.query);
        }
        request.headers = self.headers.clone();
        let json = HeaderValue::from_static("application/json");
        request.headers.entry(ACCEPT).or_insert(json);
        request.body = self.body.clone();
        request.timeout = self.timeout;
        request.replayable = self.replayable;
        Ok(request)
    }
}

/// Shows neither the body nor the query: both can hold secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("target", &self.target.split('?').next().unwrap_or_default())
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
