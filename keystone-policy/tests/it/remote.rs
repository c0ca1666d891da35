//! Decisions that depend on other servers, without asking any.

use std::collections::HashMap;

use keystone_policy::decide::RemoteCall;
use keystone_policy::{Decision, DecisionError, JsonCredentials, PendingCheck, Rules, parse_rule};
use serde_json::json;

fn decide(rule: &str, target: &HashMap<&str, &str>) -> Result<Decision, DecisionError> {
    let creds =
        JsonCredentials::new(json!({"user_id": "u", "roles": ["a"], "note": "é😀"})).unwrap();
    Rules::new([("x", parse_rule(rule).unwrap())]).decide("x", &creds, target)
}

fn call(rule: &str) -> PendingCheck {
    match decide(rule, &HashMap::new()) {
        Ok(Decision::Needs(call)) => call,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn the_result_decides_and_doubt_is_an_error_also_under_not() {
    assert!(call("http://h/p").resume(true).unwrap().is_allowed());
    assert!(!call("http://h/p").resume(false).unwrap().is_allowed());
    assert!(call("not http://h/p").resume(false).unwrap().is_allowed());
    let error = call("not http://h/p").refuse("it said nothing");
    assert_eq!(
        error.to_string(),
        "policy `x` cannot be decided at `http://h/p` of rule `x`: it said nothing"
    );
}

#[test]
fn nothing_is_allowed_while_a_call_is_needed() {
    let decision = decide("http://h/p", &HashMap::new()).unwrap();
    assert!(!decision.is_allowed());
    let decision = decide("not http://h/p", &HashMap::new()).unwrap();
    assert!(!decision.is_allowed());
}

#[test]
fn what_comes_after_the_call_is_decided_as_usual() {
    let rule = "role:b or (https://h/1 and (user_id:u or class:x)) or not http://h/2";
    let first = call(rule);
    assert_eq!(first.remote().unwrap().url(), "https://h/1");
    assert!(first.clone().resume(true).unwrap().is_allowed());
    let Ok(Decision::Needs(second)) = first.resume(false) else {
        panic!("decided too early")
    };
    assert_eq!(second.remote().unwrap().url(), "http://h/2");
    assert!(!second.resume(true).unwrap().is_allowed());
    // A failure that only one of the results leads to.
    let call = call("https://h/1 and class:x");
    assert!(!call.clone().resume(false).unwrap().is_allowed());
    assert!(call.resume(true).is_err());
}

#[test]
fn the_call_that_failed_is_named_whichever_it_is() {
    let first = call("role:b or http://h/1 and http://h/2");
    let Ok(Decision::Needs(second)) = first.clone().resume(true) else {
        panic!("decided too early")
    };
    for (call, check) in [(first, "http://h/1"), (second, "http://h/2")] {
        let error = call.refuse("it said nothing").to_string();
        assert!(
            error.contains(&format!("at `{check}` of rule `x`")),
            "{error}"
        );
    }
}

#[test]
fn a_rule_that_leads_to_very_many_calls_is_refused() {
    let pair = |index| format!("(http://h/{index}a or http://h/{index}b)");
    let rule: Vec<String> = (0..12).map(pair).collect();
    let mut decision = decide(&rule.join(" and "), &HashMap::new());
    let mut calls = 0;
    while let Ok(Decision::Needs(call)) = decision {
        calls += 1;
        decision = call.resume(true);
    }
    assert!(matches!(
        decision,
        Ok(Decision::Allow) | Err(DecisionError::Remote(_))
    ));
    assert!(calls <= 64, "{calls}");
}

#[test]
fn as_many_calls_as_may_be_are_made_and_no_more() {
    for (questions, error) in [
        (64, ""),
        (
            65,
            "the rule may need more than 64 remote or asynchronous checks",
        ),
    ] {
        let rule: Vec<String> = (0..questions).map(|n| format!("http://h/{n}")).collect();
        let mut decision = decide(&rule.join(" or "), &HashMap::new());
        let mut calls = 0;
        while let Ok(Decision::Needs(call)) = decision {
            calls += 1;
            decision = call.resume(false);
        }
        assert_eq!(calls, 64);
        match decision {
            Ok(decision) => assert!(error.is_empty() && !decision.is_allowed(), "{questions}"),
            Err(found) => {
                let found = found.to_string();
                assert!(!error.is_empty() && found.ends_with(error), "{found}");
            }
        }
    }
}

#[test]
fn one_question_is_asked_once_and_another_by_itself() {
    let first = || call("http://h/1 and role:b or not http://h/1");
    assert!(first().resume(false).unwrap().is_allowed());
    let denied = first().resume(true).unwrap();
    assert!(matches!(denied, Decision::Deny(_)), "{denied:?}");
    let other = call("http://h/1 and role:b or not http://h/2");
    let Ok(Decision::Needs(second)) = other.resume(true) else {
        panic!("decided too early")
    };
    assert_eq!(second.remote().unwrap().url(), "http://h/2");
}

#[test]
fn a_missing_attribute_of_the_address_never_lets_anybody_in() {
    let none = HashMap::new();
    assert!(!decide("http://h/%(gone)s", &none).unwrap().is_allowed());
    assert!(decide("not http://h/%(gone)s", &none).is_err());
}

#[test]
fn values_stay_within_their_segment() {
    for (value, url) in [
        ("a", Some("http://h/p/a/q")),
        ("a/../b?c#d", Some("http://h/p/a%2F..%2Fb%3Fc%23d/q")),
        ("é ", Some("http://h/p/%C3%A9%20/q")),
        ("..", None),
        (".", None),
        ("", None),
    ] {
        let decision = decide("http://h/p/%(v)s/q", &HashMap::from([("v", value)]));
        match (decision, url) {
            (Ok(Decision::Needs(call)), Some(url)) => assert_eq!(call.remote().unwrap().url(), url),
            (Err(DecisionError::Remote(_)), None) => {}
            (other, _) => panic!("{value}: {other:?}"),
        }
    }
}

#[test]
fn bodies_are_those_of_oslo_policy_and_stay_out_of_debug() {
    let call = call("http://h/p");
    assert_eq!(
        call.remote().unwrap().json_body(),
        r#"{"rule": "x", "target": {}, "credentials": {"note": "\u00e9\ud83d\ude00", "roles": ["a"], "user_id": "u"}}"#
    );
    assert_eq!(
        call.remote().unwrap().form_body(),
        "rule=%22x%22&target=%7B%7D&credentials=%7B%22note%22%3A+%22%5Cu00e9%5Cud83d%5Cude00%22%2C+%22roles%22%3A+%5B%22a%22%5D%2C+%22user_id%22%3A+%22u%22%7D"
    );
    assert!(!format!("{call:?}").contains("user_id"));
}

#[test]
fn only_the_exact_word_is_a_yes() {
    for yes in ["True", "\"True\"", "\"\"True\""] {
        assert!(RemoteCall::reads_as_yes(yes.as_bytes()), "{yes}");
    }
    for no in [
        "",
        "true",
        "True\n",
        " True",
        "True True",
        "{\"True\"}",
        "1",
    ] {
        assert!(!RemoteCall::reads_as_yes(no.as_bytes()), "{no}");
    }
}
