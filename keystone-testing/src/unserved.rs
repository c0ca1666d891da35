//! The routes of a real Keystone that this one does not serve.

use axum::response::Response;
use http::{Method, StatusCode};

use crate::api_error::ApiError;

/// A line for each, `GET /v3/limits`; the documentation of the crate shows the same text, and a
/// test holds it against the routes of a real Keystone.
const LIST: &str = include_str!("unserved.md");

/// The response to a request without a handler: 501 where a real Keystone has one.
pub(crate) fn refuse(method: &Method, path: &str) -> Option<Response> {
    let asked = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let is_meant = |line: &str| {
        let route = line.split_once(' ');
        route.is_some_and(|(method, route)| method == asked && fits(route.trim(), path))
    };
    LIST.lines().any(is_meant).then(|| {
        let message = format!(
            "The embedded Keystone does not serve {method} {path}: use a real one, or inject a response with `Keystone::fail_next_at`."
        );
        ApiError::new(StatusCode::NOT_IMPLEMENTED, message).into_response("")
    })
}

/// Whether a path has the parts of a route, of which those in braces may be anything.
fn fits(route: &str, path: &str) -> bool {
    let (mut route, mut path) = (route.split('/'), path.split('/'));
    loop {
        match (route.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(asked)) if part == asked || part.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_paths_fit() {
        assert!(fits("/v3/limits/{limit_id}", "/v3/limits/1"));
        assert!(!fits("/v3/limits/{limit_id}", "/v3/limits"));
        assert!(!fits("/v3/limits/{limit_id}", "/v3/limits/1/2"));
        assert!(!fits("/v3/limits", "/v3/limit"));
    }

    #[test]
    fn other_methods_and_paths_are_not_meant() {
        assert!(refuse(&Method::HEAD, "/v3/limits").is_some());
        assert!(refuse(&Method::DELETE, "/v3/limits").is_none());
        assert!(refuse(&Method::GET, "/v3/nothing").is_none());
    }
}
