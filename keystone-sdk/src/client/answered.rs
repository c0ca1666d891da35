//! Bodies and answers that described APIs of others have: bytes, nothing at all, headers.

use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::draft::Draft;
use super::envelope;
use super::request::Request;
use crate::Error;
use crate::transport::Response;

/// An answer with its headers.
#[derive(Clone, Debug)]
pub struct Answered<T> {
    headers: HeaderMap,
    body: T,
}

impl<T> Answered<T> {
    /// The headers; secret ones are marked sensitive.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer alone.
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T> Deref for Answered<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl Draft {
    /// Adds a body that is no JSON.
    pub fn bytes(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        match HeaderValue::try_from(content_type.into()) {
            Ok(content_type) => self.set_body(content_type, body.into()),
            Err(_) => {
                self.refuse("the media type of the body holds characters that no header can carry")
            }
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

    /// The answer holds a `T` under `key`, is a `T` if `key` is empty, or has no body.
    pub fn optional<T: DeserializeOwned>(self, key: &'static str) -> Request<Option<T>> {
        self.read_with(key, |answer, key| {
            let answer = answer?;
            match answer.body.is_empty() {
                true => Ok(None),
                false => read(&answer, key).map(Some),
            }
        })
    }
}

impl<T: DeserializeOwned> Request<T> {
    /// Keeps the headers of the answer too.
    pub fn with_headers(self) -> Request<Answered<T>> {
        self.read_again(|answer, key| {
            let mut answer = answer?;
            if answer.body.is_empty() {
                answer.body = Bytes::from_static(b"null");
            }
            let body = read(&answer, key)?;
            let headers = answer.headers;
            Ok(Answered { headers, body })
        })
    }
}

fn read<T: DeserializeOwned>(answer: &Response, key: &'static str) -> Result<T, Error> {
    match key {
        "" => envelope::read_bare(answer),
        key => envelope::read_one(answer, key),
    }
}
