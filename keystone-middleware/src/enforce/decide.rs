//! Makes decisions and turns them into proofs or refusals.

use std::borrow::Cow;

use keystone_policy::{
    Decision, DecisionError, PlainPolicy, Policy, PolicyTarget, Rules, TargetOf,
};
use tracing::{Level, debug, enabled, error, info, warn};

use super::proof::{Authorized, prove};
use super::target_identity::TargetIdentity;
use crate::context::RequestContext;
use crate::context::remote_checks::refuse;
use crate::denied::{Denied, DeniedKind};

/// The log target of explanations.
const EXPLAIN: &str = "keystone_middleware::explain";

impl RequestContext {
    /// Decides a policy that needs no target, by the rules of this request.
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or the context knows no rules.
    pub fn authorize<P: PlainPolicy>(&self) -> Result<Authorized<P>, Denied> {
        let decision = decide::<P>(self.rules()?, self, &());
        conclude(self, P::NAME.into(), decision)?;
        Ok(prove(self.clone(), None))
    }

    /// Decides a policy about a target, by the rules of this request. A target that lacks an
    /// attribute which the policy's default rule reads does not compile.
    ///
    /// A decision that needs a remote check is a refusal: see [`begin`](Self::begin).
    ///
    /// # Errors
    ///
    /// [`Denied`] when the policy does not allow it, or the context knows no rules.
    pub fn authorize_for<P: Policy>(
        &self,
        target: &impl TargetOf<P>,
    ) -> Result<Authorized<P>, Denied> {
        let rules = self.rules()?;
        conclude(self, P::NAME.into(), decide::<P>(rules, self, target))?;
        let target = TargetIdentity::of(target.any(), rules.reads::<P>());
        Ok(prove(self.clone(), Some(target)))
    }
}

impl RequestContext {
    /// The rules of this request, which must declare `P`.
    pub(super) fn rules_of<P: Policy>(&self) -> Result<&Rules, Denied> {
        let rules = self.rules()?;
        if let Err(error) = rules.declares::<P>() {
            conclude(self, P::NAME.into(), Err(error))?;
        }
        Ok(rules)
    }
}

/// Decides a policy and logs what the decision alone does not show.
pub(super) fn decide<P: Policy>(
    rules: &Rules,
    context: &RequestContext,
    target: &dyn TargetOf<P>,
) -> Result<Decision, DecisionError> {
    let decision = rules.decide_policy::<P>(context, target);
    log_decision(rules, context, P::NAME, target.any(), &decision);
    decision
}

/// As [`decide`], for a policy by name.
pub(super) fn decide_by_name(
    rules: &Rules,
    context: &RequestContext,
    policy: &str,
    target: &dyn PolicyTarget,
) -> Result<Decision, DecisionError> {
    let decision = rules.decide(policy, context, target);
    log_decision(rules, context, policy, target, &decision);
    decision
}

/// At level DEBUG, explains a refusal check by check with the compared values.
fn log_decision(
    rules: &Rules,
    context: &RequestContext,
    policy: &str,
    target: &dyn PolicyTarget,
    decision: &Result<Decision, DecisionError>,
) {
    match decision {
        Ok(Decision::Allow | Decision::Needs(_)) => {
            warn_of_absence(rules, context, policy, target);
        }
        Ok(Decision::Deny(_)) if enabled!(target: EXPLAIN, Level::DEBUG) => {
            let why = rules.explain(policy, context, target);
            debug!(target: EXPLAIN, request_id = context.request_id(), "{why}");
        }
        Ok(Decision::Deny(_)) | Err(_) => {}
    }
}

/// Warns about a caller who is allowed only because the target lacks an attribute. With a typed
/// target, only an operator's rule can cause that.
pub(super) fn warn_of_absence(
    rules: &Rules,
    context: &RequestContext,
    policy: &str,
    target: &dyn PolicyTarget,
) {
    let absent = rules.allowed_by_absence(policy, context, target);
    if absent.is_empty() {
        return;
    }
    warn!(
        request_id = context.request_id(),
        user_id = context.user_id,
        project_id = context.project_id,
        "policy `{policy}` would not allow this if the target had `{}`: a check that reads an absent \
         attribute is false, and below a `not` that lets the caller in",
        absent.join("`, `")
    );
}

/// Turns a decision into a success or a logged refusal. Every [`Authorized`] must go through here.
pub(super) fn conclude(
    context: &RequestContext,
    policy: Cow<'static, str>,
    decision: Result<Decision, DecisionError>,
) -> Result<(), Denied> {
    let error = match decision {
        Ok(Decision::Allow) => return Ok(()),
        Ok(Decision::Deny(reason)) => {
            info!(
                request_id = context.request_id(),
                user_id = context.user_id,
                project_id = context.project_id,
                "{reason}"
            );
            return Err(Denied::new(DeniedKind::Forbidden {
                policy,
                reason: Some(reason),
                hidden: false,
            }));
        }
        Ok(Decision::Needs(check)) => refuse(check),
        Err(error) => error,
    };
    error!(request_id = context.request_id(), "{error}");
    Err(Denied::new(match error {
        DecisionError::Remote(_) => DeniedKind::Undecided,
        _ => DeniedKind::Misconfigured,
    }))
}
