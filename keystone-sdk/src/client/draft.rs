//! A request as it is put together: path, query, headers, body, and what only this call needs.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::detour::Detour;
use super::envelope::{self, Enveloped};
use super::operation::Operation;
use super::raw::Raw;
use super::request::{Read, Request};
use super::token::IssuedToken;
use super::versions::Need;
use super::{ServiceClient, form, missing, versions};
use crate::auth::AccessInfo;
use crate::catalog::{EndpointFilter, Interface};
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
    detour: Detour,
    microversion: Option<String>,
    /// What asks for the highest microversion among all that is used.
    need: Option<Need>,
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
            detour: Detour::default(),
            microversion: None,
            need: None,
            authenticated: true,
            at_root: false,
            explain: false,
            problem,
        }
    }

    /// The start of any operation; `parameters` fill in the names in braces of its path.
    pub(super) fn of(
        service: &ServiceClient,
        operation: &Operation,
        parameters: &[(&str, &str)],
    ) -> Self {
        let path = operation.path.trim_matches('/');
        let below = service.below_version(path);
        let mut unused: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
        let (mut segments, mut problem) = (Vec::new(), None);
        for part in below
            .unwrap_or(path)
            .split('/')
            .filter(|part| !part.is_empty())
        {
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            let Some(name) = name else {
                segments.push(part);
                continue;
            };
            unused.retain(|unused| *unused != name);
            match parameters.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => segments.push(value),
                None => problem = Some(format!("its parameter `{name}` is not given")),
            }
        }
        if let Some(name) = unused.first() {
            problem = Some(format!("it has no parameter `{name}`"));
        }
        let method = Method::from_bytes(operation.method.as_bytes());
        let problem = match problem {
            None if method.is_err() => Some("its method cannot stand in a request".to_owned()),
            problem => problem,
        };
        let mut draft = service.request(method.unwrap_or_default(), &segments);
        draft.at_root = below.is_none();
        if let Some(problem) = problem {
            let Operation { method, path, .. } = operation;
            draft.refuse(&format!("`{method} {path}` cannot be called: {problem}"));
        }
        draft
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

    /// Names the media type of the body, if it is another than that of JSON.
    pub fn content_type(mut self, media_type: &'static str) -> Self {
        if let Some((content_type, _)) = &mut self.body {
            *content_type = HeaderValue::from_static(media_type);
        }
        self
    }

    /// Ends the path with a slash.
    pub fn slash(mut self) -> Self {
        self.path.push('/');
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

    /// Says that the request uses what came with a microversion of the API. Unless the caller asks
    /// for one, the lowest that knows all of it is asked for; nothing is sent when the caller asks
    /// for a lower one.
    pub fn since(mut self, version: &'static str, what: &'static str) -> Self {
        self.set_need(Need { version, what });
        self
    }

    /// As [`since`](Self::since), if the request does use it.
    pub fn since_if(self, used: bool, version: &'static str, what: &'static str) -> Self {
        if used {
            self.since(version, what)
        } else {
            self
        }
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

    /// Sets parameters of the query of which several may have one name.
    pub(super) fn set_pairs(&mut self, pairs: Vec<(Cow<'static, str>, String)>) {
        let new = |name: &str| pairs.iter().any(|(new, _)| new == name);
        self.query.retain(|(present, _)| !new(present));
        self.query.extend(pairs);
    }

    pub(super) fn set_body(&mut self, content_type: HeaderValue, body: Bytes) {
        self.body = Some((content_type, body));
    }

    pub(super) fn header_map(&self) -> &HeaderMap {
        &self.headers
    }

    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    pub(super) fn set_microversion(&mut self, version: String) {
        self.microversion = Some(version);
    }

    pub(super) fn set_region(&mut self, region: String) {
        self.detour.region_name = Some(region);
    }

    pub(super) fn set_interface(&mut self, interface: Interface) {
        self.detour.interface = Some(interface);
    }

    pub(super) fn set_endpoint(&mut self, address: Url) {
        self.detour.address = Some(address);
    }

    pub(super) fn set_need(&mut self, need: Need) {
        if self.need.is_none_or(|known| known.is_below(need)) {
            self.need = Some(need);
        }
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
        let place = self.place();
        let asked = self
            .microversion
            .as_deref()
            .or(self.service.asked_version());
        let version = versions::choose(asked, self.need, &place)?;
        let address = self.address().await?;
        let mut call = Call::new(self.method, address).query(&self.query);
        for (name, value) in &self.headers {
            call = call.header(name.clone(), value.clone());
        }
        if let Some((content_type, body)) = self.body {
            call = call.body(content_type, body);
        }
        match (self.service.known_type(), version) {
            (Ok(service), version) => {
                call = call.endpoint(EndpointFilter::service_type(service));
                if let Some(version) = version {
                    call = call.microversion(version);
                }
            }
            (Err(error), Some(_)) => return Err(error),
            (Err(_), None) => {}
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
            self.service.root_url(&self.detour).await?
        } else {
            self.service.url(&self.detour).await?
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

    pub(super) fn refuse(&mut self, problem: &str) {
        self.problem.get_or_insert_with(|| problem.to_owned());
    }

    fn refuse_header(&mut self, name: &str) {
        self.refuse(&format!(
            "the header `{name}` or its value holds characters that no header can carry"
        ));
    }

    pub(super) fn read_with<T>(self, key: &'static str, read: Read<T>) -> Request<T> {
        Request::new(self, key, read)
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
