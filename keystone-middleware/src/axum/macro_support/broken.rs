//! The witness of handlers with errors.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use keystone_policy::{DecisionError, Rules};

use crate::axum::extract::{Sealed, Witness};
use crate::response;

/// The witness that `#[policy]` adds to a handler with an error, so that only that error is shown.
/// It refuses every request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Broken;

impl Sealed for Broken {
    fn declared(_: &Rules) -> Result<(), DecisionError> {
        Ok(())
    }
}

impl Witness for Broken {
    const POLICY: Option<&'static str> = Some("");
}

impl<S: Sync> FromRequestParts<S> for Broken {
    type Rejection = Self;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self> {
        Err(Self)
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        response::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server encountered an internal error and was unable to complete your request.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_comes_in() {
        let mut parts = http::Request::new(()).into_parts().0;
        let refused = Broken::from_request_parts(&mut parts, &()).await;
        let response = refused.unwrap_err().into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
