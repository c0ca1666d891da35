//! The response to a token request.

use http::{HeaderName, StatusCode};
use serde::Deserialize;

use crate::auth::attempt::{self, Attempt, place, quoted};
use crate::auth::{AccessInfo, Login, Token};
use crate::error::{AuthenticationError, DecodeError, Receipt};
use crate::transport::Response;
use crate::{Error, printable};

const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
pub(super) const RECEIPT: HeaderName = HeaderName::from_static("openstack-auth-receipt");

#[derive(Deserialize)]
struct Body {
    token: AccessInfo,
}

/// Reads the token from the response.
pub(in crate::auth) fn read(response: &Response, attempt: &Attempt) -> Result<Login, Error> {
    if !response.status.is_success() {
        return Err(refusal(response, attempt));
    }
    let access = attempt::body::<Body>(response, attempt)?.token;
    let header = response.headers.get(SUBJECT_TOKEN).ok_or_else(|| {
        DecodeError::new("the response to the token request has no header `X-Subject-Token`")
            .at(place(response))
            .remedy(attempt.remedy())
    })?;
    let text = header.to_str().map_err(|_| {
        DecodeError::new("the header `X-Subject-Token` is not text").at(place(response))
    })?;
    let token = Token::new(text.into(), Some(access.expires_at))?;
    tracing::debug!(
        methods = %printable::line(&access.methods.join(" ")),
        expires_at = %access.expires_at,
        "{} returned a token",
        place(response)
    );
    Ok(Login::new(token, access))
}

fn refusal(response: &Response, attempt: &Attempt) -> Error {
    match receipt(response) {
        Some(receipt) => AuthenticationError::new(more_methods(response, attempt, &receipt))
            .refused_by(response.to_error())
            .with_receipt(receipt)
            .into(),
        None => attempt::refusal(response, attempt),
    }
}

/// The receipt of a login for which Keystone requires more methods.
fn receipt(response: &Response) -> Option<Receipt> {
    if response.status != StatusCode::UNAUTHORIZED {
        return None;
    }
    let text = response.headers.get(RECEIPT)?.to_str().ok()?;
    Some(Receipt::read(text, &response.body))
}

fn more_methods(response: &Response, attempt: &Attempt, receipt: &Receipt) -> String {
    let choices = receipt.missing_methods();
    let mut choices: Vec<_> = choices.map(|methods| quoted(methods.into_iter())).collect();
    choices.retain(|methods| !methods.is_empty());
    if choices.is_empty() {
        choices.push("another method".to_owned());
    }
    format!(
        "Keystone accepted {}, but requires {} too ({}); put all methods into one login \
         with `v3::Auth::builder(..).method(..)`, or continue this one with the error's receipt",
        attempt.names(),
        choices.join(", or "),
        place(response),
    )
}
