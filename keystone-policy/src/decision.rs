//! Decisions, and their reasons for the operator.

use std::fmt;

use crate::program::{Outcome, Trace};
use crate::registry::ScopeType;
use crate::remote::RemoteCall;
use crate::rules::Rules;
use crate::straight::Marks;

/// What was decided.
#[expect(clippy::exhaustive_enums, reason = "a decision is one of the three")]
#[must_use = "a decision protects nothing unless it is acted upon"]
#[derive(Clone, Debug)]
pub enum Decision {
    /// The caller may.
    Allow,
    /// The caller may not.
    Deny(Reason),
    /// Another server must be asked first. Who cannot ask it must refuse the caller.
    Needs(RemoteCall),
}

impl Decision {
    /// Whether the caller may. False while another server must be asked.
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
    Straight {
        rules: Rules,
        rule: u32,
        marks: Marks,
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

    pub(crate) fn straight(rules: &Rules, rule: u32, marks: Marks) -> Self {
        Self(Kind::Straight {
            rules: rules.clone(),
            rule,
            marks,
        })
    }

    pub(crate) fn unknown(policy: &str) -> Self {
        Self(Kind::Unknown(policy.into()))
    }

    /// The policy that was asked for.
    pub fn policy(&self) -> &str {
        match &self.0 {
            Kind::Checks { rules, rule, .. }
            | Kind::Scope { rules, rule, .. }
            | Kind::Straight { rules, rule, .. } => rules.name_of(*rule),
            Kind::Unknown(policy) => policy,
        }
    }

    /// The scope of the token, when that is what is wrong.
    pub fn wrong_scope(&self) -> Option<ScopeType> {
        match self.0 {
            Kind::Scope { scope, .. } => Some(scope),
            Kind::Checks { .. } | Kind::Straight { .. } | Kind::Unknown(_) => None,
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
                write_rule(f, rules, *rule)?;
                let checks = trace.checks().filter_map(|(step, outcome)| {
                    let step = rules.step(step)?;
                    Some((&*step.text, step.rule, outcome))
                });
                write_checks(f, rules, *rule, checks)
            }
            Kind::Straight { rules, rule, marks } => {
                write_rule(f, rules, *rule)?;
                let texts = rules.checks_in_order(*rule);
                let checks: Vec<(String, u32, Outcome)> = marks
                    .checks()
                    .filter_map(|(at, yes, missing)| {
                        let (rule, check) = texts.get(at)?;
                        let outcome = match (yes, missing) {
                            (true, _) => Outcome::True,
                            (false, true) => Outcome::Missing,
                            (false, false) => Outcome::False,
                        };
                        Some((check.to_string(), *rule, outcome))
                    })
                    .take(Trace::LENGTH)
                    .collect();
                let checks = checks
                    .iter()
                    .map(|(text, rule, outcome)| (text.as_str(), *rule, *outcome));
                write_checks(f, rules, *rule, checks)
            }
        }
    }
}

fn write_rule(f: &mut fmt::Formatter<'_>, rules: &Rules, rule: u32) -> fmt::Result {
    let (text, place) = rules.source_of(rule);
    let between = if place.is_empty() { "" } else { ", " };
    write!(f, "(`{text}`{between}{place}) is denied")
}

/// The checks that were asked: text, number of the rule that holds it, outcome.
fn write_checks<'a>(
    f: &mut fmt::Formatter<'_>,
    rules: &Rules,
    asked: u32,
    checks: impl Iterator<Item = (&'a str, u32, Outcome)>,
) -> fmt::Result {
    let mut before = ": ";
    for (text, rule, outcome) in checks {
        write!(f, "{before}`{text}`")?;
        before = ", ";
        if rule != asked {
            write!(f, " of rule `{}`", rules.name_of(rule))?;
        }
        f.write_str(match outcome {
            Outcome::False => " is false",
            Outcome::Missing => " is false because the target lacks an attribute that it reads",
            Outcome::True => " is true",
            Outcome::Undefined => " is false because no such rule is defined",
        })?;
    }
    Ok(())
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reason({self})")
    }
}
