//! Decisions that depend on the answers of other servers.

use std::cell::Cell;
use std::sync::Arc;

use crate::decide::decision::{Decision, RemoteCall};
use crate::decide::error::{DecisionError, FailedCheck};
use crate::decide::program::{End, Run};
use crate::decide::reason::Reason;
use crate::decide::remote::RemoteBody;
use crate::decide::rules::Rules;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// A decision that asks other servers: it goes on with either answer at once, so that neither the
/// credentials nor the target are needed later.
pub(super) struct Request<'a> {
    rules: &'a Rules,
    policy: &'a str,
    rule: u32,
    creds: &'a dyn Credentials,
    target: &'a dyn PolicyTarget,
    body: Arc<RemoteBody>,
    /// How many calls it has made so far.
    calls: Cell<usize>,
}

/// How many calls the answers to earlier ones may lead to, all branches counted.
const MOST_CALLS: usize = 64;

impl<'a> Request<'a> {
    pub(super) fn new(
        rules: &'a Rules,
        policy: &'a str,
        rule: u32,
        creds: &'a dyn Credentials,
        target: &'a dyn PolicyTarget,
    ) -> Self {
        Self {
            rules,
            policy,
            rule,
            creds,
            target,
            body: Arc::new(RemoteBody::new(policy, creds, target)),
            calls: Cell::new(0),
        }
    }

    /// The call at which `run` waits. `known` are the answers on the way to it.
    pub(super) fn call(
        &self,
        run: Run,
        url: String,
        known: &[(&str, bool)],
    ) -> Result<RemoteCall, DecisionError> {
        self.calls.set(self.calls.get() + 1);
        let check = self.rules.failed(self.policy, run.waits_at());
        if self.calls.get() > MOST_CALLS {
            return Err(DecisionError::Remote(FailedCheck {
                problem: format!("the rule leads to more than {MOST_CALLS} questions to others"),
                ..check
            }));
        }
        let branch = |yes: bool| {
            let mut known = known.to_vec();
            known.push((&url, yes));
            let mut run = run.clone();
            self.rules.0.program.resume(&mut run, yes);
            self.go_on(run, &known)
        };
        let (on_true, on_false) = (branch(true), branch(false));
        let body = Arc::clone(&self.body);
        Ok(RemoteCall::new(url, check, body, on_true, on_false))
    }

    fn go_on(&self, mut run: Run, known: &[(&str, bool)]) -> Result<Decision, DecisionError> {
        let program = &self.rules.0.program;
        loop {
            match program.go_on(&mut run, self.creds, self.target) {
                Ok(End::Decided(true)) => return Ok(Decision::Allow),
                Ok(End::Decided(false)) => {
                    let reason = Reason::checks(self.rules, self.rule, run.trace);
                    return Ok(Decision::Deny(reason));
                }
                Ok(End::Asks { url }) => {
                    match known.iter().find(|(asked, _)| *asked == url) {
                        // The same question has the same answer within one decision.
                        Some((_, yes)) => program.resume(&mut run, *yes),
                        None => return Ok(Decision::Needs(self.call(run, url, known)?)),
                    }
                }
                Err(abort) => return Err(self.rules.error(self.policy, &abort)),
            }
        }
    }
}
