//! What `#[policy]` writes. It may change in any release.

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
pub trait Plain: PlainPolicy {}

// So that an error lists no policies that need none.
#[diagnostic::do_not_recommend]
impl<P: PlainPolicy> Plain for P {}

/// The number of a policy, which reads no target: else it does not compile.
pub const fn plain<P: Plain>(number: usize) -> usize {
    number
}

/// The witness of a public handler. What stands in the constant is checked with it.
pub type PublicWith<const N: usize> = super::extract::Public;

/// The answer of a handler that either was called or was refused.
#[expect(clippy::exhaustive_enums, reason = "one or the other")]
#[derive(Debug)]
pub enum Either<A> {
    /// What the handler answered.
    Left(A),
    /// The refusal.
    Right(Denied),
}

impl<A: IntoResponse> IntoResponse for Either<A> {
    fn into_response(self) -> Response {
        match self {
            Self::Left(answer) => answer.into_response(),
            Self::Right(denied) => denied.into_response(),
        }
    }
}

/// A return type of handlers that has room for a refusal.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a refusal",
    label = "a policy with a target is decided inside the handler, so this must be able to say no",
    note = "return `Result<_, E>` where `E: From<Denied>`, `Response` or `impl IntoResponse`"
)]
pub trait CarryRefusal {
    /// The refusal as this type.
    fn carry(denied: Denied) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Denied>> CarryRefusal for Result<T, E> {
    fn carry(denied: Denied) -> Self {
        Err(denied.into())
    }
}

#[diagnostic::do_not_recommend]
impl CarryRefusal for Response {
    fn carry(denied: Denied) -> Self {
        denied.into_response()
    }
}
