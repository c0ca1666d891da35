//! Decisions of policies by name.

use std::future::Future;

use keystone_policy::PolicyTarget;

use super::decide::{conclude, decide_by_name};
use crate::context::RequestContext;
use crate::denied::Denied;

impl RequestContext {
    /// Decides a policy by name, about a target of any type, such as a map. Prefer
    /// [`authorize_for`](Self::authorize_for): here, a misspelt name and a missing attribute of the
    /// target compile.
    ///
    /// It decides as oslo.policy does: an undeclared policy is decided by the rule `default` or
    /// else refused, and a check that reads an absent attribute is false. If such a check is
    /// negated and therefore allows the caller, that is logged at level WARN. Remote checks are
    /// made if necessary.
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
        // Decided eagerly, so that the future does not borrow the target, which need not be `Sync`.
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
