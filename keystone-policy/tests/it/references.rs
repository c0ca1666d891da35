//! `rule:` checks: names, the default rule, circles and long chains.

use keystone_policy::{Decision, DecisionError, PlainCredentials, Rules, parse_rule};

fn rules(texts: &[(&str, &str)]) -> Rules {
    Rules::new(
        texts
            .iter()
            .map(|(name, text)| (*name, parse_rule(text).unwrap())),
    )
}

fn allowed(rules: &Rules, policy: &str) -> bool {
    let caller = PlainCredentials::new().roles(["a"]);
    rules.decide(policy, &caller, &()).unwrap().is_allowed()
}

#[test]
fn an_undefined_rule_is_false_also_below_not() {
    let rules = rules(&[("x", "rule:gone"), ("y", "not rule:gone")]);
    assert!(!allowed(&rules, "x"));
    assert!(allowed(&rules, "y"));
    assert!(!allowed(&rules, "unknown"));
    let Ok(Decision::Deny(reason)) = rules.decide("x", &PlainCredentials::new(), &()) else {
        panic!("allowed")
    };
    assert!(
        reason
            .to_string()
            .ends_with("`rule:gone` is false because no such rule is defined"),
        "{reason}"
    );
}

#[test]
fn the_default_rule_stands_in_for_policies_and_references() {
    let rules = rules(&[
        ("default", "role:a"),
        ("x", "rule:gone"),
        ("y", "not rule:gone"),
    ]);
    assert!(allowed(&rules, "unknown"));
    assert!(allowed(&rules, "x"));
    assert!(!allowed(&rules, "y"));
}

#[test]
fn a_circle_is_an_error_only_where_a_decision_gets_there() {
    let rules = rules(&[
        ("a", "rule:b"),
        ("b", "not rule:a"),
        ("hidden", "@ or rule:hidden"),
        ("default", "rule:undefined"),
    ]);
    let error = rules
        .decide("a", &PlainCredentials::new(), &())
        .unwrap_err();
    assert!(matches!(error, DecisionError::Cycle(_)), "{error}");
    assert_eq!(error.check().policy(), "a");
    assert!(allowed(&rules, "hidden"));
    assert!(
        rules
            .decide("other", &PlainCredentials::new(), &())
            .is_err()
    );
    assert!(rules.possible("a", &PlainCredentials::new()));
}

#[test]
fn a_long_chain_is_decided_without_overflow() {
    let link = |index: usize| {
        (
            format!("r{index}"),
            parse_rule(&format!("not rule:r{}", index + 1)).unwrap(),
        )
    };
    let chain = (0..100_000)
        .map(link)
        .chain([("r100000".to_owned(), parse_rule("role:a").unwrap())]);
    assert!(allowed(&Rules::new(chain), "r0"));
}

#[test]
fn of_two_rules_of_one_name_the_later_counts() {
    assert!(allowed(&rules(&[("x", "!"), ("x", "@")]), "x"));
}

#[test]
fn what_no_target_could_allow_is_told_before_the_target_is_known() {
    let rules = rules(&[
        ("owner", "user_id:%(owner)s"),
        ("admin", "role:admin"),
        ("update", "rule:admin or (role:a and rule:owner)"),
        ("strict", "role:b and rule:owner"),
        ("unlocked", "role:a and not rule:owner"),
        ("twice", "not (not rule:owner and not role:b)"),
        ("never", "not (rule:owner or role:a)"),
        ("remote", "http://host/"),
    ]);
    let caller = PlainCredentials::new().roles(["a"]).attr("user_id", "u");
    let possible: Vec<&str> = rules
        .names()
        .filter(|name| rules.possible(name, &caller))
        .collect();
    assert_eq!(possible, ["owner", "update", "unlocked", "twice", "remote"]);
    assert!(!rules.possible("unknown", &caller));
}

#[test]
fn what_a_target_allows_was_possible() {
    let texts = [
        "x:%(a)s",
        "not x:%(a)s",
        "x:%(b)s and role:a",
        "(x:%(a)s or role:b) and not x:%(b)s",
    ];
    for text in texts {
        let rules = rules(&[
            ("p", text),
            ("q", "not rule:p"),
            ("r", "not (rule:p or rule:q)"),
        ]);
        let caller = PlainCredentials::new().roles(["a"]).attr("x", "1");
        for (a, b) in [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")] {
            let target = std::collections::HashMap::from([("a", a), ("b", b)]);
            for policy in ["p", "q", "r"] {
                let decision = rules.decide(policy, &caller, &target).unwrap();
                assert!(
                    !decision.is_allowed() || rules.possible(policy, &caller),
                    "{text} {policy}"
                );
            }
        }
    }
}
