//! Decisions, and their reasons for the operator.

use std::fmt;

use crate::program::{Outcome, Trace};
use crate::registry::ScopeType;
use crate::rules::Rules;

/// What was decided.
#[expect(clippy::exhaustive_enums, reason = "a decision is one of the two")]
#[must_use = "a decision protects nothing unless it is acted upon"]
#[derive(Clone, Debug)]
pub enum Decision {
    /// The caller may.
    Allow,
    /// The caller may not.
    Deny(Reason),
}

impl Decision {
    /// Whether the caller may.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// Why a caller may not, for the operator's log. It tells about rules, so keep it from the caller.
///
/// It holds no values of credentials or targets.
#[derive(Clone)]
pub struct Reason(Kind);

#[derive(Clone)]
enum Kind {
    Checks {
        rules: Rules,
        rule: u32,
        trace: Trace,
    },
    Scope {
        rules: Rules,
        rule: u32,
        scope: ScopeType,
    },
    Unknown(Box<str>),
}

impl Reason {
    pub(crate) fn checks(rules: &Rules, rule: u32, trace: Trace) -> Self {
        Self(Kind::Checks {
            rules: rules.clone(),
            rule,
            trace,
        })
    }

    pub(crate) fn scope(rules: &Rules, rule: u32, scope: ScopeType) -> Self {
        Self(Kind::Scope {
            rules: rules.clone(),
            rule,
            scope,
        })
    }

    pub(crate) fn unknown(policy: &str) -> Self {
        Self(Kind::Unknown(policy.into()))
    }

    /// The policy that was asked for.
    pub fn policy(&self) -> &str {
        match &self.0 {
            Kind::Checks { rules, rule, .. } | Kind::Scope { rules, rule, .. } => {
                rules.name_of(*rule)
            }
            Kind::Unknown(policy) => policy,
        }
    }

    /// The scope of the token, when that is what is wrong.
    pub fn wrong_scope(&self) -> Option<ScopeType> {
        match self.0 {
            Kind::Scope { scope, .. } => Some(scope),
            Kind::Checks { .. } | Kind::Unknown(_) => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy `{}` ", self.policy())?;
        match &self.0 {
            Kind::Unknown(_) => f.write_str("is denied: no rule of this name is defined"),
            Kind::Scope { rules, rule, scope } => {
                let wanted = rules.scope_types_of(*rule).iter().map(|scope| scope.name());
                let wanted = wanted.collect::<Vec<_>>().join(" or ");
                write!(
                    f,
                    "is denied: it is meant for {wanted} scope, the token has {} scope",
                    scope.name()
                )
            }
            Kind::Checks { rules, rule, trace } => {
                let (text, place) = rules.source_of(*rule);
                write!(
                    f,
                    "(`{text}`{}{place}) is denied",
                    if place.is_empty() { "" } else { ", " }
                )?;
                let mut before = ": ";
                for (step, outcome) in trace.checks() {
                    f.write_str(before)?;
                    before = ", ";
                    write_check(f, rules, *rule, step, outcome)?;
                }
                Ok(())
            }
        }
    }
}

fn write_check(
    f: &mut fmt::Formatter<'_>,
    rules: &Rules,
    asked: u32,
    step: u32,
    outcome: Outcome,
) -> fmt::Result {
    let Some(step) = rules.step(step) else {
        return Ok(());
    };
    write!(f, "`{}`", step.text)?;
    if step.rule != asked {
        write!(f, " of rule `{}`", rules.name_of(step.rule))?;
    }
    f.write_str(match outcome {
        Outcome::False => " is false",
        Outcome::Missing => " is false because the target lacks an attribute that it reads",
        Outcome::True => " is true",
        Outcome::Undefined => " is false because no such rule is defined",
    })
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reason({self})")
    }
}
