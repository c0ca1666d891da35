//! Checks that need all rules.

use std::collections::HashSet;

use keystone_policy::sources::{NamedRule, closure, lint};
use keystone_policy::{Rule, parse_rule};

use super::model::{Named, Table, named};
use crate::diag::Errors;

/// Reports duplicate names, undefined references, cycles, invalid checks, and rules that no policy
/// uses.
pub(super) fn check(table: &Table, errors: &mut Errors) {
    let all = table.all();
    duplicates(&all, errors);
    let files: Vec<_> = all.iter().map(|rule| (&rule.place, &rule.file)).collect();
    for error in lint(&named(&all)) {
        let place = error.place();
        let file = files
            .iter()
            .find(|(known, _)| **known == place)
            .map(|(_, file)| *file);
        match file {
            Some(file) => errors.at(file, error),
            None => errors.at_span(proc_macro2::Span::call_site(), error),
        }
    }
    for rule in &all {
        unwritable(rule, errors);
    }
    if errors.is_empty() {
        old_rules(table, &all, errors);
    }
    if errors.is_empty() {
        unused(table, &all, errors);
    }
}

fn duplicates(all: &[&Named], errors: &mut Errors) {
    for (index, rule) in all.iter().enumerate() {
        let Named {
            name, place, file, ..
        } = rule;
        if let Some(first) = all.iter().take(index).find(|first| first.name == *name) {
            let first = &first.place;
            errors.at(
                file,
                format!("{place}: `{name}` is already defined at {first}, remove one of them"),
            );
        }
    }
}

/// Defaults are strings, and a list can contain checks that cannot be written in one.
fn unwritable(rule: &Named, errors: &mut Errors) {
    let Named {
        name,
        place,
        file,
        rule,
    } = rule;
    if parse_rule(&rule.to_string()).is_err() {
        errors.at(
            file,
            format!(
                "{place}: rule `{name}` cannot be written as a string, which a default must be"
            ),
        );
    }
}

/// The deprecated rules of policies, which apply if an operator enables old defaults, so they must
/// be valid too. They are checked with the others, under names that nothing refers to.
fn old_rules(table: &Table, all: &[&Named], errors: &mut Errors) {
    let label = |index: usize| format!("the old rule {index}");
    let old: Vec<(String, String, &Named, &Rule)> = table
        .policies
        .iter()
        .enumerate()
        .filter_map(|(index, policy)| {
            let old = policy.entry.deprecated.as_ref()?;
            let place = old.rule.place(&policy.named.file.value());
            Some((label(index), place, &policy.named, &old.rule.rule))
        })
        .collect();
    let mut rules = named(all);
    rules.extend(
        old.iter()
            .map(|(name, place, _, rule)| NamedRule { name, rule, place }),
    );
    for error in lint(&rules) {
        let place = error.place();
        let known = old.iter().find(|(_, known, ..)| *known == place);
        if let Some((label, _, policy, _)) = known {
            let error = error
                .to_string()
                .replace(label.as_str(), &format!("{} (deprecated)", policy.name));
            errors.at(&policy.file, error);
        }
    }
}

fn unused(table: &Table, all: &[&Named], errors: &mut Errors) {
    let named = named(all);
    let used: HashSet<usize> = (0..table.policies.len())
        .flat_map(|policy| closure(&named, policy))
        .collect();
    for (index, rule) in all.iter().enumerate() {
        if !used.contains(&index) {
            let Named {
                name, place, file, ..
            } = rule;
            errors.at(
                file,
                format!("{place}: rule `{name}` is used by no policy, remove it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn mistakes_are_told_with_their_place() {
        let cases = [
            (
                "policies: {'a:b': 'role:x or'}",
                "p.yaml:1:29: rule `a:b`: `role:x or` is not a rule",
            ),
            (
                "policies: {'a:b': 'rule:admn'}\nrules: {admin: '@'}",
                "p.yaml:1:12: rule `a:b` refers to `admn`",
            ),
            (
                "policies: {'a:b': 'rule:a:b'}",
                "p.yaml:1:12: rules refer to one another in a cycle",
            ),
            (
                "policies: {'a:b': ''}\nrules: {'a:b': '@'}",
                "p.yaml:2:9: `a:b` is already defined at p.yaml:1:12",
            ),
            (
                "policies: {'a:b': '', 'a:b': ''}",
                "p.yaml:1:23: `a:b` is already defined at p.yaml:1:12",
            ),
            (
                "policies: {'a:b': ''}\nrules:\n  x: '@'",
                "p.yaml:3:3: rule `x` is used by no policy",
            ),
            (
                "policies:\n  'a:b': {check: '', deprecated: {name: 'a:c', check: 'rule:gone', \
                 reason: r, since: s}}",
                "rule `a:b (deprecated)` refers to `gone`",
            ),
            (
                "policies: {'a:b': {check: '', deprecated_for_removal: {reason: r}}}",
                "`since`",
            ),
            (
                "policies: {'a:b': 'class:x'}",
                "p.yaml:1:12: rule `a:b`: the left operand of `class:x`",
            ),
            (
                "policies: {'a:b': [[\"'x y':%(z)s\"]]}",
                "cannot be written as a string",
            ),
            ("polices: {}", "did you mean `policies`?"),
            (
                "policies: {'a:b': !}",
                "p.yaml:1:19: rule `a:b`: an unquoted `!`",
            ),
        ];
        for (text, message) in cases {
            let found = shown(text);
            assert!(found.contains(message), "{message}: {found}");
            assert_eq!(found.matches("compile_error").count(), 1, "{found}");
        }
    }
}
