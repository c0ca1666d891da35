//! `/v3/OS-OAUTH1`: consumers that users delegate roles to.

mod access_tokens;
mod consumers;
mod request_tokens;
mod signature;

use http::Method;
use serde_json::Value;

use super::times::{self, with_zone};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::response::ApiResponse;
use crate::route::{Routes, on};
use crate::store::{Record, Store};

pub(super) use self::signature::Signature;

/// How long a request token can be granted, and an access token used.
const REQUEST_TOKEN_HOURS: i64 = 8;
const ACCESS_TOKEN_HOURS: i64 = 24;

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .route(
            "/v3/OS-OAUTH1/request_token",
            on(&[(Method::POST, request_tokens::create)]),
        )
        .route(
            "/v3/OS-OAUTH1/authorize/{request_token_id}",
            on(&[(Method::PUT, request_tokens::authorize)]),
        )
        .route(
            "/v3/OS-OAUTH1/access_token",
            on(&[(Method::POST, request_tokens::exchange)]),
        );
    access_tokens::routes(consumers::routes(routes))
}

/// A token with its secret, as forms tell it.
fn form(record: &Record, store: &Store) -> ApiResponse {
    let secret = store.secrets.get(record.id());
    ApiResponse::form(&[
        ("oauth_token", record.id()),
        (
            "oauth_token_secret",
            secret.map_or("", |secret| secret.as_str()),
        ),
        (
            "oauth_expires_at",
            record.text("expires_at").unwrap_or_default(),
        ),
    ])
}

/// The moment that is so many hours away.
fn in_hours(call: &Call, hours: i64) -> Value {
    let end = call
        .now
        .saturating_add(jiff::SignedDuration::from_hours(hours));
    with_zone(end.unwrap_or(jiff::Timestamp::MAX)).into()
}

/// 401 when the record's time is over.
pub(super) fn refuse_expired(record: &Record, call: &Call) -> Result<(), ApiError> {
    let end = record.text("expires_at").and_then(times::parse);
    if end.is_some_and(|end| end < call.now) {
        return Err(ApiError::unauthorized());
    }
    Ok(())
}

/// 403 for delegated tokens.
fn refuse_delegated_tokens(call: &Call) -> Result<(), ApiError> {
    if call.caller()?.token.is_delegated() {
        return Err(ApiError::forbidden(
            "You are not authorized to perform the requested action.",
        ));
    }
    Ok(())
}
