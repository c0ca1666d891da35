//! Why a caller was denied.

use std::fmt;

use crate::decide::defaults::{Defaults, PolicyDefault, ScopeType};
use crate::decide::marks::{MOST_CHECKS, Marks};
use crate::decide::program::{Outcome, Trace};
use crate::decide::rules::Rules;
use crate::language::parse::parse_rule;
use crate::language::rule::Rule;

/// Why a caller was denied, for the operator's log. It reveals rules, so do not show it to the
/// caller.
///
/// It contains no values of credentials or targets.
#[derive(Clone)]
pub struct Reason(ReasonKind);

#[derive(Clone)]
enum ReasonKind {
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
    /// Decided by the code of a default rule: the static table suffices to describe it.
    Compiled {
        table: &'static Defaults,
        policy: usize,
        marks: Marks,
    },
    Unknown(Box<str>),
}

impl Reason {
    pub(crate) fn checks(rules: &Rules, rule: u32, trace: Trace) -> Self {
        Self(ReasonKind::Checks {
            rules: rules.clone(),
            rule,
            trace,
        })
    }

    pub(crate) fn scope(rules: &Rules, rule: u32, scope: ScopeType) -> Self {
        Self(ReasonKind::Scope {
            rules: rules.clone(),
            rule,
            scope,
        })
    }

    #[inline]
    pub(crate) fn compiled(table: &'static Defaults, policy: usize, marks: Marks) -> Self {
        Self(ReasonKind::Compiled {
            table,
            policy,
            marks,
        })
    }

    pub(crate) fn unknown(policy: &str) -> Self {
        Self(ReasonKind::Unknown(policy.into()))
    }

    /// The policy that was decided.
    pub fn policy(&self) -> &str {
        match &self.0 {
            ReasonKind::Checks { rules, rule, .. } | ReasonKind::Scope { rules, rule, .. } => {
                rules.name_of(*rule)
            }
            ReasonKind::Compiled { table, policy, .. } => {
                table.policies.get(*policy).map_or("", |policy| policy.name)
            }
            ReasonKind::Unknown(policy) => policy,
        }
    }

    /// The scope of the token, if that is the reason.
    pub fn wrong_scope(&self) -> Option<ScopeType> {
        match self.0 {
            ReasonKind::Scope { scope, .. } => Some(scope),
            ReasonKind::Checks { .. } | ReasonKind::Compiled { .. } | ReasonKind::Unknown(_) => {
                None
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy `{}` ", self.policy())?;
        match &self.0 {
            ReasonKind::Unknown(_) => f.write_str("is denied: no rule of this name is defined"),
            ReasonKind::Scope { rules, rule, scope } => {
                let wanted = rules.scope_types_of(*rule).iter().map(|scope| scope.name());
                let wanted = match wanted.collect::<Vec<_>>().join(" or ") {
                    none if none.is_empty() => "another".to_owned(),
                    wanted => wanted,
                };
                write!(
                    f,
                    "is denied: it is meant for {wanted} scope, the token has {} scope",
                    scope.name()
                )
            }
            ReasonKind::Checks { rules, rule, trace } => {
                let (text, place) = rules.source_of(*rule);
                write_rule(f, &text, place)?;
                let checks = trace.checks().filter_map(|(step, outcome)| {
                    let step = rules.step(step)?;
                    let holder = (step.rule != *rule).then(|| rules.name_of(step.rule));
                    Some((step.text.to_string(), holder, outcome))
                });
                write_checks(f, checks)
            }
            ReasonKind::Compiled {
                table,
                policy,
                marks,
            } => {
                let Some(policy) = table.policies.get(*policy) else {
                    return Ok(());
                };
                write_rule(f, policy.check, policy.source)?;
                let named = checks_in_order(table, policy);
                let checks = marks.checks().filter_map(|(at, yes, missing)| {
                    let (holder, check) = named.get(at)?;
                    let outcome = match (yes, missing) {
                        (true, _) => Outcome::True,
                        (false, true) => Outcome::Missing,
                        (false, false) => Outcome::False,
                    };
                    Some((check.to_string(), *holder, outcome))
                });
                write_checks(f, checks.take(Trace::LENGTH))
            }
        }
    }
}

fn write_rule(f: &mut fmt::Formatter<'_>, text: &str, place: &str) -> fmt::Result {
    let between = if place.is_empty() { "" } else { ", " };
    write!(f, "(`{text}`{between}{place}) is denied")
}

/// Writes the evaluated checks: text, name of the rule that contains it if that is another,
/// outcome.
fn write_checks<'a>(
    f: &mut fmt::Formatter<'_>,
    checks: impl Iterator<Item = (String, Option<&'a str>, Outcome)>,
) -> fmt::Result {
    let mut before = ": ";
    for (text, holder, outcome) in checks {
        write!(f, "{before}`{text}`")?;
        before = ", ";
        if let Some(holder) = holder {
            write!(f, " of rule `{holder}`")?;
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

/// The checks of a default rule with references inlined, as `policies!` numbers them, each with the
/// name of the rule that contains it if that is another.
fn checks_in_order(
    table: &'static Defaults,
    policy: &PolicyDefault,
) -> Vec<(Option<&'static str>, Rule)> {
    let mut found = Vec::new();
    if let Ok(rule) = parse_rule(policy.check) {
        add_checks(table, None, rule, &mut found, 0);
    }
    found
}

// Must number checks exactly as `policies!` does (keystone-macros, policies/compiled.rs), or
// reasons name the wrong checks.
fn add_checks(
    table: &'static Defaults,
    holder: Option<&'static str>,
    rule: Rule,
    found: &mut Vec<(Option<&'static str>, Rule)>,
    depth: usize,
) {
    rule.each_check(&mut |check| match check {
        // Compiled code has neither cycles nor so many checks.
        Rule::RuleRef(name) if depth < MOST_CHECKS && found.len() < MOST_CHECKS => {
            let rules = table.rules.iter().map(|rule| (rule.name, rule.check));
            let policies = table.policies.iter();
            let policies = policies.map(|policy| (policy.name, policy.check));
            let named = rules.chain(policies).find(|(known, _)| known == name);
            if let Some((name, Ok(rule))) = named.map(|(name, text)| (name, parse_rule(text))) {
                add_checks(table, Some(name), rule, found, depth + 1);
            }
        }
        Rule::True | Rule::False => {}
        check => found.push((holder, check.clone())),
    });
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reason({self})")
    }
}
