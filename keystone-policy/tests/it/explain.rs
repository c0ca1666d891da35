//! What an explanation tells, and what it must not.

use keystone_policy::explain::CheckResult;
use keystone_policy::{Decision, JsonCredentials, PlainCredentials, Rules, ScopeType, parse_rule};
use serde_json::{Value, json};

fn rules(texts: &[(&str, &str)]) -> Rules {
    Rules::new(
        texts
            .iter()
            .map(|(name, text)| (*name, parse_rule(text).unwrap())),
    )
}

#[test]
fn every_part_is_shown_with_its_result_and_the_compared_values() {
    let rules = rules(&[
        ("owner", "user_id:%(owner_id)s and not project_id:%(gone)s"),
        ("x", "rule:owner or role:%(wanted)s or @"),
    ]);
    let creds = JsonCredentials::new(json!({"user_id": "u-1", "roles": ["a", "b"]})).unwrap();
    let why = rules.explain("x", &creds, &json!({"owner_id": "u-2", "wanted": "c"}));
    assert_eq!(
        why.to_string(),
        "policy `x` is allowed
  true: (rule:owner or role:%(wanted)s or @)
    false: rule:owner
      false: (user_id:%(owner_id)s and not project_id:%(gone)s)
        false: user_id:%(owner_id)s, `u-1` is not `u-2`
        not asked: not project_id:%(gone)s
    false: role:%(wanted)s, the rule requires `c`, the caller has `a`, `b`
    true: @
"
    );
}

#[test]
fn json_has_the_same_tree() {
    let rules = rules(&[("x", "not (rule:gone or is.deep:%(a)s)")]);
    let creds = JsonCredentials::new(json!({"is": {"deep": [1, 2]}})).unwrap();
    let why = rules.explain("x", &creds, &json!({"a": "2"}));
    let found: Value = serde_json::from_str(&why.to_json()).unwrap();
    let or = &found["tree"]["parts"][0];
    assert_eq!(
        or["parts"][0],
        json!({"check": "rule:gone", "result": "false", "detail": "no such rule is defined"})
    );
    assert_eq!(or["parts"][1]["result"], "error");
    assert_eq!(found["decision"], "error");
    assert_eq!(found["tree"]["result"], "error");
    assert!(found["reason"].as_str().unwrap().contains("is.deep"));
}

#[test]
fn secrets_are_masked() {
    let rules = rules(&[(
        "x",
        "password:%(a)s or token:%(a)s or user_id:%(auth_token)s or role:%(secret)s \
         or creds.deep:1 or list:%(a)s",
    )]);
    let creds = JsonCredentials::new(json!({
        "password": "canary-1", "token": "canary-2", "user_id": "u",
        "creds": {"deep": {"x": "canary-3"}}, "list": [{"x": "canary-4"}],
    }))
    .unwrap();
    let target = json!({"a": "shown", "auth_token": "canary-5", "secret": "canary-6"});
    let why = rules.explain("x", &creds, &target);
    for shown in [why.to_string(), why.to_json(), format!("{why:?}")] {
        assert!(!shown.contains("canary"), "{shown}");
    }
    assert!(why.to_string().contains("`***` is not `shown`"), "{why}");
}

#[test]
fn a_circle_and_a_long_chain_come_to_an_end() {
    let circle = rules(&[("a", "rule:b"), ("b", "not rule:a")]);
    let why = circle.explain("a", &PlainCredentials::new(), &());
    assert_eq!(why.tree().unwrap().result(), CheckResult::Error);
    assert!(why.decision().is_err());
    let link = |index: usize| {
        let next = parse_rule(&format!("not rule:r{}", index + 1)).unwrap();
        (format!("r{index}"), next)
    };
    let end = ("r10000".to_owned(), parse_rule("role:a").unwrap());
    let chain = Rules::new((0..10_000).map(link).chain([end]));
    let why = chain.explain("r0", &PlainCredentials::new().roles(["a"]), &());
    assert_eq!(why.tree().unwrap().result(), CheckResult::True);
}

#[test]
fn a_wrong_scope_and_an_unknown_policy_are_told() {
    let rules = Rules::new([("default", parse_rule("@").unwrap())]);
    let rules = rules.with_rule("x", parse_rule("@").unwrap(), &[ScopeType::System]);
    let why = rules.explain("x", &PlainCredentials::new(), &());
    assert!(matches!(why.decision(), Ok(Decision::Deny(_))));
    assert!(
        why.tree().is_none() && why.to_string().contains("system scope"),
        "{why}"
    );
    let why = rules.explain("other", &PlainCredentials::new(), &());
    assert_eq!(why.tree().unwrap().result(), CheckResult::True);
    let why = Rules::new([("y", parse_rule("@").unwrap())]);
    let why = why.explain("z", &PlainCredentials::new(), &());
    assert!(why.to_string().contains("no rule of this name"), "{why}");
}
