//! Responses of this crate, with bodies like Keystone's errors.

use bytes::Bytes;
#[cfg(feature = "axum")]
use http::header::ALLOW;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::json;

pub(crate) const UNAUTHENTICATED: &str = "The request you have made requires authentication.";
pub(crate) const UNAVAILABLE: &str = "The Keystone service is temporarily unavailable.";

/// `{"error": {"code", "title", "message"}}` with this status.
pub(crate) fn error<R: From<Bytes>>(status: StatusCode, message: &str) -> Response<R> {
    let body = json!({"error": {
        "code": status.as_u16(),
        "title": status.canonical_reason().unwrap_or_default(),
        "message": message,
    }});
    let body = Bytes::from(body.to_string());
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(R::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // A router adds it only to some responses, which would reveal its routes.
    headers.insert(CONTENT_LENGTH, length);
    response
}

/// 405 with the allowed methods.
#[cfg(feature = "axum")]
pub(crate) fn not_allowed<R: From<Bytes>>(allow: HeaderValue) -> Response<R> {
    let message = "The method is not allowed for the requested URL.";
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, message);
    response.headers_mut().insert(ALLOW, allow);
    response
}

/// Adds the challenge to a 401, beside challenges of the application, but only once.
pub(crate) fn challenge(status: StatusCode, headers: &mut HeaderMap, challenge: &HeaderValue) {
    if status != StatusCode::UNAUTHORIZED {
        return;
    }
    let said = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .any(|known| known == challenge);
    if !said {
        headers.append(WWW_AUTHENTICATE, challenge.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_form_of_keystones_own() {
        let response: Response<Bytes> = error(StatusCode::UNAUTHORIZED, UNAUTHENTICATED);
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["error"]["code"], 401);
        assert_eq!(body["error"]["title"], "Unauthorized");
        assert_eq!(body["error"]["message"], UNAUTHENTICATED);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    }

    #[test]
    fn the_challenge_stands_beside_another_one_and_only_once() {
        let ours = HeaderValue::from_static("Keystone uri=\"http://k\"");
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        challenge(StatusCode::UNAUTHORIZED, &mut headers, &ours);
        challenge(StatusCode::UNAUTHORIZED, &mut headers, &ours);
        assert_eq!(headers.get_all(WWW_AUTHENTICATE).iter().count(), 2);
        let mut headers = HeaderMap::new();
        challenge(StatusCode::FORBIDDEN, &mut headers, &ours);
        assert!(headers.is_empty());
    }
}
