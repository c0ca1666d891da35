//! Static checks of sets of rules.

use std::collections::{HashMap, HashSet};

use crate::decide::extension::{BUILT_IN, Checks};
use crate::decide::remote;
use crate::decide::rules::Rules;
use crate::language::left_operand::LeftOperand;
use crate::language::rule::Rule;
use crate::language::template::Template;
use crate::sources::error::{CycleError, Error, RuleError, UndefinedError};
use crate::value::credentials::CredentialName;
use keystone_document::suggest;

/// A rule with its name and where it is written.
#[expect(clippy::exhaustive_structs, reason = "the plain input of `lint`")]
#[derive(Clone, Copy, Debug)]
pub struct NamedRule<'a> {
    /// The name.
    pub name: &'a str,
    /// The rule.
    pub rule: &'a Rule,
    /// Where it is written, as `file:line:column`.
    pub place: &'a str,
}

/// Finds references to undefined rules, cycles, and checks that no decision could evaluate. Unlike
/// oslo.policy, it also looks below `not` and at parts that a decision would skip.
pub fn lint(rules: &[NamedRule<'_>]) -> Vec<Error> {
    lint_with(rules, &Checks::default())
}

/// As [`lint`], for a language extended by these checks.
pub(crate) fn lint_with(rules: &[NamedRule<'_>], checks: &Checks) -> Vec<Error> {
    let by_name = by_name(rules);
    let mut errors: Vec<Error> = rules
        .iter()
        .flat_map(|rule| unreadable(rule, checks))
        .collect();
    errors.extend(undefined(rules, &by_name));
    errors.extend(cycles(rules, &by_name));
    errors
}

impl Rules {
    /// Finds references to undefined rules, cycles, and checks that no decision could evaluate. An
    /// [`Enforcer`](crate::Enforcer) refuses to load such rules.
    pub fn check_rules(&self) -> Vec<Error> {
        lint_with(&self.named(), self.checks())
    }

    fn named(&self) -> Vec<NamedRule<'_>> {
        self.entries()
            .iter()
            .map(|entry| NamedRule {
                name: &entry.name,
                rule: &entry.rule,
                place: &entry.place,
            })
            .collect()
    }
}

fn by_name<'a>(rules: &[NamedRule<'a>]) -> HashMap<&'a str, usize> {
    let names = rules.iter().enumerate();
    names.map(|(index, rule)| (rule.name, index)).collect()
}

/// The indices of the rule at `start` and of all rules that it refers to, directly or indirectly.
pub fn closure(rules: &[NamedRule<'_>], start: usize) -> Vec<usize> {
    let by_name = by_name(rules);
    let mut seen = HashSet::from([start]);
    let mut order = vec![start];
    let mut next = 0;
    while let Some(rule) = order.get(next).and_then(|index| rules.get(*index)) {
        next += 1;
        for reference in rule.rule.references() {
            if let Some(index) = by_name.get(reference)
                && seen.insert(*index)
            {
                order.push(*index);
            }
        }
    }
    order
}

/// Credentials of OpenStack contexts besides [`CredentialName`](crate::CredentialName): older names
/// of oslo.context, and those that Keystone and services add.
const MORE_CREDENTIALS: [&str; 38] = [
    "access_token_id",
    "auth_token",
    "consumer_id",
    "domain",
    "domain_name",
    "global_request_id",
    "group_ids",
    "is_admin",
    "is_delegated_auth",
    "project",
    "project_domain",
    "project_domain_name",
    "project_name",
    "read_only",
    "remote_address",
    "request_id",
    "resource_uuid",
    "service_project_domain_name",
    "service_project_name",
    "service_user_domain_name",
    "service_user_name",
    "show_deleted",
    "system",
    "tenant",
    "tenant_id",
    "tenant_name",
    "timestamp",
    "token",
    "trust_id",
    "trustee_id",
    "trustor_id",
    "user",
    "user_domain",
    "user_domain_name",
    "user_identity",
    "user_name",
    "username",
    "is_public_api",
];

/// The checks of a rule whose left operand is neither a literal nor a known credential of OpenStack
/// contexts: typos, credentials of the service, or kinds of checks that the service adds. Each with
/// its left operand.
pub fn unknown_checks(rule: &Rule) -> Vec<(&str, &Rule)> {
    let mut found = Vec::new();
    rule.each_check(&mut |check| {
        if let Rule::Generic { left, .. } = check
            && let LeftOperand::Path(path) = LeftOperand::parse(left)
            && let Some(name) = path.first()
            && CredentialName::from_name(name).is_none()
            && !MORE_CREDENTIALS.contains(&&**name)
        {
            found.push((left.as_str(), check));
        }
    });
    found
}

/// The kind of check or the credential that was probably meant by a left operand.
pub fn suggest_left_operand(left: &str) -> Option<&'static str> {
    let standard = CredentialName::ALL.map(CredentialName::as_str);
    let names = [&BUILT_IN[..], &standard, &MORE_CREDENTIALS].concat();
    let first = left.split('.').next().unwrap_or_default();
    suggest(first, &names)
}

fn unreadable(named: &NamedRule<'_>, checks: &Checks) -> Vec<Error> {
    let mut errors = Vec::new();
    named.rule.each_check(&mut |check| {
        let problem = match check {
            // Only the check knows the meaning of its right operand.
            Rule::Generic { left, .. } if checks.get(left).is_some() => None,
            Rule::Generic { left, right } => match LeftOperand::parse(left) {
                LeftOperand::Unreadable(problem) => Some(format!(
                    "the left operand of `{check}` is invalid: {problem}"
                )),
                _ => template_problem(check, right),
            },
            Rule::Role(right) => template_problem(check, right),
            Rule::Remote { address, .. } => match remote::problem(address) {
                Some(problem) => Some(format!("`{check}` has an invalid address: {problem}")),
                None => template_problem(check, address),
            },
            _ => None,
        };
        errors.extend(
            problem.map(|problem| Error::Rule(RuleError::new(named.place, named.name, problem))),
        );
    });
    errors
}

fn template_problem(check: &Rule, right: &str) -> Option<String> {
    Template::parse(right)
        .fault()
        .map(|fault| format!("the right operand of `{check}` is invalid: {fault}"))
}

/// For how many references a similar name is searched, which compares all names.
const MOST_HINTS: usize = 100;

fn undefined(rules: &[NamedRule<'_>], by_name: &HashMap<&str, usize>) -> Vec<Error> {
    let mut names: Vec<&str> = Vec::new();
    let mut errors = Vec::new();
    for named in rules {
        for name in named.rule.references() {
            if by_name.contains_key(name) {
                continue;
            }
            if names.is_empty() {
                names.extend(by_name.keys());
                names.sort_unstable();
            }
            let known: Vec<&str> = match errors.len() {
                0..MOST_HINTS => {
                    let others = names.iter().filter(|known| **known != named.name);
                    others.copied().collect()
                }
                _ => Vec::new(),
            };
            let error = UndefinedError::new(named.place, named.name, name, &known);
            errors.push(Error::Undefined(error));
        }
    }
    errors
}

/// One error for each cycle, found by an iterative depth-first search.
fn cycles(rules: &[NamedRule<'_>], by_name: &HashMap<&str, usize>) -> Vec<Error> {
    let edges = |index: usize| -> Vec<usize> {
        let references = rules
            .get(index)
            .map(|rule| rule.rule.references())
            .unwrap_or_default();
        references
            .into_iter()
            .filter_map(|name| by_name.get(name).copied())
            .collect()
    };
    let mut errors = Vec::new();
    // Whether a rule that was visited is on the path.
    let mut on_path: HashMap<usize, bool> = HashMap::new();
    for start in 0..rules.len() {
        // On the heap: operators write chains of rules that are longer than a thread's stack.
        let mut path: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut next = Some(start).filter(|start| !on_path.contains_key(start));
        loop {
            if let Some(index) = next.take() {
                on_path.insert(index, true);
                path.push((index, edges(index)));
            }
            let Some((index, rest)) = path.last_mut() else {
                break;
            };
            let Some(to) = rest.pop() else {
                on_path.insert(*index, false);
                path.pop();
                continue;
            };
            match on_path.get(&to) {
                None => next = Some(to),
                Some(true) => {
                    let indices = path.iter().map(|(index, _)| *index);
                    errors.extend(cycle(rules, indices.skip_while(|index| *index != to)));
                }
                Some(false) => {}
            }
        }
    }
    errors
}

fn cycle(rules: &[NamedRule<'_>], circle: impl Iterator<Item = usize>) -> Option<Error> {
    let circle: Vec<&NamedRule<'_>> = circle.filter_map(|index| rules.get(index)).collect();
    let first = circle.first()?;
    let names = circle
        .iter()
        .chain([first])
        .map(|rule| rule.name.to_owned())
        .collect();
    let place = circle
        .iter()
        .map(|rule| rule.place)
        .find(|place| !place.is_empty())
        .unwrap_or_default();
    Some(Error::Cycle(CycleError::new(place, names)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_rule;

    fn messages(rules: &[(&str, &str)]) -> Vec<String> {
        let parsed: Vec<(&str, Rule)> = rules
            .iter()
            .map(|(name, text)| (*name, parse_rule(text).unwrap()))
            .collect();
        let named: Vec<NamedRule<'_>> = parsed
            .iter()
            .map(|(name, rule)| NamedRule {
                name,
                rule,
                place: "p.yaml:1:1",
            })
            .collect();
        lint(&named).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn undefined_references_are_found_below_not_with_a_hint() {
        let found = messages(&[("admin", "role:admin"), ("x", "not rule:admn")]);
        assert_eq!(
            found,
            ["p.yaml:1:1: rule `x` refers to `admn`, which is not defined; did you mean `admin`?"]
        );
    }

    #[test]
    fn circles_are_found_even_where_a_decision_would_not_go() {
        let found = messages(&[
            ("a", "@ or rule:b"),
            ("b", "not rule:c"),
            ("c", "rule:a"),
            ("d", "rule:a"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("`a` -> `b` -> `c` -> `a`"), "{found:?}");
        assert_eq!(messages(&[("self", "rule:self")]).len(), 1);
    }

    #[test]
    fn rules_that_meet_again_are_no_circle() {
        assert!(
            messages(&[
                ("a", "rule:b and rule:c"),
                ("b", "rule:d"),
                ("c", "rule:d"),
                ("d", "@")
            ])
            .is_empty()
        );
    }

    #[test]
    fn checks_that_no_decision_could_evaluate_are_found() {
        assert_eq!(
            messages(&[
                ("a", "class:x"),
                ("b", "x:50%"),
                ("c", "007:x"),
                ("d", "role:%(a)z")
            ])
            .len(),
            4
        );
    }

    #[test]
    fn a_long_chain_is_walked_without_recursion() {
        let names: Vec<String> = (0..50_000).map(|index| format!("r{index}")).collect();
        let rules: Vec<Rule> = (1..50_000)
            .map(|index| Rule::RuleRef(format!("r{index}")))
            .chain([Rule::True])
            .collect();
        let named: Vec<NamedRule<'_>> = names
            .iter()
            .zip(&rules)
            .map(|(name, rule)| NamedRule {
                name,
                rule,
                place: "",
            })
            .collect();
        assert!(lint(&named).is_empty());
        assert_eq!(closure(&named, 0).len(), 50_000);
    }
}
