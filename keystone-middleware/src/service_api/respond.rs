//! Responses: what an operation may return, and how it is written.

use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use tracing::error;
use url::Url;

use super::call::Call;
use super::error::ApiError;
use super::page::Page;
use super::show::{Show, Shown, View};

/// What the operation `Op` may respond with.
pub trait ResponseOf<Op>: Sized {
    /// The status, unless [`Status`] says another.
    const STATUS: u16;

    /// Writes it.
    fn write(self, status: u16, responder: &Responder<'_>) -> Response;
}

/// An operation whose description declares this status of success.
#[diagnostic::on_unimplemented(
    message = "the description of `{Self}` declares no status {CODE}",
    label = "not a declared status",
    note = "add it to the `status` of the operation, or use a declared one"
)]
pub trait HasStatus<const CODE: u16> {}

/// What the method of `Op` may return: a response, or a `Result` of one. `M` tells these apart, and
/// is inferred.
pub trait Outcome<Op, M> {
    /// The response.
    fn respond(self, responder: &Responder<'_>) -> Response;
}

/// Marks a response that cannot fail.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaValue;
/// Marks a response with a status of its own.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaStatus;
/// Marks a response or an error.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaResult<M>(PhantomData<M>);

impl<T: ResponseOf<Op>, Op> Outcome<Op, ViaValue> for T {
    fn respond(self, responder: &Responder<'_>) -> Response {
        self.write(T::STATUS, responder)
    }
}

impl<T: ResponseOf<Op>, Op: HasStatus<CODE>, const CODE: u16> Outcome<Op, ViaStatus>
    for Status<CODE, T>
{
    fn respond(self, responder: &Responder<'_>) -> Response {
        self.0.write(CODE, responder)
    }
}

impl<T: Outcome<Op, M>, E: IntoResponse, Op, M> Outcome<Op, ViaResult<M>> for Result<T, E> {
    fn respond(self, responder: &Responder<'_>) -> Response {
        match self {
            Ok(response) => response.respond(responder),
            Err(error) => error.into_response(),
        }
    }
}

/// A response with another status of success than the first that the document declares. Only
/// declared ones compile.
///
/// ```
/// use keystone_middleware::Status;
///
/// let already_there = Status::<200, _>("a proxy");
/// assert_eq!(already_there.0, "a proxy");
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "its one field is the response")]
pub struct Status<const CODE: u16, T>(pub T);

impl Call {
    /// The response with what the method returned.
    pub fn respond<Op, M>(self, returned: impl Outcome<Op, M>) -> Response {
        let view = self.view();
        returned.respond(&Responder {
            call: &self,
            view: &view,
        })
    }
}

/// Writes the response of one request.
#[derive(Debug)]
pub struct Responder<'a> {
    pub(super) call: &'a Call,
    pub(super) view: &'a View,
}

impl Responder<'_> {
    /// A value with `key` around it; by itself where the key is empty.
    pub fn one(&self, status: u16, key: &'static str, value: &impl Show) -> Response {
        match key {
            "" => self.json(status, &Shown(value, self.view)),
            key => self.json(status, &Entry(key, Shown(value, self.view))),
        }
    }

    /// A page of a list, with links.
    pub fn page<T: Show>(&self, status: u16, keys: &'static str, page: &Page<T>) -> Response {
        let links = Links {
            next: page.next.as_deref().map(|marker| self.next(marker)),
            this: self.this(),
        };
        self.json(status, &Listed(keys, Shown(&page.items, self.view), links))
    }

    /// A value with `key` around it, or no body.
    pub fn maybe(&self, status: u16, key: &'static str, value: Option<&impl Show>) -> Response {
        match value {
            Some(value) => self.one(status, key, value),
            None => self.empty(204),
        }
    }

    /// No body.
    pub fn empty(&self, status: u16) -> Response {
        let mut response = Response::default();
        *response.status_mut() = code(status);
        response
    }

    /// A task under `key`, with the address at which it is polled: `template` with the id of the
    /// task as its last parameter, and the other parameters of this request.
    pub fn accepted(
        &self,
        status: u16,
        key: &'static str,
        task: &impl Show,
        template: &str,
        id: &str,
    ) -> Response {
        let mut response = self.one(status, key, task);
        let url = self.address(&filled(template, self.call, id));
        if let Ok(value) = HeaderValue::from_str(&url) {
            response.headers_mut().insert(LOCATION, value);
        }
        response
    }

    /// A text of this media type, as it is.
    pub fn text(&self, status: u16, media_type: &'static str, text: String) -> Response {
        let mut response = Response::new(text.into());
        *response.status_mut() = code(status);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    /// 204 or 404, for a question whether something is there.
    pub fn whether(&self, status: u16, is_there: bool) -> Response {
        match is_there {
            true => self.empty(status),
            false => ApiError::not_found().into_response(),
        }
    }

    /// Adds a declared header, if it has a value.
    pub fn header(
        &self,
        mut response: Response,
        name: &'static str,
        value: Option<&str>,
    ) -> Response {
        let Some(value) = value else { return response };
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(value)) => {
                response.headers_mut().insert(name, value);
                response
            }
            _ => ApiError::internal(format!("the header `{name}` cannot hold its value"))
                .into_response(),
        }
    }

    fn json(&self, status: u16, value: &impl Serialize) -> Response {
        match serde_json::to_vec(value) {
            Ok(text) => {
                let mut response = Response::new(Bytes::from(text).into());
                *response.status_mut() = code(status);
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
            Err(error) => ApiError::internal(error).into_response(),
        }
    }

    /// The address of this request.
    fn this(&self) -> String {
        let uri = &self.call.parts.uri;
        self.address(uri.path_and_query().map_or("/", |path| path.as_str()))
    }

    /// The address of this request with another marker.
    fn next(&self, marker: &str) -> String {
        let uri = &self.call.parts.uri;
        let query = uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let mut next = url::form_urlencoded::Serializer::new(String::new());
        next.extend_pairs(pairs.filter(|(name, _)| name != "marker"));
        next.append_pair("marker", marker);
        self.address(&format!("{}?{}", uri.path(), next.finish()))
    }

    fn address(&self, path: &str) -> String {
        address(self.call, path)
    }
}

/// The path of a task: parameters of the request, and the id of the task.
fn filled(template: &str, call: &Call, id: &str) -> String {
    let given = call
        .template
        .split('/')
        .zip(call.parts.uri.path().split('/'));
    let given: Vec<(&str, &str)> = given.filter(|(name, _)| name.starts_with('{')).collect();
    let id = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
    let segments = template.split('/').map(|segment| {
        let own = given.iter().find(|(name, _)| *name == segment);
        match own {
            Some((_, value)) => (*value).to_owned(),
            None if segment.starts_with('{') => id.to_string().replace("%2D", "-"),
            None => segment.to_owned(),
        }
    });
    segments.collect::<Vec<String>>().join("/")
}

/// The address of a path of the service: below its public endpoint, or on the host of the request.
pub(super) fn address(call: &Call, path: &str) -> String {
    let base = base(call.settings.public_endpoint.as_ref(), &call.parts.headers);
    format!("{base}{path}")
}

/// The address of the service, without a slash at its end.
pub(super) fn base(public: Option<&Url>, headers: &http::HeaderMap) -> String {
    if let Some(url) = public {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    let host = headers
        .get(http::header::HOST)
        .and_then(|host| host.to_str().ok());
    // Only what is a host becomes part of a link.
    let url = host.and_then(|host| Url::parse(&format!("http://{host}")).ok());
    let host = url.filter(|url| url.path() == "/" && url.username().is_empty());
    host.map_or_else(String::new, |url| {
        url.as_str().trim_end_matches('/').to_owned()
    })
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_else(|_| {
        error!("the status {status} of a description is none of HTTP");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

/// `{key: value}`.
struct Entry<'a, T>(&'static str, Shown<'a, T>);

impl<T: Show> Serialize for Entry<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}

/// `{keys: [..], links}`, and `keys_links` where there is a next page: openstacksdk follows only that.
/// Source: the API-SIG's guideline on pagination.
struct Listed<'a, T>(&'static str, Shown<'a, Vec<T>>, Links);

#[derive(Serialize)]
struct Links {
    next: Option<String>,
    #[serde(rename = "self")]
    this: String,
}

#[derive(Serialize)]
struct Link<'a> {
    rel: &'static str,
    href: &'a str,
}

impl<T: Show> Serialize for Listed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.0, &self.1)?;
        map.serialize_entry("links", &self.2)?;
        if let Some(href) = &self.2.next {
            let next = [Link { rel: "next", href }];
            map.serialize_entry(&format!("{}_links", self.0), &next)?;
        }
        map.end()
    }
}
