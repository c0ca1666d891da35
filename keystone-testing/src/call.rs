//! A request as handlers see it.

mod query;

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::RawPathParams;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use serde_json::Value;

pub(crate) use self::query::{Query, truth};
use crate::api_error::ApiError;
use crate::caller::Caller;
use crate::policy::{self, TargetAttrs};
use crate::store::Object;

/// The one path of Identity v3 that takes a form: RFC 6749, section 4.4.2.
pub(crate) const OAUTH2_TOKEN: &str = "/v3/OS-OAUTH2/token";

/// A request with its body read and its caller known. It holds secrets, so it has no `Debug`.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) now: Timestamp,
    pub(crate) token_life: Duration,
    pub(crate) query: Query,
    base: String,
    target: String,
    params: Vec<(String, String)>,
    headers: HeaderMap,
    body: Object,
    caller: Option<Caller>,
}

impl Call {
    /// Reads the parts of a request; 400 when its body is not a JSON object.
    pub(crate) fn read(
        parts: &Parts,
        params: &RawPathParams,
        body: &Bytes,
        (now, token_life): (Timestamp, Duration),
    ) -> Result<Self, ApiError> {
        let Parts {
            method,
            uri,
            headers,
            ..
        } = parts;
        let body = read_body(uri.path(), headers, body)?;
        let params = params
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let target = uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned();
        Ok(Self {
            method: method.clone(),
            now,
            token_life,
            query: Query::of(uri),
            base: base(headers),
            target,
            params,
            headers: headers.clone(),
            body,
            caller: None,
        })
    }

    /// The same request with another body.
    pub(crate) fn with_body(&self, body: Object) -> Self {
        Self {
            body,
            ..self.clone()
        }
    }

    pub(crate) fn set_caller(&mut self, caller: Caller) {
        self.caller = Some(caller);
    }

    /// A parameter of the path; empty when there is none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// A header; `None` when absent or not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// An absolute URL below `/v3`.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}/v3/{path}", self.base)
    }

    /// The root URL as the client wrote it, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The URL of this request, with its query if it has one.
    pub(crate) fn here(&self) -> String {
        let target = self.target.strip_suffix('?').unwrap_or(&self.target);
        format!("{}{target}", self.base)
    }

    /// The path of this request.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The body; empty when none was sent.
    pub(crate) fn body(&self) -> &Object {
        &self.body
    }

    /// The caller; 401 without a valid token.
    pub(crate) fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or_else(ApiError::unauthorized)
    }

    /// Enforces a policy on the target: 401 without a caller, 403 with the name of the action when it is denied.
    pub(crate) fn require(&self, action: &str, target: TargetAttrs) -> Result<&Caller, ApiError> {
        let caller = self.caller()?;
        let action = format!("identity:{action}");
        let target = self
            .params
            .iter()
            .fold(target, |target, (name, value)| target.part(name, value));
        if policy::allows(&action, caller, &target) {
            Ok(caller)
        } else {
            Err(ApiError::denied(&action))
        }
    }
}

/// The URL that the client used: the real service builds its links from it too.
fn base(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}

/// The body as an object. A form is read on the one path that takes it, into strings.
fn read_body(path: &str, headers: &HeaderMap, body: &Bytes) -> Result<Object, ApiError> {
    if body.is_empty() {
        return Ok(Object::new());
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if media_type == "application/x-www-form-urlencoded" && path == OAUTH2_TOKEN {
        let form = Query::of_form(&String::from_utf8_lossy(body));
        let pairs = form.pairs();
        return Ok(pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect());
    }
    if !media_type.is_empty() && media_type != "application/json" {
        return Err(ApiError::expecting(
            "application/json",
            "Content-Type header",
        ));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(ApiError::expecting("valid JSON", "request body")),
    }
}
