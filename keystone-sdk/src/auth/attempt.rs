//! Errors about logins.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::error::{AuthenticationError, DiscoveryError};
use crate::transport::Response;

/// What an error about a login may contain: no secrets, no user.
pub(super) struct Attempt {
    /// The version of the API, such as `v3`.
    pub(super) api: &'static str,
    /// The names of the methods.
    pub(super) methods: Vec<String>,
    /// The scope in words.
    pub(super) scope: String,
}

impl Attempt {
    pub(super) fn names(&self) -> String {
        quoted(self.methods.iter().map(String::as_str))
    }

    /// The remedy if the response is not from Keystone.
    pub(super) fn remedy(&self) -> String {
        let api = self.api;
        format!("check that `auth_url` is the URL of a Keystone with the {api} API")
    }
}

/// `a` and `b`, in backticks.
pub(super) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

/// The body of a good response.
pub(super) fn body<T: DeserializeOwned>(
    response: &Response,
    attempt: &Attempt,
) -> Result<T, Error> {
    match response.json() {
        Err(Error::Decode(error)) => Err(error.remedy(attempt.remedy()).into()),
        other => other,
    }
}

/// The error for a response without a token.
pub(super) fn refusal(response: &Response, attempt: &Attempt) -> Error {
    let error = response.to_error();
    match response.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            AuthenticationError::new(refused(response, attempt))
                .refused_by(error)
                .into()
        }
        // Keystone's own errors have a title; a 404 without one is from another server.
        status
            if status.is_client_error()
                && status != StatusCode::TOO_MANY_REQUESTS
                && error.title().is_none() =>
        {
            not_keystone(response, attempt)
        }
        _ => error.into(),
    }
}

fn refused(response: &Response, attempt: &Attempt) -> String {
    format!(
        "Keystone refused the login by {} for {} ({}); check user, secret and domain, and that \
         the user has a role in that scope",
        attempt.names(),
        attempt.scope,
        place(response),
    )
}

fn not_keystone(response: &Response, attempt: &Attempt) -> Error {
    let (status, kind) = (response.status, kind(response));
    let api = attempt.api;
    DiscoveryError::new(format!(
        "no {api} API here: the response is {status} with {kind}"
    ))
    .at(place(response))
    .remedy(attempt.remedy())
    .into()
}

/// The kind of the body, for messages.
fn kind(response: &Response) -> String {
    let declared = response.headers.get(CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok()?.split(';').next());
    match declared {
        _ if response.body.is_empty() => "an empty body".to_owned(),
        _ if response.is_html() => "an HTML page".to_owned(),
        Some(other) => format!("`{other}`"),
        None => "a body of no declared type".to_owned(),
    }
}

/// Method and address of the request.
pub(super) fn place(response: &Response) -> String {
    format!("{} {}", response.method, response.address())
}
