//! The functions that can be handlers of routes.

#[cfg(feature = "openapi")]
use keystone_policy::ScopeType;
use keystone_policy::{DecisionError, Rules};

use super::extract::Witness;

/// A function whose first argument is a [`Witness`], which `#[policy(..)]` adds, and which is a
/// handler for axum with the marker `T`.
///
/// Implemented for functions and closures only: a type that implements axum's `Handler` itself gets
/// the whole request, so nothing would show that it makes a decision.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not protected by a policy",
    label = "anybody could call this handler",
    note = "put `#[policy(\"..\")]` on it, or `#[policy(public)]` if it is open to all"
)]
pub trait Protected<T>: Sealed<T> {
    /// The name of the policy; `None` for a public handler.
    const POLICY: Option<&'static str>;
}

/// Seals [`Protected`].
#[expect(unnameable_types, reason = "only this crate says what is protected")]
pub trait Sealed<T> {
    /// Checks that these rules declare the policy of the handler.
    fn declared(rules: &Rules) -> Result<(), DecisionError>;

    /// The token scopes that the policy accepts; none for any.
    #[cfg(feature = "openapi")]
    fn scope_types() -> &'static [ScopeType];
}

macro_rules! protected {
    ($($argument:ident)*) => {
        // The first element of the tuple is axum's marker for how the request is passed. The
        // `FnOnce` bound excludes types of users, which cannot implement it.
        #[diagnostic::do_not_recommend]
        impl<H, R, Via, W: Witness, $($argument),*> Protected<(Via, W, $($argument,)*)> for H
        where
            H: FnOnce(W, $($argument),*) -> R,
        {
            const POLICY: Option<&'static str> = W::POLICY;
        }

        #[diagnostic::do_not_recommend]
        impl<H, R, Via, W: Witness, $($argument),*> Sealed<(Via, W, $($argument,)*)> for H
        where
            H: FnOnce(W, $($argument),*) -> R,
        {
            fn declared(rules: &Rules) -> Result<(), DecisionError> {
                W::declared(rules)
            }

            #[cfg(feature = "openapi")]
            fn scope_types() -> &'static [ScopeType] {
                W::scope_types()
            }
        }

        protected!(@fewer $($argument)*);
    };
    (@fewer $first:ident $($rest:ident)*) => { protected!($($rest)*); };
    (@fewer) => {};
}

protected!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
