//! Decisions about policies that are known by name only.

use std::future::Future;

use keystone_policy::PolicyTarget;

use super::decide::{conclude, decide_by_name};
use crate::context::RequestContext;
use crate::denied::Denied;

impl RequestContext {
    /// Decides a policy that is known by name at run time only, about a target of which nothing is
    /// known at compile time, such as a map. Prefer [`authorize_for`](Self::authorize_for): here a
    /// misspelt name and an attribute that the target lacks compile.
    ///
    /// It decides as oslo.policy does: a policy that nobody declared is decided by the rule
    /// `default`, else refused, and a check that reads an absent attribute is false. Where it stands
    /// below a `not` it then lets the caller in; that is logged at level WARN. Other servers are
    /// asked where the rule says so.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use keystone_middleware::{Denied, RequestContext};
    ///
    /// async fn may(ctx: &RequestContext, action: &str, owner: &str) -> Result<(), Denied> {
    ///     let target = HashMap::from([("owner_id", owner)]);
    ///     ctx.authorize_untyped(&format!("plugin:{action}"), &target).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or cannot be decided.
    pub fn authorize_untyped(
        &self,
        policy: &str,
        target: &dyn PolicyTarget,
    ) -> impl Future<Output = Result<(), Denied>> + Send + use<> {
        // Decided at once, so that the target need not live, nor be `Sync`, while others are asked.
        let context = self.clone();
        let policy = policy.to_owned();
        let decision = context
            .rules()
            .map(|rules| decide_by_name(rules, &context, &policy, target));
        async move {
            let decision = context.settle(decision?).await?;
            conclude(&context, policy.into(), decision)
        }
    }
}
