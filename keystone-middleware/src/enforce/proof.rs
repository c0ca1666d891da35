//! Proofs of authorization.

use std::fmt;
use std::marker::PhantomData;

use keystone_policy::{Policy, TargetOf};
use tracing::warn;

use super::target_identity::TargetIdentity;
use crate::context::RequestContext;
use crate::denied::{Denied, DeniedKind};

/// A proof that the policy `P` allows this [caller](Self::caller) to act, under the rules of this
/// request, and on this target if the decision was about one. Only enforcement creates it, so a
/// function that takes one cannot be called without a decision.
///
/// As an argument of an axum handler it makes the decision, without a target, before the body is
/// read; `#[policy("..", proof = name)]` gives the handler the proof of its decision. Otherwise it
/// comes from [`RequestContext::authorize`] and [`RequestContext::authorize_for`].
///
/// A function that acts on an object takes the proof and the object, and checks that the proof
/// [covers](Self::covers) the object:
///
/// ```
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::{Authorized, Denied, PolicyTarget, RequestContext, policies};
///
/// policies!("../specs/policies/proxies.yaml");
///
/// #[derive(PolicyTarget)]
/// struct Proxy {
///     id: String,
///     project_id: String,
/// }
///
/// /// Storage: nobody comes here without a decision about this very proxy.
/// fn delete(may: &Authorized<policies::proxy::Delete>, proxy: &Proxy) -> Result<String, Denied> {
///     may.covers(proxy)?;
///     Ok(format!("{} deleted by {:?}", proxy.id, may.caller().user_id))
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let enforcer = Enforcer::builder(&policies::DEFAULTS).build()?;
/// let admin = RequestContext::builder()
///     .user_id("u1").project_id("p1").roles(["admin"]).enforcer(&enforcer).build();
/// let own = Proxy { id: "1".into(), project_id: "p1".into() };
/// let may = admin.authorize_for::<policies::proxy::Delete>(&own)?;
/// assert!(delete(&may, &own).is_ok());
///
/// let foreign = Proxy { id: "2".into(), project_id: "p2".into() };
/// assert_eq!(delete(&may, &foreign).unwrap_err().status(), 403);
/// # Ok(())
/// # }
/// ```
#[must_use = "a proof that is not used protects only the lines below it"]
pub struct Authorized<P> {
    context: RequestContext,
    /// `None` if the decision had no target.
    target: Option<TargetIdentity>,
    policy: PhantomData<fn() -> P>,
}

/// Creates a proof after a positive decision. Not an associated function, which the compiler would
/// suggest to users who try to construct a proof.
pub(super) fn prove<P>(context: RequestContext, target: Option<TargetIdentity>) -> Authorized<P> {
    Authorized {
        context,
        target,
        policy: PhantomData,
    }
}

impl<P> Authorized<P> {
    /// The caller that is authorized. Use this caller, so that caller and proof belong to the same
    /// request.
    pub fn caller(&self) -> &RequestContext {
        &self.context
    }
}

impl<P: Policy> Authorized<P> {
    /// Checks that the decision was about this target: one with the same `id`, and with the same
    /// value of each attribute on which the decision may depend. So an object whose owner has
    /// changed since is not covered, one with a new description is. A target without an attribute
    /// `id` is identified by all of its attributes.
    ///
    /// # Errors
    ///
    /// [`Denied`] with 403 when the decision was about another target or none, or when the target
    /// lists no attributes ([`PolicyTarget::each`](crate::PolicyTarget::each)); with 500 when the
    /// context has no rules.
    pub fn covers(&self, target: &impl TargetOf<P>) -> Result<(), Denied> {
        let reads = self.context.rules()?.reads::<P>();
        let given = TargetIdentity::of(target.any(), reads);
        let why = match self.target {
            Some(decided) if decided.covers(given) => return Ok(()),
            Some(_) => "the decision was about another target, or it has changed since",
            None => "the decision was about no target",
        };
        warn!(
            request_id = self.context.request_id(),
            user_id = self.context.user_id,
            project_id = self.context.project_id,
            policy = P::NAME,
            "a proof does not cover the target that it is used for: {why}"
        );
        Err(Denied::new(DeniedKind::Forbidden {
            policy: P::NAME.into(),
            reason: None,
            hidden: false,
        }))
    }
}

impl<P> fmt::Debug for Authorized<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized")
            .field("caller", &self.context)
            .finish_non_exhaustive()
    }
}
