//! The answer to a token request, and the errors that say what is wrong with it.

use http::header::CONTENT_TYPE;
use http::{HeaderName, StatusCode};
use serde::Deserialize;

use super::request::{Attempt, quoted};
use crate::Error;
use crate::auth::cache::Login;
use crate::auth::{AccessInfo, Token};
use crate::error::{AuthenticationError, DecodeError, DiscoveryError, Receipt};
use crate::transport::Response;

const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
pub(super) const RECEIPT: HeaderName = HeaderName::from_static("openstack-auth-receipt");
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
    match answer.json::<Body>() {
        Ok(body) => Ok(body.token),
        Err(Error::Decode(error)) => Err(error.remedy(REMEDY).into()),
        Err(error) => Err(error),
    }
}

fn refusal(answer: &Response, attempt: &Attempt) -> Error {
    let response = answer.to_error();
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => match receipt(answer) {
            Some(receipt) => AuthenticationError::new(more_methods(answer, attempt, &receipt))
                .refused_by(response)
                .with_receipt(receipt)
                .into(),
            None => AuthenticationError::new(refused(answer, attempt))
                .refused_by(response)
                .into(),
        },
        // Keystone's own errors carry a title; a 404 without one is of some other server.
        status
            if status.is_client_error()
                && status != StatusCode::TOO_MANY_REQUESTS
                && response.title().is_none() =>
        {
            not_keystone(answer)
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

/// Keystone has accepted what it got, and wants more: it says so with a receipt.
fn receipt(answer: &Response) -> Option<Receipt> {
    let text = answer.headers.get(RECEIPT)?.to_str().ok()?;
    Some(Receipt::read(text, &answer.body))
}

fn more_methods(answer: &Response, attempt: &Attempt, receipt: &Receipt) -> String {
    let ways = receipt.missing_methods();
    let mut ways: Vec<_> = ways.map(|way| quoted(way.into_iter())).collect();
    ways.retain(|way| !way.is_empty());
    if ways.is_empty() {
        ways.push("another method".to_owned());
    }
    format!(
        "Keystone accepts the login by {}, but wants {} too ({}); put all methods into one login \
         with `v3::Auth::builder(..).method(..)`, or continue this one with the error's receipt",
        attempt.names(),
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
    let declared = answer.headers.get(CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok()?.split(';').next());
    match declared {
        _ if answer.body.is_empty() => "an empty body".to_owned(),
        _ if answer.is_html() => "an HTML page".to_owned(),
        Some(other) => format!("`{other}`"),
        None => "a body of no declared type".to_owned(),
    }
}

fn place(answer: &Response) -> String {
    format!("{} {}", answer.method, answer.address())
}
