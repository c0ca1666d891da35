//! What the marker types of `policies!` say about the policies that they stand for.

use crate::decide::defaults::Defaults;
use crate::decide::marks::Marks;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// What a policy's marker type, such as `policies::proxy::Create`, says about it.
///
/// `policies!` writes it, and nothing else does: a marker stands for a policy of a declared table,
/// whose rules say which attributes a target must have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy",
    note = "policies are declared with `policies!(\"..\")`, which makes a type for each"
)]
pub trait Policy: Declared + Sized {
    /// The name.
    const NAME: &'static str;
    /// The position among [`Defaults::policies`] of the table it is declared in.
    const INDEX: usize;
    /// The table it is declared in.
    const DEFAULTS: &'static Defaults;

    /// Decides by the default rule without interpreting it. None when that is not possible.
    #[doc(hidden)]
    #[inline]
    fn compiled<T: PolicyTarget + ?Sized>(
        creds: &dyn Credentials,
        target: &T,
        marks: &mut Marks,
    ) -> Option<bool> {
        let _ = (creds, target, marks);
        None
    }
}

/// A policy that targets of type `T` can be decided by: `T` has every attribute that its default
/// rule reads. `policies!` writes it.
pub trait AppliesTo<T: ?Sized>: Policy {
    /// Seals the trait.
    #[doc(hidden)]
    const SEAL: Seal;
}

/// A policy that can be decided without a target: its default rule reads no `%(..)s`. `policies!`
/// writes it.
#[diagnostic::on_unimplemented(
    message = "this policy reads its target, but none is given",
    label = "its default rule reads `%(..)s`",
    note = "name the target: `#[policy(\"..\", target = &..)]`, or `ctx.authorize_for(&..)`"
)]
pub trait PlainPolicy: AppliesTo<()> {
    /// Seals the trait.
    #[doc(hidden)]
    const PLAIN: Seal;
}

/// Says that `policies!` made a type. Only code that it writes may name this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy",
    note = "policies are declared with `policies!(\"..\")`, which makes a type for each"
)]
pub trait Declared {}

/// The value of the constants that seal the traits of policies.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Seal;

impl Seal {
    /// The one value.
    pub const POLICIES: Self = Self;
}

/// A target of the policy `P`: it has every attribute that the default rule of `P` reads. Whatever
/// decides about a policy by its type takes one, so that a target which lacks an attribute does not
/// compile. It is there for every target that `P` [applies to](AppliesTo).
pub trait TargetOf<P>: PolicyTarget {
    /// Decides by the default rule; none when only the compiled rules can tell.
    #[doc(hidden)]
    fn compiled(&self, creds: &dyn Credentials, marks: &mut Marks) -> Option<bool>;

    /// This without the policy.
    #[doc(hidden)]
    fn any(&self) -> &dyn PolicyTarget;
}

// The only implementation: a target type cannot say of itself that a policy applies to it.
impl<P: AppliesTo<T>, T: PolicyTarget> TargetOf<P> for T {
    fn compiled(&self, creds: &dyn Credentials, marks: &mut Marks) -> Option<bool> {
        P::compiled(creds, self, marks)
    }

    fn any(&self) -> &dyn PolicyTarget {
        self
    }
}
