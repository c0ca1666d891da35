//! Lists of which a caller sees only what a policy allows.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use keystone_policy::{Decision, DecisionError, Policy, PolicyTarget};

use crate::context::RequestContext;
use crate::enforce::{Authorizing, Denied, conclude};

/// How many targets other servers are asked about at the same time.
const AT_ONCE: usize = 8;

impl RequestContext {
    /// Leaves only those targets about which the policy says yes, in their order: for lists that a
    /// database cannot filter, see [`filter`](Self::filter). Where a decision needs other servers,
    /// they are asked, about several targets at a time. Refusals of single targets are not logged.
    ///
    /// ```
    /// use keystone_middleware::policy::{Policy, PolicyTarget};
    /// use keystone_middleware::{Denied, RequestContext};
    ///
    /// async fn visible<View: Policy, T: PolicyTarget>(
    ///     ctx: &RequestContext,
    ///     mut proxies: Vec<T>,
    /// ) -> Result<Vec<T>, Denied> {
    ///     ctx.retain::<View>(&mut proxies).await?;
    ///     Ok(proxies)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Denied`] when the decision about one of them cannot be made, or a server gives no answer
    /// that can be trusted. Then nothing is left out, so do not go on with the list.
    pub async fn retain<P: Policy>(
        &self,
        targets: &mut Vec<impl PolicyTarget>,
    ) -> Result<(), Denied> {
        let rules = self.rules()?;
        let decided: Vec<_> = targets
            .iter()
            .map(|target| rules.decide_policy::<P>(self, target))
            .collect();
        let mut allowed = stream::iter(decided)
            .map(|decision| allows::<P>(self, decision))
            .buffered(AT_ONCE)
            .try_collect::<Vec<bool>>()
            .await?
            .into_iter();
        targets.retain(|_| allowed.next().unwrap_or(false));
        Ok(())
    }
}

impl<P: Policy> Authorizing<P> {
    /// As [`RequestContext::retain`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn retain(&self, targets: &mut Vec<impl PolicyTarget>) -> Result<(), Denied> {
        self.context.retain::<P>(targets).await
    }
}

/// The answer about one target, from other servers if need be.
async fn allows<P: Policy>(
    context: &RequestContext,
    decision: Result<Decision, DecisionError>,
) -> Result<bool, Denied> {
    let decision = match (decision, &context.snapshot()?.remote) {
        (Ok(Decision::Needs(call)), Some(remote)) => remote.settle(call).await,
        (decision, _) => decision,
    };
    match decision {
        Ok(Decision::Allow) => Ok(true),
        Ok(Decision::Deny(_)) => Ok(false),
        undecided => conclude::<P>(context, undecided).map(|_| true),
    }
}
