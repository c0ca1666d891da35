//! A call of a service: what to send, to which endpoint, and what counts as success.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use super::settings::{Settings, setters};
use super::{RequestId, address};
use crate::auth::AuthPlugin;
use crate::catalog::EndpointFilter;
use crate::error::ConfigurationError;
use crate::transport::{Limit, Request, Retries};
use crate::{Error, SecretString};

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
    query: Vec<(String, String)>,
    body: Option<Bytes>,
    pub(super) authenticated: bool,
    replayable: Option<bool>,
    pub(super) settings: Settings,
}

macro_rules! verbs {
    ($($verb:ident = $method:ident,)*) => {
        $(
            #[doc = concat!("A call by `", stringify!($method), "`: see [`new`](Self::new).")]
            pub fn $verb(path_or_url: impl Into<String>) -> Self {
                Self::new(Method::$method, path_or_url)
            }
        )*
    };
}

impl Call {
    verbs! {
        get = GET,
        head = HEAD,
        post = POST,
        put = PUT,
        patch = PATCH,
        delete = DELETE,
    }

    setters!();

    /// A call of `path_or_url`: a path below the endpoint that [`endpoint`](Self::endpoint) names,
    /// or a whole address, which gets the session's token whatever host it names.
    pub fn new(method: Method, path_or_url: impl Into<String>) -> Self {
        Self {
            method,
            target: path_or_url.into(),
            query: Vec::new(),
            body: None,
            authenticated: true,
            replayable: None,
            settings: Settings::default(),
        }
    }

    /// Says which service is called. Where the call names a whole address, this only says whose
    /// microversion is meant.
    pub fn endpoint(mut self, filter: EndpointFilter) -> Self {
        self.settings.filter = filter;
        self
    }

    /// Adds to the query, encoded as the query needs it.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(mut self, pairs: &[(K, V)]) -> Self {
        let pairs = pairs.iter();
        self.query
            .extend(pairs.map(|(key, value)| (key.as_ref().to_owned(), value.as_ref().to_owned())));
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
        self.settings.headers.insert(name, header);
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
        self.settings
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Some(bytes.into());
        Ok(self)
    }

    /// Sets a body of any type.
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.settings.headers.insert(CONTENT_TYPE, content_type);
        self.body = Some(body.into());
        self
    }

    /// Sends the call without a token.
    pub fn unauthenticated(mut self) -> Self {
        self.authenticated = false;
        self
    }

    /// Says whether it does no harm when the service acts on the call twice, so that it may be sent
    /// again. Unless set, the method decides: `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` may.
    pub fn replayable(mut self, replayable: bool) -> Self {
        self.replayable = Some(replayable);
        self
    }

    /// The address, when the call names a whole one.
    pub(super) fn absolute_url(&self) -> Result<Option<Url>, Error> {
        address::absolute(&self.target)
    }

    /// The address of the call's path below `base`.
    pub(super) fn url_below(&self, base: &Url) -> Result<Url, Error> {
        address::join(base, &self.target)
    }

    /// The request, without any proof of identity and without what the settings say.
    pub(super) fn request(&self, url: Url) -> Result<Request, Error> {
        let mut request = Request::new(self.method.clone(), url);
        if !self.query.is_empty() {
            request.url.query_pairs_mut().extend_pairs(&self.query);
        }
        let json = HeaderValue::from_static("application/json");
        request.headers = HeaderMap::from_iter([(ACCEPT, json)]);
        request.body = self.body.clone();
        request.replayable = self.replayable;
        Ok(request)
    }
}

/// Shows neither the body, nor the query, nor a user in the address: all can hold secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("target", &address::shown(&self.target))
            .field("endpoint", &self.settings.filter)
            .finish_non_exhaustive()
    }
}
