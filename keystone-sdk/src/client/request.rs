//! Builds a request: path, query, headers, body, and the microversion that it needs.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use url::form_urlencoded;

use super::operation::Operation;
use super::typed::{Decode, IssuedToken, Raw, Read, Request};
use super::{Parameter, decode, errors, parameter};
use crate::auth::AccessInfo;
use crate::session::Call;
use crate::session::address::Below;
use crate::{SecretString, Session};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// A request whose response type is not chosen yet.
#[derive(Clone)]
#[must_use]
pub struct RequestBuilder {
    session: Session,
    call: Call,
}

impl RequestBuilder {
    pub(super) fn new(session: Session, call: Call) -> Self {
        Self { session, call }
    }

    /// Starts any operation; `parameters` are the values for the names in braces in its path.
    pub(super) fn of(
        session: Session,
        version: &'static str,
        operation: &Operation,
        parameters: &[(&str, &str)],
    ) -> Self {
        let path = operation.path.trim_matches('/');
        let below = below_version(path, version);
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
                None => problem = Some(format!("its parameter `{name}` is missing")),
            }
        }
        if let Some(name) = unused.first() {
            problem = Some(format!("it has no parameter `{name}`"));
        }
        let method = Method::from_bytes(operation.method.as_bytes());
        if method.is_err() && problem.is_none() {
            problem = Some("its method is invalid".to_owned());
        }
        let at_root = below.is_none();
        let below = Below { version, at_root };
        let mut call = Call::of_segments(method.unwrap_or_default(), &segments, below);
        if let Some(problem) = problem {
            let Operation { method, path, .. } = operation;
            call.refuse(&format!("`{method} {path}` cannot be called: {problem}"));
        }
        Self { session, call }
    }

    /// Adds a JSON body, `{key: body}`; without the envelope if `key` is empty.
    pub fn body<T: Serialize>(mut self, key: &'static str, body: &T) -> Self {
        let bytes = if key.is_empty() {
            serde_json::to_vec(body)
        } else {
            serde_json::to_vec(&Enveloped(key, body))
        };
        match bytes {
            Ok(bytes) => self.call = self.call.body(JSON, bytes),
            // serde's words can repeat a value.
            Err(_) => self
                .call
                .refuse("the request body cannot be written as JSON"),
        }
        self
    }

    /// Adds a form as body: the attributes of `body`, which must be strings, numbers or booleans.
    pub fn form<T: Serialize>(mut self, body: &T) -> Self {
        match form(body) {
            Some(text) => self.call = self.call.body(FORM, text),
            None => self
                .call
                .refuse("the request body cannot be written as a form"),
        }
        self
    }

    /// Sets the media type of the body, if it is not that of JSON.
    pub fn content_type(mut self, media_type: &'static str) -> Self {
        if self.call.has_body() {
            let value = HeaderValue::from_static(media_type);
            self.call.headers_mut().insert(CONTENT_TYPE, value);
        }
        self
    }

    /// Ends the path with a slash.
    pub fn slash(mut self) -> Self {
        self.call.add_slash();
        self
    }

    /// Requests a media type other than JSON.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        let value = HeaderValue::from_static(media_type);
        self.call.headers_mut().insert(ACCEPT, value);
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.call
            .set_header(name, HeaderValue::try_from(value.into()).ok());
        self
    }

    /// Sets a query parameter.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.call.set_query(name.into(), Some(value.into()));
        self
    }

    /// Sets or removes a flag in the query.
    pub fn flag(mut self, name: &'static str, on: bool) -> Self {
        self.call
            .set_query(name.into(), on.then(|| "true".to_owned()));
        self
    }

    /// Sets a header that is hidden in logs.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Self {
        self.call.set_header(name, value.to_header());
        self
    }

    /// Marks the request as one that needs a microversion, because of `what`. Unless the caller
    /// sets a microversion, the lowest sufficient one is requested; if the caller sets a lower one,
    /// the request fails before it is sent.
    pub fn since(mut self, version: &'static str, what: &'static str) -> Self {
        self.call.needs_mut().since(version, what);
        self
    }

    /// As [`since`](Self::since), if `used`.
    pub fn since_if(self, used: bool, version: &'static str, what: &'static str) -> Self {
        if used {
            self.since(version, what)
        } else {
            self
        }
    }

    /// Marks the request as one that needs a microversion from `first` to `last`, because of `what`: as
    /// [`since`](Self::since), and if the caller sets a higher one, the request fails before it is sent.
    pub fn between(mut self, first: &'static str, last: &'static str, what: &'static str) -> Self {
        let needs = self.call.needs_mut();
        needs.since(first, what);
        needs.until(last, what);
        self
    }

    /// As [`between`](Self::between), if `used`.
    pub fn between_if(
        self,
        used: bool,
        first: &'static str,
        last: &'static str,
        what: &'static str,
    ) -> Self {
        if used {
            self.between(first, last, what)
        } else {
            self
        }
    }

    /// Sends the request without a token.
    pub fn unauthenticated(mut self) -> Self {
        self.call = self.call.unauthenticated();
        self
    }

    /// The response holds a `T` under `key`.
    pub fn keyed<T: DeserializeOwned>(self, key: &'static str) -> Request<T> {
        self.read_with(key, |response, key| decode::read_value(&response?, key))
    }

    /// The response is a `T`, with nothing around it.
    pub fn json<T: DeserializeOwned>(self) -> Request<T> {
        self.read_with("", |response, key| decode::read_value(&response?, key))
    }

    /// The response is a form with the attributes of a `T`.
    pub fn form_response<T: DeserializeOwned>(self) -> Request<T> {
        self.read_with("", |response, _| decode::read_form(&response?))
    }

    /// The response is not JSON, and is returned as it is.
    pub fn raw(self) -> Request<Raw> {
        let read: Read<Raw> = |response, _| response.map(Raw::new);
        let mut decode = Decode::new("", read);
        decode.any_status = true;
        Request::new(self.session, self.call, decode)
    }

    /// The response has no body.
    pub fn empty(self) -> Request<()> {
        self.read_with("", |response, _| response.map(drop))
    }

    /// The status tells whether something exists: success means `true`, 404 means `false`.
    pub fn exists(self) -> Request<bool> {
        self.read_with("", |response, _| match response {
            Ok(_) => Ok(true),
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// The status tells whether two resources are linked. Unlike [`exists`](Self::exists), it is an
    /// error if one of the two does not exist: a `GET` finds out, because the response to `HEAD`
    /// has no body.
    pub fn linked(self) -> Request<bool> {
        let read: Read<bool> = |response, _| match response {
            Ok(_) => Ok(true),
            Err(error) if errors::says_not_linked(&error) => Ok(false),
            Err(error) => Err(error),
        };
        let mut decode = Decode::new("", read);
        decode.explain = true;
        Request::new(self.session, self.call, decode)
    }

    /// The response holds a token's body under `key`, and the token in `X-Subject-Token`.
    pub fn issued_token(self, key: &'static str) -> Request<IssuedToken> {
        self.read_with(key, |response, key| {
            let response = response?;
            let access: AccessInfo = decode::read_value(&response, key)?;
            IssuedToken::new(&response, access)
        })
    }

    /// Adds a body of any type.
    pub fn bytes(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        match HeaderValue::try_from(content_type.into()) {
            Ok(content_type) => self.call = self.call.body(content_type, body),
            Err(_) => self
                .call
                .refuse("the media type of the body contains characters that no header can carry"),
        }
        self
    }

    /// Adds a JSON body as [`body`](Self::body) does, if there is one.
    pub fn optional_body<T: Serialize>(self, key: &'static str, body: Option<&T>) -> Self {
        match body {
            Some(body) => self.body(key, body),
            None => self,
        }
    }

    /// Adds a form as [`form`](Self::form) does, if there is one.
    pub fn optional_form<T: Serialize>(self, body: Option<&T>) -> Self {
        match body {
            Some(body) => self.form(body),
            None => self,
        }
    }

    /// The response holds a `T` under `key`, is a `T` if `key` is empty, or has no body.
    pub fn optional<T: DeserializeOwned>(self, key: &'static str) -> Request<Option<T>> {
        self.read_with(key, |response, key| {
            let response = response?;
            match response.body.is_empty() {
                true => Ok(None),
                false => decode::read_value(&response, key).map(Some),
            }
        })
    }

    /// Sets a parameter. One that was set before is replaced; a cookie is added to the others.
    pub fn parameter<T: Serialize + ?Sized>(mut self, parameter: Parameter, value: &T) -> Self {
        parameter::set(&mut self.call, parameter, value);
        self
    }

    fn read_with<T>(self, key: &'static str, read: Read<T>) -> Request<T> {
        Request::new(self.session, self.call, Decode::new(key, read))
    }
}

/// Shows neither query nor body: both can hold secrets.
impl fmt::Debug for RequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

/// The part of a path after the version, or `None` if the path does not begin with the version.
fn below_version<'a>(path: &'a str, version: &str) -> Option<&'a str> {
    match path.strip_prefix(version)? {
        "" if !version.is_empty() => Some(""),
        rest if version.is_empty() && !rest.is_empty() => Some(rest),
        rest => rest.strip_prefix('/'),
    }
}

/// Writes `{key: body}`.
struct Enveloped<'a, T>(&'static str, &'a T);

impl<T: Serialize> Serialize for Enveloped<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

/// The attributes of a structure as a form; `None` if one of them is null, an array or an object.
fn form<T: Serialize>(body: &T) -> Option<String> {
    let Ok(Value::Object(attributes)) = serde_json::to_value(body) else {
        return None;
    };
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &attributes {
        match value {
            Value::String(text) => pairs.append_pair(name, text),
            Value::Bool(_) | Value::Number(_) => pairs.append_pair(name, &value.to_string()),
            Value::Array(_) | Value::Null | Value::Object(_) => return None,
        };
    }
    Some(pairs.finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_values_are_encoded_and_others_refused() {
        let body = json!({"grant_type": "client_credentials", "secret": "a&b =c", "n": 1});
        assert_eq!(
            form(&body).unwrap(),
            "grant_type=client_credentials&n=1&secret=a%26b+%3Dc"
        );
        assert!(form(&json!({"roles": []})).is_none());
        assert!(form(&json!("text")).is_none());
    }
}
