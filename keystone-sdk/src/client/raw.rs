//! An answer that is no JSON.

use std::fmt;
use std::str;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::transport::Response;

/// An answer as it came: a page for a browser, an XML document. `Debug` shows only how long it is,
/// for it can hold a token or an assertion.
#[derive(Clone)]
pub struct Raw {
    headers: HeaderMap,
    body: Bytes,
}

impl Raw {
    pub(super) fn new(answer: Response) -> Self {
        Self {
            headers: answer.headers,
            body: answer.body,
        }
    }

    /// The headers; secret ones are marked sensitive.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the service says the body is, such as `text/xml`.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as a text, if it is UTF-8.
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
