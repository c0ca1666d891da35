//! What must hold for every input: the functions of the fuzz targets, which `cargo test` runs too.

use std::collections::BTreeMap;

use keystone_policy::oslo::{self, evaluate_line};
use keystone_policy::sources::file::{read_overrides, read_policies};
use keystone_policy::{PlainCredentials, Rule, Rules, parse_rule};
use serde::de::IgnoredAny;

/// A function that takes any input, and the folder of inputs to begin with.
pub type Target = (&'static str, fn(&[u8]));

/// All targets by their names, which are those of the folders under `fuzz/corpus`.
pub const TARGETS: [Target; 3] = [
    ("eval_line", eval_line),
    ("policy_file", policy_file),
    ("rule", rule),
];

/// Reads a rule and decides it.
///
/// # Panics
/// When the two readers disagree, a position is none, or printing changes the meaning.
pub fn rule(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let lenient = oslo::parse_rule(text);
    match parse_rule(text) {
        Ok(strict) => assert_eq!(strict, lenient, "{text:?}"),
        Err(error) => {
            assert!(text.is_char_boundary(error.offset()), "{text:?}: {error}");
            assert!(!error.problem().is_empty(), "{text:?}");
        }
    }
    decide([("a", lenient)]);
}

/// Reads a policy file, as a service declares it and as an operator overrides it.
///
/// # Panics
/// When a file is refused without a reason.
pub fn policy_file(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match read_policies("policies.yaml", text) {
        Ok(file) => {
            let policies = file.policies.into_iter().map(|policy| policy.rule);
            let rules = file.rules.into_iter().chain(policies);
            decide(rules.map(|entry| (entry.name, entry.rule)));
        }
        Err(errors) => assert!(!errors.is_empty(), "{text:?}"),
    }
    match read_overrides("policy.yaml", text) {
        Ok(rules) => decide(rules.into_iter().map(|entry| (entry.name, entry.rule))),
        Err(errors) => assert!(!errors.is_empty(), "{text:?}"),
    }
}

/// Answers a line of `keystone policy eval`.
///
/// # Panics
/// When the answer is not one line of JSON with an id and one thing more.
pub fn eval_line(input: &[u8]) {
    let answer = evaluate_line(input);
    assert!(!answer.text.contains('\n'), "{}", answer.text);
    // Values are not looked at: an id may be a number that only Python holds.
    let read: BTreeMap<String, IgnoredAny> = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(read.len(), 2, "{}", answer.text);
    assert!(read.contains_key("id"), "{}", answer.text);
}

fn decide<N: Into<Box<str>>>(rules: impl IntoIterator<Item = (N, Rule)>) {
    let rules = Rules::new(rules);
    let caller = PlainCredentials::new()
        .roles(["admin"])
        .attr("user_id", "u");
    let target = std::collections::HashMap::from([("user_id", "u"), ("x", "1")]);
    for name in rules.names() {
        // Whatever is decided: it comes to an end.
        let decided = rules.decide(name, &caller, &target);
        let possible = rules.possible(name, &caller);
        assert!(possible || !decided.is_ok_and(|decision| decision.is_allowed()));
    }
}
