//! Requests whose response has a type.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::str;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Parameter, decode, parameter};
use crate::auth::{AccessInfo, Token};
use crate::error::DecodeError;
use crate::session::{Call, call_settings};
use crate::transport::Response;
use crate::{Error, SecretString, Session};

/// How a response becomes a `T`.
pub(super) struct Decode<T> {
    /// The key around the value; empty if there is none.
    pub(super) key: &'static str,
    /// Whether a `HEAD` that finds nothing is followed by a `GET`, to learn what is missing.
    pub(super) explain: bool,
    /// Whether a response of any status may be read, if the settings of the call let one through.
    pub(super) any_status: bool,
    pub(super) read: Read<T>,
}

impl<T> Decode<T> {
    pub(super) fn new(key: &'static str, read: Read<T>) -> Self {
        Self {
            key,
            explain: false,
            any_status: false,
            read,
        }
    }
}

pub(super) type Read<T> = fn(Result<Response, Error>, &'static str) -> Result<T, Error>;

/// A request whose response is a `T`. Change the settings of this call, then `await` it.
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example(identity: keystone_sdk::identity::v3::Client) -> Result<(), keystone_sdk::Error> {
/// use keystone_sdk::transport::Retries;
///
/// let region = identity
///     .regions()
///     .get("RegionOne")
///     .timeout(Duration::from_secs(2))
///     .retries(Retries::new().status(3))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until the request is awaited"]
pub struct Request<T> {
    session: Session,
    call: Call,
    decode: Decode<T>,
    response: PhantomData<fn() -> T>,
}

impl<T> Request<T> {
    pub(super) fn new(session: Session, call: Call, decode: Decode<T>) -> Self {
        Self {
            session,
            call,
            decode,
            response: PhantomData,
        }
    }

    call_settings!(call);

    /// Sets a query parameter.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.call.set_query(name.into(), Some(value.into()));
        self
    }

    /// Sets or removes a flag in the query.
    pub fn flag(mut self, name: &'static str, on: bool) -> Self {
        self.call
            .set_query(name.into(), on.then(|| "true".to_owned()));
        self
    }

    /// Sets a query parameter to several values, separated by commas.
    pub fn csv<V: Into<String>>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.query(name, values.join(","))
    }

    /// Sets a parameter.
    pub fn parameter<V: Serialize + ?Sized>(mut self, parameter: Parameter, value: &V) -> Self {
        parameter::set(&mut self.call, parameter, value);
        self
    }

    /// Sends the request, as `await` does.
    ///
    /// # Errors
    ///
    /// Those of [`Session::send`]; [`Error::Decode`] when the response is not what the API
    /// describes.
    pub async fn send(self) -> Result<T, Error> {
        let Decode {
            key,
            explain,
            any_status,
            read,
        } = self.decode;
        // A session may accept any status, but a 404 must not become a `T`, or `true`.
        let checked = |outcome: Result<Response, Error>| match any_status {
            true => outcome,
            false => outcome?.error_for_status(),
        };
        let explanation = explain.then(|| {
            let mut call = self.call.clone();
            call.method = Method::GET;
            call
        });
        let mut outcome = checked(self.session.send(self.call).await);
        if let (Err(error), Some(call)) = (&outcome, explanation)
            && error.status() == Some(StatusCode::NOT_FOUND)
        {
            outcome = checked(self.session.send(call).await);
        }
        read(outcome, key)
    }
}

impl<T: DeserializeOwned> Request<T> {
    /// Returns the headers of the response too.
    pub fn with_headers(self) -> Request<WithHeaders<T>> {
        let key = self.decode.key;
        let read: Read<WithHeaders<T>> = |response, key| {
            let mut response = response?;
            if response.body.is_empty() {
                response.body = Bytes::from_static(b"null");
            }
            let body = decode::read_value(&response, key)?;
            let headers = response.headers;
            Ok(WithHeaders { headers, body })
        };
        Request::new(self.session, self.call, Decode::new(key, read))
    }
}

impl Request<Raw> {
    /// Returns a response of any status instead of an error.
    pub fn accept_any_status(mut self) -> Self {
        self.call = self.call.accept_any_status();
        self
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
        self.call.fmt(f)
    }
}

/// A response with its headers.
#[derive(Clone, Debug)]
pub struct WithHeaders<T> {
    headers: HeaderMap,
    body: T,
}

impl<T> WithHeaders<T> {
    /// The headers; secret ones are marked sensitive.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a header, if it is present and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The response without its headers.
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T> Deref for WithHeaders<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

/// A response that is not JSON, such as an HTML page or an XML document. `Debug` shows only its
/// length, because it can hold a token or an assertion.
#[derive(Clone)]
pub struct Raw {
    headers: HeaderMap,
    body: Bytes,
}

impl Raw {
    pub(super) fn new(response: Response) -> Self {
        Self {
            headers: response.headers,
            body: response.body,
        }
    }

    /// The headers; secret ones are marked sensitive.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The media type of the body, such as `text/xml`.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text, if it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        str::from_utf8(&self.body).ok()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("content_type", &self.content_type())
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A token that was just issued, with its body. `Debug` does not show the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token.
    pub token: Token,
    /// Its user, scope, roles and expiry.
    pub access: AccessInfo,
}

impl IssuedToken {
    pub(super) fn new(response: &Response, access: AccessInfo) -> Result<Self, Error> {
        let text = response
            .headers
            .get("x-subject-token")
            .and_then(|value| value.to_str().ok())
            .filter(|text| !text.is_empty())
            .ok_or_else(|| {
                DecodeError::new("the response has no token in `X-Subject-Token`")
                    .at(format!("{} {}", response.method, response.url.path()))
                    .remedy("check that the URL is that of Keystone")
            })?;
        let token = Token::new(SecretString::from(text), Some(access.expires_at))?;
        Ok(Self { token, access })
    }
}

/// For calls about an existing token, such as its validation.
impl From<&Token> for SecretString {
    fn from(token: &Token) -> Self {
        Self::from(token.expose())
    }
}
