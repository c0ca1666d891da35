//! Used by the expansions of `#[policy]`. Not part of the public API.

use axum::response::{IntoResponse, Response};
use keystone_policy::PlainPolicy;

use crate::denied::Denied;

pub mod arguments;
mod broken;

pub use broken::Broken;

/// A policy that needs no target.
#[diagnostic::on_unimplemented(
    message = "this policy reads its target, but none is given",
    label = "its default rule reads `%(..)s`",
    note = "name the target: `#[policy(\"..\", target = &..)]`"
)]
pub trait WithoutTarget: PlainPolicy {}

// Keeps errors from listing the policies without a target.
#[diagnostic::do_not_recommend]
impl<P: PlainPolicy> WithoutTarget for P {}

/// Returns the number of a policy; the bound checks that it reads no target.
pub const fn without_target<P: WithoutTarget>(number: usize) -> usize {
    number
}

/// The witness of a public handler. The constant contains the checks of its arguments, which are
/// compiled with the type and cost nothing at run time.
pub type PublicWith<const N: usize> = super::extract::Public;

/// The response of a handler that returns `impl IntoResponse`, or a refusal.
#[expect(clippy::exhaustive_enums, reason = "one or the other")]
#[derive(Debug)]
pub enum HandlerResponse<R> {
    /// The handler was called and returned this.
    Called(R),
    /// The policy refused the caller.
    Denied(Denied),
}

impl<R: IntoResponse> IntoResponse for HandlerResponse<R> {
    fn into_response(self) -> Response {
        match self {
            Self::Called(response) => response.into_response(),
            Self::Denied(denied) => denied.into_response(),
        }
    }
}

/// A return type of handlers that can carry a refusal.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a refusal",
    label = "a policy with a target is decided inside the handler, so this must be able to say no",
    note = "return `Result<_, E>` where `E: From<Denied>`, `Response` or `impl IntoResponse`"
)]
pub trait CarryRefusal {
    /// The refusal as this type.
    fn from_denied(denied: Denied) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Denied>> CarryRefusal for Result<T, E> {
    fn from_denied(denied: Denied) -> Self {
        Err(denied.into())
    }
}

#[diagnostic::do_not_recommend]
impl CarryRefusal for Response {
    fn from_denied(denied: Denied) -> Self {
        denied.into_response()
    }
}
