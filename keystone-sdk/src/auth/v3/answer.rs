//! The answer to a token request.

use http::{HeaderName, StatusCode};
use serde::Deserialize;

use crate::auth::attempt::{self, Attempt, place, quoted};
use crate::auth::cache::Login;
use crate::auth::{AccessInfo, Token};
use crate::error::{AuthenticationError, DecodeError, Receipt};
use crate::transport::Response;
use crate::{Error, printable};

const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
pub(super) const RECEIPT: HeaderName = HeaderName::from_static("openstack-auth-receipt");

#[derive(Deserialize)]
struct Body {
    token: AccessInfo,
}

/// Takes the token out of the answer.
pub(super) fn read(answer: &Response, attempt: &Attempt) -> Result<Login, Error> {
    if !answer.status.is_success() {
        return Err(refusal(answer, attempt));
    }
    let access = attempt::body::<Body>(answer, attempt)?.token;
    let header = answer.headers.get(SUBJECT_TOKEN).ok_or_else(|| {
        DecodeError::new("the answer to the token request has no header `X-Subject-Token`")
            .at(place(answer))
            .remedy(attempt.remedy())
    })?;
    let text = header.to_str().map_err(|_| {
        DecodeError::new("the header `X-Subject-Token` holds no plain text").at(place(answer))
    })?;
    let token = Token::new(text.into(), Some(access.expires_at))?;
    tracing::debug!(
        methods = %printable::line(&access.methods.join(" ")),
        expires_at = %access.expires_at,
        "{} gave a token",
        place(answer)
    );
    Ok(Login::new(token, access))
}

fn refusal(answer: &Response, attempt: &Attempt) -> Error {
    match receipt(answer) {
        Some(receipt) => AuthenticationError::new(more_methods(answer, attempt, &receipt))
            .refused_by(answer.to_error())
            .with_receipt(receipt)
            .into(),
        None => attempt::refusal(answer, attempt),
    }
}

/// Keystone has accepted what it got, and wants more: it says so with a receipt.
fn receipt(answer: &Response) -> Option<Receipt> {
    if answer.status != StatusCode::UNAUTHORIZED {
        return None;
    }
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
