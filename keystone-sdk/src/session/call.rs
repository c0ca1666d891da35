//! A call of a service.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use super::address::{self, Below};
use super::microversion::{self, Needs};
use super::setters::call_settings;
use super::settings::Settings;
use crate::catalog::EndpointFilter;
use crate::error::ConfigurationError;
use crate::setters::setters;
use crate::transport::Request;
use crate::{Error, SecretString};

#[cfg(feature = "client")]
mod typed;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

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
    pub(crate) method: Method,
    target: Target,
    query: Vec<(Cow<'static, str>, String)>,
    body: Option<Bytes>,
    pub(super) authenticated: bool,
    replayable: Option<bool>,
    pub(super) settings: Settings,
    /// The microversions that have all that the call uses.
    pub(super) needs: Needs,
    /// Why the call cannot be sent. It is reported then, so that setters need no `Result`.
    problem: Option<Box<Error>>,
}

#[derive(Clone)]
enum Target {
    /// A path below the endpoint, or an absolute URL.
    Written(String),
    /// Encoded segments below a version of the API.
    #[cfg_attr(
        not(feature = "client"),
        expect(dead_code, reason = "typed clients make it")
    )]
    Encoded { path: String, below: Below },
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

    call_settings!(settings);

    /// A call of `path_or_url`: a path below the endpoint that [`endpoint`](Self::endpoint) names,
    /// or an absolute URL, to which the session's token is sent whatever its host.
    pub fn new(method: Method, path_or_url: impl Into<String>) -> Self {
        Self::of(method, Target::Written(path_or_url.into()))
    }

    fn of(method: Method, target: Target) -> Self {
        Self {
            method,
            target,
            query: Vec::new(),
            body: None,
            authenticated: true,
            replayable: None,
            settings: Settings::default(),
            needs: Needs::default(),
            problem: None,
        }
    }

    /// Sets the service to call. If the call has an absolute URL, this only sets the service type
    /// of the microversion.
    pub fn endpoint(mut self, filter: EndpointFilter) -> Self {
        self.settings.filter = filter;
        self
    }

    /// Adds query parameters, which are encoded.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(mut self, pairs: &[(K, V)]) -> Self {
        let pairs = pairs.iter().map(|(key, value)| {
            let key = Cow::Owned(key.as_ref().to_owned());
            (key, value.as_ref().to_owned())
        });
        self.query.extend(pairs);
        self
    }

    /// Sets a header that is hidden in logs, such as `X-Subject-Token`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value contains characters that no header can carry.
    pub fn secret_header(mut self, name: HeaderName, value: &SecretString) -> Result<Self, Error> {
        let header = value.to_header().ok_or_else(|| {
            ConfigurationError::new(format!(
                "the value for header `{name}` contains characters that no header can carry"
            ))
        })?;
        self.settings.headers.insert(name, header);
        Ok(self)
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            ConfigurationError::new("the request body cannot be written as JSON").caused_by(error)
        })?;
        Ok(self.body(JSON, bytes))
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

    setters! {
        /// Whether the call is idempotent, so that it can be retried. Unless set, the method decides:
        /// `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` are.
        pub replayable: bool;
    }

    /// Returns a response of any status instead of an error.
    pub fn accept_any_status(mut self) -> Self {
        self.settings.any_status = Some(true);
        self
    }

    /// Method and path, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{} {}", self.method, self.path())
    }

    fn path(&self) -> String {
        match &self.target {
            Target::Encoded { path, .. } => path.clone(),
            Target::Written(text) => address::shown(text),
        }
    }

    /// Inherits the settings of the session, and chooses the microversion.
    pub(super) fn settle(&mut self, around: &Settings) -> Result<(), Error> {
        if let Some(problem) = self.problem.take() {
            return Err(*problem);
        }
        self.settings.check_choice(around)?;
        self.settings.fill_from(around);
        let asked = self.settings.microversion.as_deref();
        let version = microversion::choose(asked, self.needs, || self.place())?;
        self.settings.microversion = version;
        Ok(())
    }

    /// The URL, if the call has an absolute one.
    pub(super) fn absolute_url(&self) -> Result<Option<Url>, Error> {
        match &self.target {
            Target::Encoded { .. } => Ok(None),
            Target::Written(text) => address::absolute(text),
        }
    }

    /// The URL of the call's path below the endpoint.
    pub(super) fn url_below(&self, base: &Url) -> Result<Url, Error> {
        match &self.target {
            Target::Encoded { path, below } => Ok(below.join(base, path)),
            Target::Written(text) => address::join(base, text),
        }
    }

    /// The request, without authentication and settings.
    pub(super) fn request(&mut self, url: Url) -> Request {
        let mut request = Request::new(self.method.clone(), url);
        if !self.query.is_empty() {
            request.url.query_pairs_mut().extend_pairs(&self.query);
        }
        request.headers = std::mem::take(&mut self.settings.headers);
        request.headers.entry(ACCEPT).or_insert(JSON);
        request.body = self.body.take();
        request.replayable = self.replayable;
        request
    }
}

/// Shows neither body, query nor user, which can be secret.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("target", &self.path())
            .field("endpoint", &self.settings.filter)
            .finish_non_exhaustive()
    }
}
