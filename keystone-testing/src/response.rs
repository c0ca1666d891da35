//! Responses of success, and how bodies are written.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

/// A status, perhaps a JSON body, perhaps headers.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    status: StatusCode,
    body: Option<Value>,
    /// In the place of the body.
    form: Option<String>,
    headers: Vec<(HeaderName, String)>,
}

impl ApiResponse {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::empty(StatusCode::OK)
        }
    }

    /// 201 with a body.
    pub(crate) fn created(body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::ok(body)
        }
    }

    /// 201 with a form, whose values need no encoding.
    pub(crate) fn form(fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
        Self {
            form: Some(fields.collect::<Vec<_>>().join("&")),
            ..Self::empty(StatusCode::CREATED)
        }
    }

    /// 201 without a body, with the URL of the new resource.
    pub(crate) fn created_elsewhere(location: String) -> Self {
        let html = "text/html; charset=utf-8".to_owned();
        Self::empty(StatusCode::CREATED)
            .header(header::LOCATION, location)
            .header(header::CONTENT_TYPE, html)
    }

    /// 204.
    pub(crate) fn nothing() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// 300 with a body and the URL of the preferred choice.
    pub(crate) fn choices(body: Value, location: String) -> Self {
        let choices = Self {
            status: StatusCode::MULTIPLE_CHOICES,
            ..Self::ok(body)
        };
        choices.header(header::LOCATION, location)
    }

    fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            form: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for ApiResponse {
    fn into_response(self) -> Response {
        let mut response = match (self.form, self.body) {
            (Some(form), _) => {
                let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                (self.status, [kind], form).into_response()
            }
            (None, Some(body)) => (self.status, json(&body)).into_response(),
            (None, None) => self.status.into_response(),
        };
        for (name, value) in self.headers {
            // Values are our own URLs and tokens, or ids that came in as a header.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// `body` as a JSON response part.
pub(crate) fn json(body: &Value) -> impl IntoResponse + use<> {
    (
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
}
