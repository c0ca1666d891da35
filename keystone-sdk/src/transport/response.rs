//! A response with its whole body.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::{error_body, redact};
use crate::error::{DecodeError, RedirectRefusal, ResponseError, ResponseParts};
use crate::{Error, SecretString};

/// The headers with the request id of a service.
const REQUEST_IDS: [HeaderName; 2] = [
    HeaderName::from_static("x-openstack-request-id"),
    HeaderName::from_static("x-compute-request-id"),
];

/// A response with its whole body. `Debug` shows neither query, nor body, nor secret headers.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// The method of the request; after redirects, of the last one.
    pub method: Method,
    /// The URL of the request; after redirects, of the last one.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers; secret ones are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How long the exchange took, to the end of the body.
    pub elapsed: Duration,
    /// The URLs that redirected here, in their order.
    pub redirected_by: Vec<Url>,
    pub(super) retry_after: Option<Duration>,
    /// Why this redirect was not followed.
    pub(super) refusal: Option<RedirectRefusal>,
    /// Whether a redirect led to another origin, where the request went without credentials.
    pub(super) without_credentials: bool,
    /// The secrets of the request, if the response is an error, which might repeat them.
    pub(super) secrets: Vec<SecretString>,
}

impl Response {
    /// Turns a status of 400 or more into an error, and a redirect that was not followed. 300 and
    /// 304 are no errors.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] with the details from the service's error body.
    pub fn error_for_status(self) -> Result<Self, Error> {
        match self.status.as_u16() {
            301..=303 | 305..=399 | 400.. => Err(self.to_error().into()),
            _ => Ok(self),
        }
    }

    /// The error for a response with an error status.
    pub fn to_error(&self) -> ResponseError {
        let body = error_body::read(&self.body);
        let message = if self.status.is_redirection() {
            Some(self.says_where())
        } else if body.is_none() && self.is_html() {
            Some("an HTML page; is this the address of an API?".to_owned())
        } else {
            None
        };
        let body = body.unwrap_or_default();
        let scrub = |text: Option<String>| text.map(|text| redact::scrub(text, &self.secrets));
        ResponseError::new(ResponseParts {
            status: self.status,
            method: self.method.clone(),
            url: self.address(),
            request_id: scrub(self.request_id().map(str::to_owned)),
            title: scrub(body.title),
            message: scrub(message.or(body.message)),
            details: scrub(body.details),
            others: body.others,
            retry_after: self.retry_after,
            redirect: self.refusal,
        })
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the body is not such JSON; the message does not repeat it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let (method, url) = (&self.method, self.address());
            if self.is_html() {
                return DecodeError::new(format!(
                    "the response to {method} {url} is an HTML page, not JSON"
                ))
                .remedy("check that the URL is that of the service's API")
                .into();
            }
            DecodeError::new(format!(
                "the response to {method} {url} is not the JSON that was expected: {}",
                describe(&error)
            ))
            .into()
        })
    }

    /// The service's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id_header()?.to_str().ok()
    }

    pub(super) fn request_id_header(&self) -> Option<&HeaderValue> {
        REQUEST_IDS.iter().find_map(|name| self.headers.get(name))
    }

    /// Takes the request id of an earlier redirect, if the response has none.
    pub(super) fn keep_request_id(&mut self, id: Option<HeaderValue>) {
        let [name, _] = REQUEST_IDS;
        if let Some(id) = id
            && self.request_id_header().is_none()
        {
            self.headers.insert(name, id);
        }
    }

    /// Why this redirect was not followed, if it is one.
    pub fn redirect_refusal(&self) -> Option<RedirectRefusal> {
        self.refusal
    }

    /// Whether a redirect led to another origin, where the request went without its credentials.
    pub fn lost_credentials(&self) -> bool {
        self.without_credentials
    }

    /// How long the service asks to wait before the next attempt (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the body is an HTML page.
    pub fn is_html(&self) -> bool {
        let content_type = self.headers.get(CONTENT_TYPE);
        let says_so = content_type.is_some_and(|value| {
            let value = value.as_bytes().to_ascii_lowercase();
            value.starts_with(b"text/html") || value.starts_with(b"application/xhtml")
        });
        says_so || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The URL of the request without query and user, for logs and errors.
    pub fn address(&self) -> String {
        redact::address(&self.url)
    }

    /// The target of a redirect. On another origin it is used without a user, which only the caller
    /// may choose.
    pub(crate) fn redirect_target(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        let mut url = self.url.join(location).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        if !same_origin(&self.url, &url) {
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        Some(url)
    }

    fn says_where(&self) -> String {
        let to = self.redirect_target().map(|url| redact::address(&url));
        let why = self.refusal.unwrap_or(RedirectRefusal::TurnedOff);
        match to {
            Some(to) => format!("a redirect to {to}, {why}"),
            None => RedirectRefusal::NoLocation.to_string(),
        }
    }
}

pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("method", &self.method)
            .field("url", &self.address())
            .field("status", &self.status)
            .field("headers", &redact::headers(&self.headers))
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Describes what is wrong and where. A message of serde may repeat a value, which may be a secret,
/// so only the name of a missing field is used, which is our own.
fn describe(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let place = format!("line {line} column {column}");
    match error.classify() {
        serde_json::error::Category::Data => {
            let text = error.to_string();
            match text
                .strip_prefix("missing field `")
                .and_then(|rest| rest.split_once('`'))
            {
                Some((field, _)) => format!("field `{field}` is missing, {place}"),
                None => format!("a value of another type than expected, {place}"),
            }
        }
        serde_json::error::Category::Eof => "it ends too early".to_owned(),
        _ => format!("invalid JSON at {place}"),
    }
}

#[cfg(test)]
mod tests {
    use http::header::LOCATION;
    use serde::Deserialize;

    use super::*;

    fn response(status: u16, content_type: &'static str, body: &str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Response {
            method: Method::GET,
            url: Url::parse("http://h:5000/v3/users?name=canary").unwrap(),
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            elapsed: Duration::ZERO,
            redirected_by: Vec::new(),
            retry_after: None,
            refusal: None,
            without_credentials: false,
            secrets: Vec::new(),
        }
    }

    #[derive(Debug, Deserialize)]
    struct User {
        #[expect(dead_code, reason = "only reading is tested")]
        id: u32,
    }

    #[test]
    fn html_instead_of_json_is_named() {
        let page = response(200, "text/html; charset=utf-8", "<html>canary</html>");
        assert_eq!(
            page.json::<User>().unwrap_err().to_string(),
            "the response to GET http://h:5000/v3/users is an HTML page, not JSON; \
             check that the URL is that of the service's API"
        );
        let error = response(502, "text/plain", " <h1>Bad gateway</h1>").to_error();
        assert_eq!(
            error.message(),
            Some("an HTML page; is this the address of an API?")
        );
    }

    #[test]
    fn what_does_not_decode_is_described_without_its_values() {
        for (body, says) in [
            (
                r#"{"id": "canary"}"#,
                "a value of another type than expected, line 1 column 15",
            ),
            ("{}", "field `id` is missing, line 1 column 2"),
            ("canary", "invalid JSON at line 1 column 1"),
            ("{", "it ends too early"),
        ] {
            let error = response(200, "application/json", body)
                .json::<User>()
                .unwrap_err();
            assert!(error.to_string().ends_with(says), "{error}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn a_redirect_is_an_error_that_names_the_location_without_its_query() {
        let mut response = response(302, "text/plain", "");
        response.headers.insert(
            LOCATION,
            HeaderValue::from_static("/identity/v3?token=canary"),
        );
        assert_eq!(
            response.error_for_status().unwrap_err().to_string(),
            "GET http://h:5000/v3/users responded with 302 Found: a redirect to \
             http://h:5000/identity/v3, which is not followed; use that address"
        );
    }

    #[test]
    fn multiple_choices_and_not_modified_are_answers() {
        for status in [200, 204, 300, 304] {
            assert!(
                response(status, "application/json", "{}")
                    .error_for_status()
                    .is_ok()
            );
        }
    }

    #[test]
    fn debug_shows_no_body_no_query_and_no_token() {
        let mut response = response(201, "application/json", r#"{"password": "canary"}"#);
        response
            .headers
            .insert("x-subject-token", HeaderValue::from_static("canary"));
        assert!(!format!("{response:?}").contains("canary"), "{response:?}");
    }
}
