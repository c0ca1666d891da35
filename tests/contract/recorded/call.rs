//! One raw HTTP request and its response.

use reqwest::Method;
use serde_json::Value;

/// A request, without connection reuse or anything else a client library adds.
#[derive(Clone)]
pub struct Call {
    pub method: Method,
    /// Below `/v3`; from the root of the server when it starts with `~`.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
}

impl Call {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn head(path: impl Into<String>) -> Self {
        Self::new(Method::HEAD, path)
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PATCH, path).json(body)
    }

    /// Authenticates the caller.
    pub fn token(self, token: &str) -> Self {
        self.header("X-Auth-Token", token)
    }

    /// Names the token that the request is about.
    pub fn subject(self, token: &str) -> Self {
        self.header("X-Subject-Token", token)
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    /// Any body, also one that is not what it says it is.
    pub fn raw(mut self, media_type: &str, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", media_type)
    }
}

/// The media type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// What came back.
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// JSON is compared by its shape, a form by its names, anything else by its media type.
pub enum Body {
    Empty,
    Form(Vec<(String, String)>),
    Json(Value),
    Other,
}

impl Response {
    pub async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let header =
            |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                (name.to_string(), value.to_str().unwrap().to_owned())
            };
        let headers: Vec<_> = response.headers().iter().map(header).collect();
        let is_form = headers.contains(&("content-type".to_owned(), FORM.to_owned()));
        let text = response.text().await.unwrap();
        let body = match serde_json::from_str(&text) {
            Ok(value) => Body::Json(value),
            Err(_) if text.is_empty() => Body::Empty,
            Err(_) if is_form => Body::Form(form(&text)),
            Err(_) => Body::Other,
        };
        Self {
            status,
            headers,
            body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The token that a login returned.
    pub fn token(&self) -> String {
        self.header("x-subject-token")
            .unwrap_or_default()
            .to_owned()
    }

    /// The value at a JSON pointer; null where there is none, so that a case
    /// goes on and its transcript shows what is missing.
    pub fn at(&self, pointer: &str) -> &Value {
        match &self.body {
            Body::Json(body) => body.pointer(pointer).unwrap_or(&Value::Null),
            _ => &Value::Null,
        }
    }

    /// A field of a form.
    pub fn field(&self, name: &str) -> String {
        let Body::Form(fields) = &self.body else {
            return "absent".to_owned();
        };
        let field = fields.iter().find(|(other, _)| other == name);
        field.map_or_else(|| "absent".to_owned(), |(_, value)| value.clone())
    }

    /// The string at a JSON pointer, such as an id.
    pub fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or("absent").to_owned()
    }
}

/// The fields of a form, whose values here need no decoding.
fn form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
