//! Decisions that cannot be made.

use std::fmt;

use crate::decide::problem::{Abort, Problem};
use crate::decide::rules::Rules;

/// A decision that cannot be made. The caller must be refused; respond with a server error.
///
/// Exhaustive on purpose: callers must handle each variant.
#[expect(
    clippy::exhaustive_enums,
    reason = "a new way to fail must be handled by every caller"
)]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DecisionError {
    /// Rules refer to one another in a cycle.
    Cycle(FailedCheck),
    /// A check that the service added failed.
    Extension(FailedCheck),
    /// The policy is not registered, but the method is for registered policies only.
    NotRegistered(FailedCheck),
    /// A remote check has no reliable response.
    Remote(FailedCheck),
    /// A check that is invalid, or cannot be evaluated for these credentials.
    Unreadable(FailedCheck),
}

impl DecisionError {
    /// The check at which the decision failed. Its fields are empty if there was none.
    pub fn check(&self) -> &FailedCheck {
        match self {
            Self::Cycle(check)
            | Self::Extension(check)
            | Self::NotRegistered(check)
            | Self::Remote(check)
            | Self::Unreadable(check) => check,
        }
    }
}

impl fmt::Display for DecisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FailedCheck {
            policy,
            rule,
            check,
            problem,
            ..
        } = self.check();
        if let Self::NotRegistered(_) = self {
            return write!(f, "policy `{policy}` cannot be decided: {problem}");
        }
        write!(
            f,
            "policy `{policy}` cannot be decided at `{check}` of rule `{rule}`: {problem}"
        )
    }
}

impl std::error::Error for DecisionError {}

/// The check at which a decision failed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailedCheck {
    pub(crate) policy: String,
    pub(crate) rule: String,
    pub(crate) check: String,
    pub(crate) problem: String,
    /// Why the program failed, if it did.
    pub(crate) cause: Option<Box<Problem>>,
}

impl FailedCheck {
    /// The policy that was decided.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The name of the rule that holds the check.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The text of the check.
    pub fn check(&self) -> &str {
        &self.check
    }

    /// What is wrong with it.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl Rules {
    #[cold]
    pub(super) fn error(&self, policy: &str, abort: &Abort) -> DecisionError {
        let failed = FailedCheck {
            problem: abort.problem.to_string(),
            cause: Some(abort.problem.clone()),
            ..self.failed(policy, abort.step)
        };
        match *abort.problem {
            Problem::Cycle => DecisionError::Cycle(failed),
            Problem::Extension(_) => DecisionError::Extension(failed),
            Problem::Remote(_) => DecisionError::Remote(failed),
            Problem::Descent(_) | Problem::LeftOperand(_) | Problem::Template(_) => {
                DecisionError::Unreadable(failed)
            }
        }
    }

    pub(super) fn failed(&self, policy: &str, step: u32) -> FailedCheck {
        let step = self.step(step);
        FailedCheck {
            policy: policy.to_owned(),
            rule: step.map_or("", |step| self.name_of(step.rule)).to_owned(),
            check: step.map_or("", |step| &step.text).to_owned(),
            problem: String::new(),
            cause: None,
        }
    }
}

/// The problem when the rules do not include the table of a marker type.
pub(super) const TABLE: &str =
    "the table of `policies!` that declares it was not given to the enforcer";

#[cold]
pub(super) fn not_registered(policy: &str, problem: &str) -> DecisionError {
    DecisionError::NotRegistered(FailedCheck {
        policy: policy.to_owned(),
        rule: String::new(),
        check: String::new(),
        problem: problem.to_owned(),
        cause: None,
    })
}
