//! `/v3/OS-OAUTH2/token`: application credentials as clients of OAuth 2.0.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::auth;
use crate::api_error::ApiError;
use crate::call::{Call, OAUTH2_TOKEN};
use crate::route::{HandlerResult, ok, routes};
use crate::store::{Store, object};

routes! { pub(super),
    OAUTH2_TOKEN => POST token, GET wrong_method;
}

fn token(call: &Call, store: &mut Store) -> HandlerResult {
    let field = |name: &str| call.body().get(name).and_then(Value::as_str);
    match field("grant_type") {
        Some("client_credentials") => {}
        None => {
            let message = "The parameter grant_type is required.";
            return Err(bad("invalid_request", message));
        }
        Some(other) => {
            let message = format!("The parameter grant_type {other} is not supported.");
            return Err(bad("unsupported_grant_type", &message));
        }
    }
    let (id, secret) = client(call).ok_or_else(unknown_client)?;
    let login = json!({"auth": {"identity": {
        "methods": ["application_credential"],
        "application_credential": {"id": id, "secret": secret},
    }}});
    if store.application_credentials.lookup(&id).is_none() {
        let message = format!("Could not find Application Credential: {id}.");
        let status = StatusCode::NOT_FOUND;
        return Err(ApiError::oauth2(status, "not_found", &message));
    }
    let (id, _) =
        auth::grant(&call.with_body(object(login)), store).map_err(|_| unknown_client())?;
    ok(json!({
        "access_token": id,
        "token_type": "Bearer",
        "expires_in": call.token_life.as_secs(),
    }))
}

fn wrong_method(_: &Call, _: &mut Store) -> HandlerResult {
    let message = "The method is not allowed for the requested URL.";
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Err(ApiError::oauth2(status, "method_not_allowed", message))
}

/// Id and secret of the client, from HTTP Basic authentication.
fn client(call: &Call) -> Option<(String, String)> {
    let encoded = call.header("authorization")?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn bad(error: &str, message: &str) -> ApiError {
    ApiError::oauth2(StatusCode::BAD_REQUEST, error, message)
}

fn unknown_client() -> ApiError {
    let message = "Client authentication failed.";
    ApiError::oauth2(StatusCode::UNAUTHORIZED, "invalid_client", message)
}
