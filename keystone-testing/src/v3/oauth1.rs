//! `/v3/OS-OAUTH1`: consumers that users delegate roles to.

mod access_tokens;
mod consumers;
mod request_tokens;
mod signature;

use serde_json::Value;

use super::times::{self, with_zone};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::response::ApiResponse;
use crate::route::routes;
use crate::store::{Object, Record, Store};

pub(super) use self::signature::Signature;

/// How long a request token can be granted, and an access token used.
const REQUEST_TOKEN_HOURS: i64 = 8;
const ACCESS_TOKEN_HOURS: i64 = 24;

routes! { pub(super) and access_tokens and consumers,
    "/v3/OS-OAUTH1/request_token" => POST request_tokens::create;
    "/v3/OS-OAUTH1/authorize/{request_token_id}" => PUT request_tokens::authorize;
    "/v3/OS-OAUTH1/access_token" => POST request_tokens::exchange;
}

/// A new token, and the form that shows it with its secret.
fn issue(fields: Object, store: &mut Store) -> (Record, ApiResponse) {
    let token = Record::new(&ids::resource(), fields);
    let secret = ids::resource();
    let form = ApiResponse::form(&[
        ("oauth_token", token.id()),
        ("oauth_token_secret", &secret),
        (
            "oauth_expires_at",
            token.text("expires_at").unwrap_or_default(),
        ),
    ]);
    store.secrets.insert(token.id().to_owned(), secret);
    (token, form)
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
        return Err(ApiError::not_authorized());
    }
    Ok(())
}
