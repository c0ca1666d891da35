//! OPTIONS: which methods a path has. It asks for no more than the least demanding of them.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::ALLOW;
use http::{HeaderValue, StatusCode};

use super::error::ApiError;
use crate::auth_token::authenticate::PublicOnly;
use crate::context::RequestContext;

/// Whether the policies of an operation might let this caller in.
pub type Possible = fn(&RequestContext) -> bool;

/// What OPTIONS on one path needs to know.
#[derive(Clone, Debug)]
pub(super) struct PathOptions {
    pub(super) allow: HeaderValue,
    /// A list for each operation on the path: its policies, none for a public one.
    pub(super) operations: Arc<[&'static [Possible]]>,
}

impl PathOptions {
    pub(super) fn respond(&self, request: &Request) -> Response {
        let extensions = request.extensions();
        if self.operations.iter().any(|policies| policies.is_empty()) {
            if let Some(only) = extensions.get::<PublicOnly>() {
                only.reached();
            }
            return self.allowed();
        }
        let context = match RequestContext::from_extensions(extensions) {
            Ok(context) => context,
            Err(denied) => return denied.into_response(),
        };
        let possible = |policies: &&[Possible]| policies.iter().all(|policy| policy(&context));
        match self.operations.iter().any(|policies| possible(policies)) {
            true => self.allowed(),
            false => ApiError::new(
                StatusCode::FORBIDDEN,
                "You are not authorized to perform any action on this URL.",
            )
            .into_response(),
        }
    }

    fn allowed(&self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(ALLOW, self.allow.clone());
        response
    }
}
