//! The answer to a token request, and the errors that say what is wrong with it.

use std::fmt;

use http::header::CONTENT_TYPE;
use http::{HeaderName, StatusCode};
use serde::Deserialize;

use super::request::Attempt;
use crate::Error;
use crate::auth::cache::Login;
use crate::auth::{AccessInfo, Token};
use crate::error::{AuthenticationError, DecodeError, DiscoveryError};
use crate::transport::Response;

const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
const RECEIPT: HeaderName = HeaderName::from_static("openstack-auth-receipt");
const REMEDY: &str = "check that `auth_url` is the address of a Keystone with the v3 API";

#[derive(Deserialize)]
struct Body {
    token: AccessInfo,
}

/// Takes the token out of the answer.
pub(super) fn read(answer: &Response, attempt: &Attempt) -> Result<Login, Error> {
    if !answer.status.is_success() {
        return Err(refusal(answer, attempt));
    }
    let access = body(answer)?;
    let header = answer.headers.get(SUBJECT_TOKEN).ok_or_else(|| {
        DecodeError::new("the answer to the token request has no header `X-Subject-Token`")
            .at(place(answer))
            .remedy(REMEDY)
    })?;
    let text = header.to_str().map_err(|_| {
        DecodeError::new("the header `X-Subject-Token` holds no plain text").at(place(answer))
    })?;
    let token = Token::new(text.into(), Some(access.expires_at))?;
    tracing::debug!(
        methods = ?access.methods,
        expires_at = %access.expires_at,
        "{} gave a token",
        place(answer)
    );
    Ok(Login::new(token, access))
}

fn body(answer: &Response) -> Result<AccessInfo, Error> {
    let body: Body = serde_json::from_slice(&answer.body).map_err(|error| {
        let kind = kind(answer);
        DecodeError::new(format!(
            "the answer to the token request is {kind}, not a token"
        ))
        .at(place(answer))
        .remedy(REMEDY)
        .caused_by(Position(error.line(), error.column()))
    })?;
    Ok(body.token)
}

fn refusal(answer: &Response, attempt: &Attempt) -> Error {
    let Err(error) = answer.clone().error_for_status() else {
        return not_keystone(answer);
    };
    let Error::Response(response) = error else {
        return error;
    };
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let message = if answer.headers.contains_key(RECEIPT) {
                more_methods(answer, attempt)
            } else {
                refused(answer, attempt)
            };
            AuthenticationError::new(message)
                .refused_by(response)
                .into()
        }
        StatusCode::TOO_MANY_REQUESTS => response.into(),
        // Keystone's own errors carry a message; a 404 without one is of some other server.
        status if !status.is_server_error() && response.message().is_none() => not_keystone(answer),
        _ => response.into(),
    }
}

fn refused(answer: &Response, attempt: &Attempt) -> String {
    format!(
        "Keystone refused the login by {} for {} ({}); check user, secret and domain, and that \
         the user has a role in that scope",
        attempt.methods.join(" and "),
        attempt.scope,
        place(answer),
    )
}

/// Keystone has accepted what it got, and wants more: it says so with a receipt.
fn more_methods(answer: &Response, attempt: &Attempt) -> String {
    #[derive(Default, Deserialize)]
    struct Receipt {
        #[serde(default)]
        required_auth_methods: Vec<Vec<String>>,
    }
    let receipt: Receipt = serde_json::from_slice(&answer.body).unwrap_or_default();
    let missing = |rule: &Vec<String>| -> String {
        let given = |one: &&String| !attempt.methods.contains(&one.as_str());
        let names: Vec<_> = rule.iter().filter(given).cloned().collect();
        names.join(" and ")
    };
    let mut ways: Vec<_> = receipt.required_auth_methods.iter().map(missing).collect();
    ways.retain(|way| !way.is_empty());
    if ways.is_empty() {
        ways.push("another method".to_owned());
    }
    format!(
        "Keystone accepts the login by {}, but wants {} too ({}); put all methods into one login \
         with `v3::Auth::builder(..).method(..)`",
        attempt.methods.join(" and "),
        ways.join(", or "),
        place(answer),
    )
}

fn not_keystone(answer: &Response) -> Error {
    let (status, kind) = (answer.status, kind(answer));
    DiscoveryError::new(format!(
        "no v3 API here: the answer is {status} with {kind}"
    ))
    .at(place(answer))
    .remedy(REMEDY)
    .into()
}

/// The kind of the body, in words: never the body itself.
fn kind(answer: &Response) -> String {
    let declared = answer
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    match declared {
        _ if answer.body.is_empty() => "an empty body".to_owned(),
        Some("text/html") => "an HTML page".to_owned(),
        Some("application/json") => "JSON of another form".to_owned(),
        Some(other) => format!("`{other}`"),
        None => "a body of no declared type".to_owned(),
    }
}

fn place(answer: &Response) -> String {
    let mut url = answer.url.clone();
    url.set_query(None);
    format!("{} {url}", answer.method)
}

/// Where in the body the first fault is. serde's own text may repeat a value.
#[derive(Debug)]
struct Position(usize, usize);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {} of the body", self.0, self.1)
    }
}

impl std::error::Error for Position {}
