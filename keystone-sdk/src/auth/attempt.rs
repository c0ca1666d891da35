//! What an error about a login may tell, and the errors themselves.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::error::{AuthenticationError, DiscoveryError};
use crate::transport::Response;

/// What an error about a login may tell: no secrets, no user.
pub(super) struct Attempt {
    /// The version of the API, such as `v3`.
    pub(super) api: &'static str,
    /// The names of the methods.
    pub(super) methods: Vec<&'static str>,
    /// The scope in words.
    pub(super) scope: String,
}

impl Attempt {
    pub(super) fn names(&self) -> String {
        quoted(self.methods.iter().copied())
    }

    /// What to do when the answer is not that of Keystone.
    pub(super) fn remedy(&self) -> String {
        let api = self.api;
        format!("check that `auth_url` is the address of a Keystone with the {api} API")
    }
}

/// `a` and `b`, in backticks.
pub(super) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

/// The body of a good answer.
pub(super) fn body<T: DeserializeOwned>(answer: &Response, attempt: &Attempt) -> Result<T, Error> {
    match answer.json() {
        Err(Error::Decode(error)) => Err(error.remedy(attempt.remedy()).into()),
        other => other,
    }
}

/// What an answer without a token says.
pub(super) fn refusal(answer: &Response, attempt: &Attempt) -> Error {
    let response = answer.to_error();
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            AuthenticationError::new(refused(answer, attempt))
                .refused_by(response)
                .into()
        }
        // Keystone's own errors carry a title; a 404 without one is of some other server.
        status
            if status.is_client_error()
                && status != StatusCode::TOO_MANY_REQUESTS
                && response.title().is_none() =>
        {
            not_keystone(answer, attempt)
        }
        _ => response.into(),
    }
}

fn refused(answer: &Response, attempt: &Attempt) -> String {
    format!(
        "Keystone refused the login by {} for {} ({}); check user, secret and domain, and that \
         the user has a role in that scope",
        attempt.names(),
        attempt.scope,
        place(answer),
    )
}

fn not_keystone(answer: &Response, attempt: &Attempt) -> Error {
    let (status, kind) = (answer.status, kind(answer));
    let api = attempt.api;
    DiscoveryError::new(format!(
        "no {api} API here: the answer is {status} with {kind}"
    ))
    .at(place(answer))
    .remedy(attempt.remedy())
    .into()
}

/// The kind of the body, in words: never the body itself.
fn kind(answer: &Response) -> String {
    let declared = answer.headers.get(CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok()?.split(';').next());
    match declared {
        _ if answer.body.is_empty() => "an empty body".to_owned(),
        _ if answer.is_html() => "an HTML page".to_owned(),
        Some(other) => format!("`{other}`"),
        None => "a body of no declared type".to_owned(),
    }
}

/// Method and address of the request.
pub(super) fn place(answer: &Response) -> String {
    format!("{} {}", answer.method, answer.address())
}
