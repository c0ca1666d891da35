//! Filtering of lists by policy.

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use keystone_policy::{Decision, DecisionError, Policy, TargetOf};

use super::decide::{conclude, warn_of_absence};
use crate::context::RequestContext;
use crate::denied::Denied;

/// How many targets are decided concurrently where remote checks are needed.
const AT_ONCE: usize = 8;

impl RequestContext {
    /// Keeps only the targets that the policy allows, in order, for lists that a database cannot
    /// [`filter`](Self::filter). Remote checks are made for several targets concurrently. Refusals
    /// of single targets are not logged.
    ///
    /// ```
    /// use keystone_middleware::policy::{Policy, TargetOf};
    /// use keystone_middleware::{Denied, RequestContext};
    ///
    /// async fn visible<View: Policy, T: TargetOf<View> + Send>(
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
    /// [`Denied`] when the decision about one of them cannot be made, or a remote check has no
    /// reliable response. Then nothing is removed, so do not use the list.
    pub fn retain<'a, P: Policy>(
        &'a self,
        targets: &'a mut Vec<impl TargetOf<P> + Send>,
    ) -> BoxFuture<'a, Result<(), Denied>> {
        // A named type: with an `async fn`, the compiler would report a wrong target twice.
        let decided = self.decide_each::<P>(targets.iter().map(|target| target as _));
        Box::pin(async move {
            let mut allowed = stream::iter(decided?)
                .map(|decision| allows::<P>(self, decision))
                .buffered(AT_ONCE)
                .try_collect::<Vec<bool>>()
                .await?
                .into_iter();
            targets.retain(|_| allowed.next().unwrap_or(false));
            Ok(())
        })
    }

    fn decide_each<'t, P: Policy + 't>(
        &self,
        targets: impl Iterator<Item = &'t dyn TargetOf<P>>,
    ) -> Result<Vec<Result<Decision, DecisionError>>, Denied> {
        let rules = self.rules()?;
        let decide = |target: &dyn TargetOf<P>| {
            let decision = rules.decide_policy::<P>(self, target);
            if !matches!(decision, Ok(Decision::Deny(_)) | Err(_)) {
                warn_of_absence(rules, self, P::NAME, target.any());
            }
            decision
        };
        Ok(targets.map(decide).collect())
    }
}

/// The decision about one target, with remote checks if necessary.
async fn allows<P: Policy>(
    context: &RequestContext,
    decision: Result<Decision, DecisionError>,
) -> Result<bool, Denied> {
    let decision = context.settle(decision).await?;
    match decision {
        Ok(Decision::Allow) => Ok(true),
        Ok(Decision::Deny(_)) => Ok(false),
        undecided => conclude(context, P::NAME.into(), undecided).map(|()| true),
    }
}
