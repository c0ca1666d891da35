//! Decisions, and the pending checks that some of them need.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::decide::error::{DecisionError, FailedCheck};
use crate::decide::extension::CheckFuture;
use crate::decide::problem::Problem;
use crate::decide::reason::Reason;
use crate::decide::remote::RemoteCall;

/// The result of a decision.
#[expect(clippy::exhaustive_enums, reason = "a decision is one of the three")]
#[must_use = "a decision protects nothing unless it is acted upon"]
#[derive(Clone, Debug)]
pub enum Decision {
    /// The caller may.
    Allow,
    /// The caller may not.
    Deny(Reason),
    /// A remote check or an asynchronous check of the service is needed first. Where it cannot be
    /// made, the caller must be refused.
    Needs(PendingCheck),
}

impl Decision {
    /// Whether the caller is allowed. False if a check is needed first.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// A check whose result a decision needs: a remote check, or an asynchronous check of the service.
/// It owns all data it needs, so it can be awaited without the credentials and the target.
///
/// Pass the result to [`PendingCheck::resume`], which continues the decision. If there is no
/// reliable result, call [`PendingCheck::refuse`]: never treat it as false, which a `not` would
/// negate.
///
/// ```
/// use keystone_policy::{Decision, DecisionError};
///
/// async fn settled(mut decision: Decision) -> Result<Decision, DecisionError> {
///     while let Decision::Needs(check) = decision {
///         let result = match check.take_future() {
///             Some(own) => own.await,
///             None => Err("no other server is asked here".to_owned()),
///         };
///         decision = match result {
///             Ok(yes) => check.resume(yes)?,
///             Err(problem) => return Err(check.refuse(problem)),
///         };
///     }
///     Ok(decision)
/// }
/// # let _ = settled;
/// ```
#[derive(Clone)]
pub struct PendingCheck(Box<Pending>);

#[derive(Clone)]
struct Pending {
    question: Question,
    check: FailedCheck,
    on_true: Result<Decision, DecisionError>,
    on_false: Result<Decision, DecisionError>,
}

/// Where the result of a check comes from.
#[derive(Clone)]
pub(super) enum Question {
    Remote(RemoteCall),
    /// The service itself. The future can be taken once.
    Service(Arc<Mutex<Option<CheckFuture>>>),
}

impl Question {
    pub(super) fn service(future: CheckFuture) -> Self {
        Self::Service(Arc::new(Mutex::new(Some(future))))
    }

    /// The error of a check that has no result.
    pub(super) fn without_result(&self, check: FailedCheck) -> DecisionError {
        match self {
            Self::Remote(_) => DecisionError::Remote(check),
            Self::Service(_) => DecisionError::Extension(check),
        }
    }
}

impl PendingCheck {
    pub(super) fn new(
        question: Question,
        check: FailedCheck,
        on_true: Result<Decision, DecisionError>,
        on_false: Result<Decision, DecisionError>,
    ) -> Self {
        Self(Box::new(Pending {
            question,
            check,
            on_true,
            on_false,
        }))
    }

    /// The policy that is being decided.
    pub fn policy(&self) -> &str {
        &self.0.check.policy
    }

    /// The text of the check.
    pub fn check(&self) -> &str {
        &self.0.check.check
    }

    /// The call to another server; `None` for a check of the service.
    pub fn remote(&self) -> Option<&RemoteCall> {
        match &self.0.question {
            Question::Remote(call) => Some(call),
            Question::Service(_) => None,
        }
    }

    /// The future of a check of the service; `None` for a remote check, and if it was taken
    /// already, from this or a clone.
    pub fn take_future(&self) -> Option<CheckFuture> {
        match &self.0.question {
            Question::Remote(_) => None,
            Question::Service(future) => {
                future.lock().unwrap_or_else(PoisonError::into_inner).take()
            }
        }
    }

    /// Continues the decision with the result; it may need another check.
    ///
    /// # Errors
    /// As [`Rules::decide`](crate::Rules::decide).
    pub fn resume(self, yes: bool) -> Result<Decision, DecisionError> {
        if yes { self.0.on_true } else { self.0.on_false }
    }

    /// Ends the decision because there is no reliable result; `problem` says why.
    pub fn refuse(self, problem: impl Into<String>) -> DecisionError {
        let Pending {
            question, check, ..
        } = *self.0;
        match question {
            Question::Remote(_) => DecisionError::Remote(FailedCheck {
                problem: problem.into(),
                ..check
            }),
            // As of a check that is not awaited.
            Question::Service(_) => {
                let cause = Problem::Extension(problem.into());
                DecisionError::Extension(FailedCheck {
                    problem: cause.to_string(),
                    cause: Some(Box::new(cause)),
                    ..check
                })
            }
        }
    }
}

impl fmt::Debug for PendingCheck {
    /// The check only: the call contains values of the target and the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCheck")
            .field("policy", &self.policy())
            .field("check", &self.check())
            .finish_non_exhaustive()
    }
}
