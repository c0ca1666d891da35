//! Decisions that depend on checks whose results must be awaited.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use crate::decide::decision::{Decision, PendingCheck, Question};
use crate::decide::error::{DecisionError, FailedCheck};
use crate::decide::program::{Asked, End, Run};
use crate::decide::reason::Reason;
use crate::decide::remote::{RemoteBody, RemoteCall};
use crate::decide::rules::Rules;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// A decision that waits for checks. Both branches of each are evaluated in advance, because the
/// credentials and the target are only borrowed and gone when the result arrives.
pub(super) struct Request<'a> {
    rules: &'a Rules,
    policy: &'a str,
    rule: u32,
    creds: &'a dyn Credentials,
    target: &'a dyn PolicyTarget,
    body: OnceCell<Arc<RemoteBody>>,
    /// How many checks were reached so far.
    checks: Cell<usize>,
}

/// How many checks may be reached, over all branches: without a limit, each would double the work.
const MOST_CHECKS: usize = 64;

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
            body: OnceCell::new(),
            checks: Cell::new(0),
        }
    }

    /// The check at which `run` waits. `known` are the results of earlier checks on this branch.
    pub(super) fn pending(
        &self,
        run: Run,
        asked: Asked,
        known: &[(&str, bool)],
    ) -> Result<PendingCheck, DecisionError> {
        self.checks.set(self.checks.get() + 1);
        let check = self.rules.failed(self.policy, run.waits_at());
        let name = self.name(&run, &asked);
        let question = self.question(asked);
        if self.checks.get() > MOST_CHECKS {
            return Err(question.without_result(FailedCheck {
                problem: format!(
                    "the rule may need more than {MOST_CHECKS} remote or asynchronous checks"
                ),
                ..check
            }));
        }
        let branch = |yes: bool| {
            let mut known = known.to_vec();
            known.push((&name, yes));
            let mut run = run.clone();
            self.rules.0.program.resume(&mut run, yes);
            self.go_on(run, &known)
        };
        let (on_true, on_false) = (branch(true), branch(false));
        Ok(PendingCheck::new(question, check, on_true, on_false))
    }

    /// Identifies a check: its address, or its text.
    fn name(&self, run: &Run, asked: &Asked) -> String {
        match asked {
            Asked::Remote { url } => url.clone(),
            Asked::Service(_) => {
                let step = self.rules.step(run.waits_at());
                step.map_or_else(String::new, |step| step.text.to_string())
            }
        }
    }

    fn question(&self, asked: Asked) -> Question {
        match asked {
            Asked::Remote { url } => {
                let body = || Arc::new(RemoteBody::new(self.policy, self.creds, self.target));
                let body = Arc::clone(self.body.get_or_init(body));
                Question::Remote(RemoteCall { url, body })
            }
            Asked::Service(future) => Question::service(future),
        }
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
                Ok(End::Asks(asked)) => {
                    let name = self.name(&run, &asked);
                    match known.iter().find(|(known, _)| *known == name) {
                        // The same check has the same result within one decision.
                        Some((_, yes)) => program.resume(&mut run, *yes),
                        None => return Ok(Decision::Needs(self.pending(run, asked, known)?)),
                    }
                }
                Err(abort) => return Err(self.rules.error(self.policy, &abort)),
            }
        }
    }
}
