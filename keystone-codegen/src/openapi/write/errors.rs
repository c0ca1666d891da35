//! The errors of services, which all operations share.

use super::names::{MEDIA_TYPE, reference};
use keystone_document::Mapping as Map;

/// A response that says no.
pub(super) struct ErrorResponse {
    pub(super) status: u16,
    pub(super) name: &'static str,
    meaning: &'static str,
    /// The headers that no other has.
    headers: &'static [&'static str],
}

impl ErrorResponse {
    /// The response with a body of this schema; `shared` are the headers of all responses.
    pub(super) fn response(&self, schema: &str, shared: &[&str]) -> Map {
        let content = Map::new().with("schema", reference("schemas", schema));
        let mut response = Map::new().with("description", self.meaning);
        let mut headers = Map::new();
        for name in self.headers.iter().chain(shared) {
            headers.push(*name, reference("headers", name));
        }
        if !headers.is_empty() {
            response.push("headers", headers);
        }
        response.with("content", Map::new().with(MEDIA_TYPE, content))
    }

    const fn with(mut self, headers: &'static [&'static str]) -> Self {
        self.headers = headers;
        self
    }
}

/// The errors that operations refer to, by status.
pub(super) const ERRORS: &[ErrorResponse] = &[
    error(400, "BadRequest", "The request is malformed"),
    error(401, "Unauthorized", "There is no valid token").with(&["WWW-Authenticate"]),
    error(403, "Forbidden", "The policy does not allow it"),
    error(
        404,
        "NotFound",
        "A resource that the request names does not exist",
    ),
    error(405, "MethodNotAllowed", "The path has no such method").with(&["Allow"]),
    error(
        406,
        "NotAcceptable",
        "The service does not support the microversion",
    ),
    error(
        409,
        "Conflict",
        "The request conflicts with existing resources",
    ),
    error(410, "Gone", "The operation is no longer offered"),
    error(413, "ContentTooLarge", "The body is too large"),
    error(415, "UnsupportedMediaType", "The body is not JSON"),
    error(500, "InternalServerError", "The service failed"),
    error(
        503,
        "ServiceUnavailable",
        "Something that the service needs cannot be reached",
    )
    .with(&["Retry-After"]),
];

const fn error(status: u16, name: &'static str, meaning: &'static str) -> ErrorResponse {
    ErrorResponse {
        status,
        name,
        meaning,
        headers: &[],
    }
}
