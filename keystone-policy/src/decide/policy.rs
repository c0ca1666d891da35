//! The traits of the marker types that `policies!` generates.

use crate::decide::defaults::Defaults;
use crate::decide::marks::Marks;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// A policy as a type, such as `policies::proxy::Create`.
///
/// Implemented only by `policies!`: a marker type belongs to a declared table, whose rules
/// determine which attributes a target must have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy",
    note = "policies are declared with `policies!(\"..\")`, which makes a type for each"
)]
pub trait Policy: Declared + Sized {
    /// The name.
    const NAME: &'static str;
    /// The index in [`Defaults::policies`] of the table that declares it.
    const INDEX: usize;
    /// The table that declares it.
    const DEFAULTS: &'static Defaults;

    /// Decides by the compiled default rule. `None` when that is not possible.
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

/// A policy for targets of type `T`: `T` has every attribute that its default rule reads.
/// Implemented by `policies!`.
pub trait AppliesTo<T: ?Sized>: Policy {
    /// Seals the trait.
    #[doc(hidden)]
    const SEAL: Seal;
}

/// A policy that needs no target: its default rule reads no `%(..)s`. Implemented by `policies!`.
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

/// Marks types that `policies!` generated. Only generated code may name this.
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

/// A target of the policy `P`, with every attribute that the default rule of `P` reads. Methods
/// that decide a policy by its type take one, so a target that lacks an attribute does not compile.
/// Implemented for every type that `P` [applies to](AppliesTo).
pub trait TargetOf<P>: PolicyTarget {
    /// Decides by the compiled default rule; `None` when only the program can.
    #[doc(hidden)]
    fn compiled(&self, creds: &dyn Credentials, marks: &mut Marks) -> Option<bool>;

    /// This without the policy.
    #[doc(hidden)]
    fn any(&self) -> &dyn PolicyTarget;
}

// The only implementation: a target type cannot declare that a policy applies to it.
impl<P: AppliesTo<T>, T: PolicyTarget> TargetOf<P> for T {
    fn compiled(&self, creds: &dyn Credentials, marks: &mut Marks) -> Option<bool> {
        P::compiled(creds, self, marks)
    }

    fn any(&self) -> &dyn PolicyTarget {
        self
    }
}
