//! Responses of error, in the words and shapes of the real service.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::response;

const MALFORMED: &str = "The server could not comply with the request since it is either malformed \
                         or otherwise incorrect. The client is assumed to be in error.";

/// Why a request fails.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    /// `identity` of the error object, sent by the authentication stage only.
    identity: Option<Value>,
    /// Replaces the error object altogether.
    body: Option<Value>,
    receipt: Option<String>,
    /// The challenge names the root of the service instead of its API.
    challenge_at_root: bool,
}

impl ApiError {
    /// 400 with the message as it is.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400: `attribute` should stand in `target`.
    pub(crate) fn expecting(attribute: &str, target: &str) -> Self {
        Self::bad(format!(
            "Expecting to find {attribute} in {target}. {MALFORMED}"
        ))
    }

    /// 401, always with the same words, so that nothing is learnt from it.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "The request you have made requires authentication.",
        )
    }

    /// 401 for a token whose access rules do not allow the call.
    pub(crate) fn outside_access_rules() -> Self {
        Self {
            challenge_at_root: true,
            ..Self::unauthorized()
        }
    }

    /// 401 for a method that the service does not offer.
    pub(crate) fn unsupported_method(offered: &[&str]) -> Self {
        let message = "Attempted to authenticate with an unsupported method.";
        Self {
            identity: Some(json!({ "methods": offered })),
            ..Self::new(StatusCode::UNAUTHORIZED, message)
        }
    }

    /// 401: application credentials bring their own scope.
    pub(crate) fn no_scope_for_application_credentials() -> Self {
        let message = "Error authenticating with application credential: Application credentials cannot request a scope.";
        Self {
            identity: Some(json!({})),
            ..Self::new(StatusCode::UNAUTHORIZED, message)
        }
    }

    /// An error of OAuth 2.0 (RFC 6749, section 5.2).
    pub(crate) fn oauth2(status: StatusCode, error: &str, description: &str) -> Self {
        Self {
            body: Some(json!({ "error": error, "error_description": description })),
            ..Self::new(status, description)
        }
    }

    /// 401 with a receipt: more methods are needed.
    pub(crate) fn more_methods(receipt: String, body: Value) -> Self {
        Self {
            receipt: Some(receipt),
            body: Some(body),
            ..Self::unauthorized()
        }
    }

    /// 403 with the message as it is.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 403 by policy.
    pub(crate) fn denied(action: &str) -> Self {
        Self::forbidden(format!(
            "You are not authorized to perform the requested action: {action}."
        ))
    }

    /// 403 that names no policy.
    pub(crate) fn not_authorized() -> Self {
        Self::forbidden("You are not authorized to perform the requested action.")
    }

    /// 404 for a resource that is named by its id.
    pub(crate) fn missing(kind: &str, id: &str) -> Self {
        Self::not_found(format!("Could not find {kind}: {id}."))
    }

    /// 404 with the message as it is.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409: `kind` exists already.
    pub(crate) fn conflict(kind: &str, details: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            format!("Conflict occurred attempting to store {kind} - {details}."),
        )
    }

    /// The whole response; `root` is the URL that goes into `WWW-Authenticate`.
    pub(crate) fn into_response(self, root: &str) -> Response {
        let body = self.body.clone().unwrap_or_else(|| self.error_object());
        let mut response = (self.status, response::json(&body)).into_response();
        let path = if self.challenge_at_root { "" } else { "/v3" };
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED
            && self.receipt.is_none()
            && let Ok(challenge) = HeaderValue::try_from(format!("Keystone uri=\"{root}{path}\""))
        {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(Ok(receipt)) = self.receipt.map(HeaderValue::try_from) {
            headers.insert("openstack-auth-receipt", receipt);
        }
        response
    }

    /// Any error with the message as it is.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            identity: None,
            body: None,
            receipt: None,
            challenge_at_root: false,
        }
    }

    fn error_object(&self) -> Value {
        let (code, message) = (self.status.as_u16(), &self.message);
        let title = self.status.canonical_reason().unwrap_or("Error");
        let error = match &self.identity {
            Some(identity) => {
                json!({"code": code, "identity": identity, "message": message, "title": title})
            }
            None => json!({"code": code, "message": message, "title": title}),
        };
        json!({ "error": error })
    }
}
