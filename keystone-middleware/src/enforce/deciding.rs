//! Decisions that may need remote checks.

use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "axum")]
use keystone_policy::PlainPolicy;
use keystone_policy::{Decision, DecisionError, Policy, TargetOf};

use super::decide::{conclude, decide};
use super::proof::{Authorized, prove};
use super::target_identity::TargetIdentity;
use crate::context::RequestContext;
use crate::context::remote_checks::settle;
use crate::denied::Denied;

/// A decision of the policy `P` that may need a remote check or an asynchronous check first, see
/// [`RemoteChecks`](crate::RemoteChecks). It does not borrow the target.
#[must_use = "nothing is decided until it is settled"]
pub struct Deciding<P> {
    context: RequestContext,
    decision: Result<Decision, DecisionError>,
    target: TargetIdentity,
    /// Whether a refusal looks like the absence of the target.
    hides: bool,
    policy: PhantomData<fn() -> P>,
}

impl RequestContext {
    /// Begins the decision of a policy about a target; [`Deciding::settle`] then makes remote
    /// checks if necessary.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the context has no rules.
    pub fn begin<P: Policy>(&self, target: &dyn TargetOf<P>) -> Result<Deciding<P>, Denied> {
        let rules = self.rules()?;
        Ok(Deciding {
            decision: decide(rules, self, target),
            context: self.clone(),
            target: TargetIdentity::of(target.any(), rules.reads::<P>()),
            hides: false,
            policy: PhantomData,
        })
    }
}

impl<P: Policy> Deciding<P> {
    /// Makes the checks that the decision needs, if any.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or cannot be decided.
    pub async fn settle(self) -> Result<Authorized<P>, Denied> {
        let decision = self.context.settle(self.decision).await?;
        conclude(&self.context, P::NAME.into(), decision)
            .map_err(|denied| if self.hides { denied.hide() } else { denied })?;
        Ok(prove(self.context, Some(self.target)))
    }

    /// Makes a refusal look like the absence of the target.
    pub(super) fn hiding(mut self) -> Self {
        self.hides = true;
        self
    }
}

impl RequestContext {
    /// As [`authorize`](Self::authorize), with remote checks if necessary.
    #[cfg(feature = "axum")]
    pub(crate) async fn authorized<P: PlainPolicy>(self) -> Result<Authorized<P>, Denied> {
        let decision = decide::<P>(self.rules()?, &self, &());
        let decision = self.settle(decision).await?;
        conclude(&self, P::NAME.into(), decision)?;
        Ok(prove(self, None))
    }

    /// The decision after remote checks, if enabled, and asynchronous checks of the service.
    pub(crate) async fn settle(
        &self,
        decision: Result<Decision, DecisionError>,
    ) -> Result<Result<Decision, DecisionError>, Denied> {
        Ok(match (decision, &self.snapshot()?.remote) {
            (Ok(Decision::Needs(check)), remote) => settle(remote.as_ref(), check).await,
            (decision, _) => decision,
        })
    }
}

impl<P> fmt::Debug for Deciding<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deciding")
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}
