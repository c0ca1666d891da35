//! Decisions by a set of rules.

use crate::decide::asking::Request;
use crate::decide::decision::Decision;
use crate::decide::defaults::ScopeType;
use crate::decide::error::{DecisionError, TABLE, not_registered};
use crate::decide::marks::Marks;
use crate::decide::policy::{Policy, TargetOf};
use crate::decide::program::End;
use crate::decide::reason::Reason;
use crate::decide::rules::Rules;
use crate::value::Value;
use crate::value::credentials::{CredentialName, Credentials, system};
use crate::value::target::PolicyTarget;

/// The problem when an asynchronous check is reached in synchronous code.
const AWAITED: &str = "it is asynchronous and cannot be awaited here: use `Rules::decide`, and await \
     the pending check";

impl Rules {
    /// Decides the policy called `policy`. One that is not defined is decided by the rule `default`
    /// if there is one, and denied otherwise.
    ///
    /// # Errors
    /// [`DecisionError`] where oslo.policy would raise an exception: for rules that refer to one
    /// another in a cycle, for a check that is invalid or whose path goes deeper than the
    /// credentials; and for a remote check whose server would be chosen by the target.
    pub fn decide(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.find(policy) {
            Some(rule) => self.decide_rule(policy, rule, creds, target),
            None => Ok(Decision::Deny(Reason::unknown(policy))),
        }
    }

    /// As [`Rules::decide`], for the policy of the marker type `P`, and faster: as long as the
    /// operator overrides nothing that the policy depends on, it runs the code that `policies!`
    /// generated for the default rule.
    ///
    /// # Errors
    /// As [`Rules::decide`], and [`DecisionError::NotRegistered`] when the table that declares `P`
    /// was not given to the enforcer, even if an operator's rule of that name or the rule `default`
    /// exists.
    #[inline]
    pub fn decide_policy<P: Policy>(
        &self,
        creds: &dyn Credentials,
        target: &dyn TargetOf<P>,
    ) -> Result<Decision, DecisionError> {
        // A shortcut combines three facts established when the rules were built: the policy is of
        // the first table, no override affects it, and it accepts any scope. Nothing is looked up.
        if self.has_shortcut::<P>()
            && let Some(decision) = decide_compiled(creds, target)
        {
            return Ok(decision);
        }
        self.decide_policy_at_length(creds, target)
    }

    fn decide_policy_at_length<P: Policy>(
        &self,
        creds: &dyn Credentials,
        target: &dyn TargetOf<P>,
    ) -> Result<Decision, DecisionError> {
        let Some(rule) = self.find_policy::<P>() else {
            return Err(not_registered(P::NAME, TABLE));
        };
        if let Some(scope) = self.wrong_scope(P::NAME, rule, creds) {
            return Ok(Decision::Deny(Reason::scope(self, rule, scope)));
        }
        if self.entry(rule).is_some_and(|entry| entry.compiled)
            && let Some(decision) = decide_compiled(creds, target)
        {
            return Ok(decision);
        }
        self.run(P::NAME, rule, creds, target.any())
    }

    /// As [`Rules::decide`] and oslo.policy's `enforce`: whether the caller is allowed. A decision
    /// that needs a remote check is a refusal.
    ///
    /// # Errors
    /// As [`Rules::decide`], and [`DecisionError::Extension`] where an asynchronous check of the
    /// service is needed.
    pub fn enforce(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, DecisionError> {
        match self.decide(policy, creds, target)? {
            Decision::Needs(check) if check.remote().is_none() => Err(check.refuse(AWAITED)),
            decision => Ok(decision.is_allowed()),
        }
    }

    /// As [`Rules::enforce`] and oslo.policy's `authorize`: only for policies that the service
    /// registered, not for names that occur only in an operator's file.
    ///
    /// # Errors
    /// As [`Rules::enforce`], and [`DecisionError::NotRegistered`].
    pub fn authorize(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, DecisionError> {
        if !self.is_registered(policy) {
            return Err(not_registered(
                policy,
                "no policy of this name is registered",
            ));
        }
        self.enforce(policy, creds, target)
    }

    /// Decides one policy for many targets, in order. What does not depend on the target is looked
    /// up once.
    pub fn decide_each<'a, T: PolicyTarget + 'a>(
        &'a self,
        policy: &'a str,
        creds: &'a dyn Credentials,
        targets: impl IntoIterator<Item = &'a T> + 'a,
    ) -> impl Iterator<Item = Result<Decision, DecisionError>> + 'a {
        let rule = self.find(policy);
        let scope = rule.and_then(|rule| self.wrong_scope(policy, rule, creds));
        targets.into_iter().map(move |target| match (rule, scope) {
            (None, _) => Ok(Decision::Deny(Reason::unknown(policy))),
            (Some(rule), Some(scope)) => Ok(Decision::Deny(Reason::scope(self, rule, scope))),
            (Some(rule), None) => self.run(policy, rule, creds, target),
        })
    }

    /// Whether some target could make the policy allow this caller. False is certain; true is not,
    /// because checks that read the target are treated as unknown.
    pub fn possible(&self, policy: &str, creds: &dyn Credentials) -> bool {
        self.find(policy)
            .is_some_and(|rule| self.possible_rule(policy, rule, creds))
    }

    /// As [`Rules::possible`], for the policy of the marker type `P`.
    pub fn possible_policy<P: Policy>(&self, creds: &dyn Credentials) -> bool {
        self.find_policy::<P>()
            .is_some_and(|rule| self.possible_rule(P::NAME, rule, creds))
    }

    /// Checks that the table which declares the policy was given to the enforcer.
    ///
    /// # Errors
    /// [`DecisionError::NotRegistered`] when it was not given to the [`Enforcer`](crate::Enforcer)
    /// of these rules.
    pub fn declares<P: Policy>(&self) -> Result<(), DecisionError> {
        match self.find_policy::<P>() {
            Some(_) => Ok(()),
            None => Err(not_registered(P::NAME, TABLE)),
        }
    }

    /// Whether the policy does not accept the scope of the caller's token.
    pub(crate) fn is_wrong_scope(&self, policy: &str, creds: &dyn Credentials) -> bool {
        self.find(policy)
            .is_some_and(|rule| self.wrong_scope(policy, rule, creds).is_some())
    }

    /// Decides a rule by reference: its scope types are ignored.
    pub(crate) fn decide_unscoped(
        &self,
        name: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.find(name) {
            Some(rule) => self.run(name, rule, creds, target),
            None => Ok(Decision::Deny(Reason::unknown(name))),
        }
    }

    fn decide_rule(
        &self,
        policy: &str,
        rule: u32,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.wrong_scope(policy, rule, creds) {
            Some(scope) => Ok(Decision::Deny(Reason::scope(self, rule, scope))),
            None => self.run(policy, rule, creds, target),
        }
    }

    fn run(
        &self,
        policy: &str,
        rule: u32,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        let mut run = self.0.program.start(rule);
        match self.0.program.go_on(&mut run, creds, target) {
            Ok(End::Decided(true)) => Ok(Decision::Allow),
            Ok(End::Decided(false)) => Ok(Decision::Deny(Reason::checks(self, rule, run.trace))),
            Ok(End::Asks(asked)) => {
                let request = Request::new(self, policy, rule, creds, target);
                Ok(Decision::Needs(request.pending(run, asked, &[])?))
            }
            Err(abort) => Err(self.error(policy, &abort)),
        }
    }

    fn possible_rule(&self, policy: &str, rule: u32, creds: &dyn Credentials) -> bool {
        // A decision that fails must be made to be reported, so it counts as possible.
        self.wrong_scope(policy, rule, creds).is_none()
            && self.0.program.possible(rule, creds).unwrap_or(true)
    }

    /// The scope of the credentials, if the policy does not accept it.
    fn wrong_scope(&self, policy: &str, rule: u32, creds: &dyn Credentials) -> Option<ScopeType> {
        let wanted = self.wanted_scope_types(policy, rule)?;
        let is_set = |value: Option<Value<'_>>| value.is_some_and(Value::is_truthy);
        let system = is_set(system(creds));
        let scope = match (system, is_set(creds.standard(CredentialName::DomainId))) {
            (true, _) => ScopeType::System,
            (false, true) => ScopeType::Domain,
            (false, false) => ScopeType::Project,
        };
        (!wanted.contains(&scope)).then_some(scope)
    }
}

/// Decides by the code of the default rule; `None` where only the program can.
#[inline]
fn decide_compiled<P: Policy>(
    creds: &dyn Credentials,
    target: &dyn TargetOf<P>,
) -> Option<Decision> {
    let mut marks = Marks::new();
    Some(match target.compiled(creds, &mut marks)? {
        true => Decision::Allow,
        false => Decision::Deny(Reason::compiled(P::DEFAULTS, P::INDEX, marks)),
    })
}
