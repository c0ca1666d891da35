//! `rule:` checks: names, the default rule, circles and long chains.

use std::cell::Cell;
use std::collections::HashMap;

use keystone_policy::decide::CheckRequest;
use keystone_policy::{Checks, Decision, DecisionError, PlainCredentials, Rules, parse_rule};

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

/// Rules of which each refers to the next one twice.
fn doubled(length: usize, link: impl Fn(&str) -> String, last: &str) -> Rules {
    let next = |index: usize| format!("rule:r{}", index + 1);
    let rules = (0..length).map(|index| (format!("r{index}"), link(&next(index))));
    let rules = rules.chain([(format!("r{length}"), last.to_owned())]);
    let mut builder = Rules::builder().checks(counting());
    for (name, text) in rules {
        builder = builder.rule(name, parse_rule(&text).unwrap());
    }
    builder.build().unwrap()
}

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// A check that counts how often it is asked, and says no.
fn counting() -> Checks {
    Checks::new().register("count", |request: &CheckRequest<'_>| {
        ASKED.set(ASKED.get() + 1);
        Ok(request.right() == "yes")
    })
}

#[test]
fn references_that_double_with_each_step_do_not_double_the_work() {
    let links: [fn(&str) -> String; 4] = [
        |next| format!("{next} or {next}"),
        |next| format!("not ({next} and not {next}) and {next}"),
        |next| format!("({next} or role:a) or (role:b or {next})"),
        |next| format!("not (not {next} and not {next})"),
    ];
    let caller = PlainCredentials::new().roles(["c"]);
    for (number, link) in links.into_iter().enumerate() {
        for last in ["count:yes", "count:no"] {
            let rules = doubled(40, link, last);
            ASKED.set(0);
            let allowed = rules.decide("r0", &caller, &()).unwrap().is_allowed();
            assert!(ASKED.get() < 2_000, "{number} {last}: {}", ASKED.get());
            // What it says is what a shorter chain, which is decided without memory, says.
            let short = doubled(4, link, last);
            let expected = short.decide("r0", &caller, &()).unwrap().is_allowed();
            assert_eq!(allowed, expected, "{number} {last}");
            assert!(rules.possible("r0", &caller));

            let why = rules.explain("r0", &caller, &());
            assert_eq!(why.decision().unwrap().is_allowed(), allowed);
            assert!(why.to_string().lines().count() < 20_000);
        }
    }
}

#[test]
fn what_is_kept_of_a_decision_counts_only_below_as_many_nots() {
    // Below a `not`, an address whose attribute is missing breaks the decision off; elsewhere it is
    // false. What was false above must not become true below.
    let many = vec!["rule:none"; 200].join(" or ");
    let rules = rules(&[
        ("p", "rule:many or rule:asks or not rule:asks"),
        ("many", &many),
        ("none", "role:none or role:nobody"),
        ("asks", "rule:asks2 or rule:asks2"),
        ("asks2", "rule:asks3 or rule:asks3"),
        ("asks3", "rule:asks4 or rule:asks4"),
        ("asks4", "rule:asks5 or rule:asks5"),
        ("asks5", "http://host/%(missing)s or role:none"),
    ]);
    assert!(rules.decide("p", &PlainCredentials::new(), &()).is_err());
    assert!(!allowed(&rules, "asks"));
}

/// References that are called are decided as those that are written in place: same result, same pre-check,
/// same refusal, whatever stands before each of them.
#[test]
fn a_chain_of_references_decides_as_its_last_rule_below_as_many_nots() {
    // Long enough for several calls one within the other, as short ones are put in place.
    const LONG: usize = 16;
    let ends = [
        "role:a",
        "role:b",
        "user_id:%(owner)s",
        "not user_id:%(owner)s",
        "user_id:%(owner)s and role:a",
        "user_id:%(owner)s or role:b",
        "http://h/%(gone)s",
        "not http://h/%(gone)s",
        "class:x",
    ];
    let caller = PlainCredentials::new().roles(["a"]).attr("user_id", "u");
    let shown = |rules: &Rules, target: &HashMap<&str, &str>| {
        let decided = rules.decide("x", &caller, target);
        let decided = decided.map(|decision| decision.is_allowed());
        (decided.ok(), rules.possible("x", &caller))
    };
    for end in ends {
        for signs in 0..1_usize << (LONG / 2) {
            let not = |at: usize| match signs >> (at / 2) & (at + 1) & 1 {
                1 => "not ",
                _ => "",
            };
            let mut chain = vec![(
                "x".to_owned(),
                parse_rule(&format!("{}rule:r1", not(0))).unwrap(),
            )];
            for at in 1..LONG {
                let text = format!("{}rule:r{}", not(at), at + 1);
                chain.push((format!("r{at}"), parse_rule(&text).unwrap()));
            }
            chain.push((format!("r{LONG}"), parse_rule(end).unwrap()));
            let nots = "not ".repeat(signs.count_ones() as usize);
            let straight = rules(&[("x", &format!("{nots}({end})"))]);
            let chain = Rules::new(chain);
            for target in [
                HashMap::new(),
                HashMap::from([("owner", "u")]),
                HashMap::from([("owner", "v")]),
            ] {
                let (called, in_place) = (shown(&chain, &target), shown(&straight, &target));
                assert_eq!(called, in_place, "{nots}({end}) {signs:b} {target:?}");
            }
        }
    }
}
