//! One request of a generated client, from its path to its typed answer.

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::envelope::{self, Enveloped};
use super::raw::Raw;
use super::token::IssuedToken;
use super::{ServiceClient, form, missing};
use crate::auth::AccessInfo;
use crate::error::ConfigurationError;
use crate::session::Call;
use crate::transport::Response;
use crate::{Error, SecretString};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a path segment carries unencoded (RFC 3986, "unreserved").
pub(super) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request whose answer has not been given a type yet. Generated code makes it.
#[derive(Clone)]
#[must_use]
pub struct Draft {
    service: ServiceClient,
    method: Method,
    path: String,
    query: Vec<(Cow<'static, str>, String)>,
    headers: HeaderMap,
    body: Option<(HeaderValue, Bytes)>,
    timeout: Option<Duration>,
    authenticated: bool,
    /// Whether the API's version is no part of the path.
    at_root: bool,
    /// Whether `HEAD` is followed by `GET` when it finds nothing.
    explain: bool,
    /// What makes the request impossible; told when it is sent, so that builders stay plain.
    problem: Option<String>,
}

impl Draft {
    pub(super) fn new(service: ServiceClient, method: Method, segments: &[&str]) -> Self {
        let mut path = String::new();
        let mut problem = None;
        for segment in segments {
            if matches!(*segment, "" | "." | "..") {
                problem = Some(format!("`{segment}` cannot be an id in an address"));
            }
            if !path.is_empty() {
                path.push('/');
            }
            path.extend(utf8_percent_encode(segment, SEGMENT));
        }
        Self {
            service,
            method,
            path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            authenticated: true,
            at_root: false,
            explain: false,
            problem,
        }
    }

    pub(super) fn at_root(mut self) -> Self {
        self.at_root = true;
        self
    }

    /// Adds a JSON body, `{key: body}`; without the envelope if `key` is empty.
    pub fn body<T: Serialize>(mut self, key: &'static str, body: &T) -> Self {
        let bytes = if key.is_empty() {
            serde_json::to_vec(body)
        } else {
            serde_json::to_vec(&Enveloped(key, body))
        };
        match bytes {
            Ok(bytes) => self.body = Some((JSON, bytes.into())),
            // serde's words can repeat a value.
            Err(_) => self.refuse("the request body cannot be written as JSON"),
        }
        self
    }

    /// Adds a form as body: the attributes of `body`, which must be plain values.
    pub fn form<T: Serialize>(mut self, body: &T) -> Self {
        match form::write(body) {
            Some(text) => self.body = Some((form::CONTENT_TYPE, text.into())),
            None => self.refuse("the request body cannot be written as a form"),
        }
        self
    }

    /// Asks for a media type other than JSON.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.headers
            .insert(ACCEPT, HeaderValue::from_static(media_type));
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let header = HeaderName::from_bytes(name.as_bytes());
        match (header, HeaderValue::try_from(value.into())) {
            (Ok(header), Ok(value)) => self.set_header(header, value),
            _ => self.refuse_header(name),
        }
        self
    }

    /// Sets a parameter of the query.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.set_query(name.into(), Some(value.into()));
        self
    }

    /// Sets a flag of the query, or takes it away.
    pub fn flag(mut self, name: &'static str, on: bool) -> Self {
        self.set_query(name.into(), on.then(|| "true".to_owned()));
        self
    }

    /// Sets a header that no log shows.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Self {
        let header = HeaderName::from_bytes(name.as_bytes());
        match (header, HeaderValue::from_str(value.expose())) {
            (Ok(header), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.insert(header, value);
            }
            _ => self.refuse_header(name),
        }
        self
    }

    /// Sends the request without a token.
    pub fn unauthenticated(mut self) -> Self {
        self.authenticated = false;
        self
    }

    /// The answer holds a `T` under `key`.
    pub fn keyed<T: DeserializeOwned>(self, key: &'static str) -> Request<T> {
        self.read_with(key, |answer, key| envelope::read_one(&answer?, key))
    }

    /// The answer is a `T`, with nothing around it.
    pub fn json<T: DeserializeOwned>(self) -> Request<T> {
        self.read_with("", |answer, _| envelope::read_bare(&answer?))
    }

    /// The answer is a form with the attributes of a `T`.
    pub fn form_answer<T: DeserializeOwned>(self) -> Request<T> {
        self.read_with("", |answer, _| form::read(&answer?))
    }

    /// The answer is no JSON, and is handed over as it is.
    pub fn raw(self) -> Request<Raw> {
        self.read_with("", |answer, _| answer.map(Raw::new))
    }

    /// The answer has no body.
    pub fn empty(self) -> Request<()> {
        self.read_with("", |answer, _| answer.map(|_| ()))
    }

    /// The status tells whether something is there: success means yes, 404 means no.
    pub fn exists(self) -> Request<bool> {
        self.read_with("", |answer, _| match answer {
            Ok(_) => Ok(true),
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// The status tells whether two things are linked. Unlike [`exists`](Self::exists), it is an
    /// error when one of the two is not there at all: what is missing is asked for by `GET`, since
    /// the answer to `HEAD` does not say it.
    pub fn linked(mut self) -> Request<bool> {
        self.explain = true;
        self.read_with("", |answer, _| match answer {
            Ok(_) => Ok(true),
            Err(error) if missing::is_link(&error) => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// The answer holds a token's body under `key`, and the token in `X-Subject-Token`.
    pub fn issued_token(self, key: &'static str) -> Request<IssuedToken> {
        self.read_with(key, |answer, key| {
            let answer = answer?;
            let access: AccessInfo = envelope::read_one(&answer, key)?;
            IssuedToken::new(&answer, access)
        })
    }

    pub(super) fn set_query(&mut self, name: Cow<'static, str>, value: Option<String>) {
        self.query.retain(|(present, _)| *present != name);
        if let Some(value) = value {
            self.query.push((name, value));
        }
    }

    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    pub(super) fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }

    pub(super) async fn send(self) -> Result<Response, Error> {
        if !self.explain {
            return self.send_once().await;
        }
        let mut explanation = self.clone();
        explanation.method = Method::GET;
        match self.send_once().await {
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => {
                explanation.send_once().await
            }
            answer => answer,
        }
    }

    async fn send_once(self) -> Result<Response, Error> {
        if let Some(problem) = self.problem {
            return Err(ConfigurationError::new(problem).at(self.path).into());
        }
        let address = self.address().await?;
        let mut call = Call::new(self.method, address).query(&self.query);
        for (name, value) in &self.headers {
            call = call.header(name.clone(), value.clone());
        }
        if let Some((content_type, body)) = self.body {
            call = call.body(content_type, body);
        }
        if let Some(timeout) = self.timeout {
            call = call.timeout(timeout);
        }
        if !self.authenticated {
            call = call.unauthenticated();
        }
        self.service.session().send(call).await
    }

    async fn address(&self) -> Result<String, Error> {
        let base = if self.at_root {
            self.service.root_url().await?
        } else {
            self.service.base_url().await?
        };
        let base = base.as_str().trim_end_matches('/');
        // The version itself has no slash at its end, the root has.
        let slash = if self.path.is_empty() && !self.at_root {
            ""
        } else {
            "/"
        };
        Ok(format!("{base}{slash}{}", self.path))
    }

    /// What the request is for, without query and body.
    pub(super) fn place(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn refuse(&mut self, problem: &str) {
        self.problem.get_or_insert_with(|| problem.to_owned());
    }

    fn refuse_header(&mut self, name: &str) {
        self.refuse(&format!(
            "the header `{name}` or its value holds characters that no header can carry"
        ));
    }

    fn read_with<T>(self, key: &'static str, read: Read<T>) -> Request<T> {
        Request {
            draft: self,
            key,
            read,
            answer: PhantomData,
        }
    }
}

/// Shows neither query nor body: both can hold secrets.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

type Read<T> = fn(Result<Response, Error>, &'static str) -> Result<T, Error>;

/// A request whose answer is a `T`: set what this one call needs, then `await` it.
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example(identity: keystone_sdk::identity::v3::Client) -> Result<(), keystone_sdk::Error> {
/// let region = identity.regions().get("RegionOne").timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until the request is awaited"]
pub struct Request<T> {
    draft: Draft,
    key: &'static str,
    read: Read<T>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Request<T> {
    /// Sets a parameter of the query.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.draft = self.draft.query(name, value);
        self
    }

    /// Sets a flag of the query, or takes it away.
    pub fn flag(mut self, name: &'static str, on: bool) -> Self {
        self.draft = self.draft.flag(name, on);
        self
    }

    /// The time for this call, if not the session's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.draft.set_timeout(timeout);
        self
    }

    /// Sets a header of this call.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.draft.set_header(name, value);
        self
    }

    /// Sends the request; the same as to `await` it.
    ///
    /// # Errors
    ///
    /// Those of [`Session::send`](crate::Session::send); [`Error::Decode`] when the answer is not
    /// what the API describes.
    pub async fn send(self) -> Result<T, Error> {
        let key = self.key;
        (self.read)(self.draft.send().await, key)
    }
}

impl<T: 'static> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draft.fmt(f)
    }
}
