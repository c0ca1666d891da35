//! Pending decisions about a target.

use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "service")]
use keystone_policy::{Decision, PlainPolicy};
use keystone_policy::{Policy, TargetOf};

use super::decide::{conclude, decide_by_name};
use super::deciding::Deciding;
use crate::context::RequestContext;
use crate::denied::Denied;

/// A caller for whom the policy `P` is not decided yet, because the decision needs a target.
///
/// It proves nothing: it is the first argument of a handler with `#[policy("..", target = ..)]`,
/// whose expansion makes the decision before the first statement. Only expansions name this type;
/// tests get one from [`RequestContext::authorizing`].
pub struct Authorizing<P> {
    context: RequestContext,
    /// Whether a refusal about the target looks like its absence.
    hides: bool,
    policy: PhantomData<fn() -> P>,
}

/// A refusal about an object shall look like its absence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HideRefusals;

impl RequestContext {
    /// The first argument of a handler with `#[policy("..", target = ..)]`, for tests that call the
    /// handler: `update(ctx.authorizing()?, Found(proxy), Json(change)).await`.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy would deny this for every target, or the context has no rules.
    pub fn authorizing<P: Policy>(&self) -> Result<Authorizing<P>, Denied> {
        let rules = self.rules_of::<P>()?;
        if !rules.possible_policy::<P>(self) {
            // Denied for every target; decide without one to get the reason.
            let decision = decide_by_name(rules, self, P::NAME, &());
            conclude(self, P::NAME.into(), decision)?;
        }
        Ok(Authorizing {
            context: self.clone(),
            hides: false,
            policy: PhantomData,
        })
    }
}

#[cfg(feature = "service")]
impl RequestContext {
    /// Whether a policy might let this caller in, for some target. Logs no refusal.
    pub(crate) fn is_possible<P: Policy>(&self) -> bool {
        let rules = self.rules_of::<P>();
        rules.is_ok_and(|rules| rules.possible_policy::<P>(self))
    }

    /// Whether a policy of an attribute allows this caller. Logs no refusal, only that it cannot be
    /// decided.
    pub(crate) fn may_see<P: PlainPolicy>(&self) -> bool {
        let Ok(rules) = self.rules_of::<P>() else {
            return false;
        };
        match rules.decide_policy::<P>(self, &()) {
            Ok(Decision::Allow) => true,
            Ok(Decision::Deny(_)) => false,
            undecided => conclude(self, P::NAME.into(), undecided).is_ok(),
        }
    }
}

impl<P> Authorizing<P> {
    /// Makes refusals about the target look like its absence.
    pub(crate) fn hiding(mut self) -> Self {
        self.hides = true;
        self
    }
}

impl<P: Policy + Default> Authorizing<P> {
    /// The marker type of the policy, which checks the type of the target.
    #[doc(hidden)]
    pub fn marker(&self) -> P {
        P::default()
    }

    /// Begins the decision about a target whose type was checked by the marker.
    #[doc(hidden)]
    pub fn begin_checked(&self, target: &dyn TargetOf<P>) -> Result<Deciding<P>, Denied> {
        let deciding = self.context.begin(target)?;
        Ok(if self.hides {
            deciding.hiding()
        } else {
            deciding
        })
    }
}

impl<P> fmt::Debug for Authorizing<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorizing")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
