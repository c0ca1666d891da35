//! Which functions may be handlers of a route.

use keystone_policy::{DecisionError, Rules};

use super::extract::Witness;

/// A function whose first argument is a [`Witness`], and whose arguments axum takes for a handler's
/// with the marker `T`. `#[policy(..)]` puts the witness there.
///
/// It is there for functions and closures only: a type that implements axum's `Handler` by itself
/// gets the whole request, and nothing would show that it decides about its caller.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not protected by a policy",
    label = "anybody could call this handler",
    note = "put `#[policy(\"..\")]` on it, or `#[policy(public)]` if it is open to all"
)]
pub trait Protected<T>: Sealed<T> {
    /// The name of the policy; none for a handler that is open to all.
    const POLICY: Option<&'static str>;
}

/// Seals [`Protected`].
#[expect(unnameable_types, reason = "only this crate says what is protected")]
pub trait Sealed<T> {
    /// Whether these rules can decide the policy of the handler.
    fn declared(rules: &Rules) -> Result<(), DecisionError>;
}

macro_rules! protected {
    ($($argument:ident)*) => {
        // The first of the tuple is how axum tells handlers of a whole request from others. That
        // `H` can be called is what no type of a user's own can claim.
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
        }

        protected!(@fewer $($argument)*);
    };
    (@fewer $first:ident $($rest:ident)*) => { protected!($($rest)*); };
    (@fewer) => {};
}

protected!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
