//! The errors of services, which all operations share.

use super::names::{MEDIA_TYPE, reference};
use keystone_document::Mapping as Map;

/// A response that says no.
pub(super) struct ErrorResponse {
    pub(super) status: u16,
    pub(super) name: &'static str,
    meaning: &'static str,
}

impl ErrorResponse {
    /// The response with a body of this schema.
    pub(super) fn response(&self, schema: &str) -> Map {
        let content = Map::new().with("schema", reference("schemas", schema));
        let mut response = Map::new().with("description", self.meaning);
        if self.status == 401 {
            let header = reference("headers", "WWW-Authenticate");
            response.push("headers", Map::new().with("WWW-Authenticate", header));
        }
        response.with("content", Map::new().with(MEDIA_TYPE, content))
    }
}

/// The errors that operations refer to, by status.
pub(super) const ERRORS: &[ErrorResponse] = &[
    error(400, "BadRequest", "The request is malformed"),
    error(401, "Unauthorized", "There is no valid token"),
    error(403, "Forbidden", "The policy does not allow it"),
    error(
        404,
        "NotFound",
        "A resource that the request names does not exist",
    ),
    error(
        409,
        "Conflict",
        "The request conflicts with existing resources",
    ),
    error(410, "Gone", "The operation is no longer offered"),
];

const fn error(status: u16, name: &'static str, meaning: &'static str) -> ErrorResponse {
    ErrorResponse {
        status,
        name,
        meaning,
    }
}
