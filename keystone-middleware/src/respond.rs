//! The answers that this crate gives itself, in the form in which Keystone writes errors.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
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
    let mut response = Response::new(R::from(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Adds how to authenticate to a 401, beside what an application has said of that, but only once.
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
