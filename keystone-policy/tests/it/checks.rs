//! What each kind of check says about credentials and a target.

use keystone_policy::{Decision, DecisionError, JsonCredentials, Rules, parse_rule};
use serde_json::{Value, json};

/// The outcome of a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outcome {
    Yes,
    No,
    Error,
    Asks,
}

use Outcome::{Error, No, Yes};

fn decide(rule: &str, creds: &Value, target: &Value) -> Result<Decision, DecisionError> {
    let rule = parse_rule(rule).unwrap();
    Rules::new([("asked", rule)]).decide(
        "asked",
        &JsonCredentials::new(creds.clone()).unwrap(),
        target,
    )
}

fn outcome(rule: &str, creds: &Value, target: &Value) -> Outcome {
    match decide(rule, creds, target) {
        Ok(Decision::Allow) => Yes,
        Ok(Decision::Deny(_)) => No,
        Ok(Decision::Needs(_)) => Outcome::Asks,
        Err(_) => Error,
    }
}

fn check(creds: &Value, target: &Value, cases: &[(&str, Outcome)]) {
    for (rule, expected) in cases {
        assert_eq!(outcome(rule, creds, target), *expected, "{rule}");
    }
}

#[test]
fn constants_and_operators() {
    let creds = json!({"roles": ["a"]});
    check(
        &creds,
        &json!({}),
        &[
            ("", Yes),
            ("@", Yes),
            ("!", No),
            ("not !", Yes),
            ("not @", No),
            ("role:a and role:b", No),
            ("role:a or role:b", Yes),
            ("role:b or role:a and role:a", Yes),
            ("(role:a or role:b) and role:b", No),
            ("not (role:a and role:b)", Yes),
            ("not not role:a", Yes),
            ("role:b and role:b or role:a", Yes),
        ],
    );
}

#[test]
fn operators_stop_as_soon_as_they_know() {
    let creds = json!({"roles": ["a"]});
    check(
        &creds,
        &json!({}),
        &[
            ("role:a or class:x", Yes),
            ("class:x or role:a", Error),
            ("role:b and class:x", No),
            ("role:a and class:x", Error),
            ("not class:x", Error),
            ("@ or http://h/p", Yes),
        ],
    );
}

#[test]
fn roles_are_compared_in_any_case_and_may_come_from_the_target() {
    let creds = json!({"roles": ["Admin", "straße", "50%"]});
    let target = json!({"wanted": "ADMIN", "none": null});
    check(
        &creds,
        &target,
        &[
            ("role:admin", Yes),
            ("role:ADMIN", Yes),
            ("role:STRASSE", No),
            ("role:%(wanted)s", Yes),
            ("role:x%(wanted)s", No),
            ("role:%(absent)s", No),
            ("role:%(none)s", No),
            ("role:50%%", Yes),
            ("role:50%", Error),
            ("role:%(wanted)d", Error),
            ("role:%(absent)d", No),
            ("role:", No),
            ("Role:admin", No),
        ],
    );
    check(
        &json!({}),
        &target,
        &[("role:admin", No), ("not role:admin", Yes)],
    );
}

#[test]
fn literals_are_compared_with_the_right_side() {
    let target = json!({"a": "x", "t": true, "n": null, "i": 1, "f": 1.5, "e": 1e16, "l": ["a", 1], "o": {"k": "v"}});
    check(
        &json!({}),
        &target,
        &[
            ("'x':%(a)s", Yes),
            ("\"x\":%(a)s", Yes),
            ("'y':%(a)s", No),
            ("True:%(t)s", Yes),
            ("true:%(t)s", No),
            ("None:%(n)s", Yes),
            ("1:%(i)s", Yes),
            ("'1e+16':%(e)s", Yes),
            ("'xx':%(a)s%(a)s", Yes),
            ("'x-1':%(a)s-%(i)s", Yes),
            ("'50%':50%%", Yes),
            ("'x':%(absent)s", No),
            ("class:%(absent)s", No),
            ("007:%(a)s", Error),
        ],
    );
}

#[test]
fn operands_that_only_python_reads_decide_nothing() {
    let target = json!({"a": "x", "i": 1, "f": 1.5});
    check(
        &json!({"a-b": "x"}),
        &target,
        &[
            ("0x1:%(i)s", Error),
            ("1.50:%(f)s", Error),
            ("[]:[]", Error),
            ("'\\x78':%(a)s", Error),
            ("a-b:x", Error),
            ("not a-b:y", Error),
            ("'1':%(i)d", Error),
            ("'1':%(i)s%s", Error),
            ("'001':%(i)03d", Error),
            ("not '001':%(i)03d", Error),
            ("role:%(a)r", Error),
            // As ever, what is absent makes the check false before anything else is looked at.
            ("0x1:%(absent)s", No),
            ("'1':%(absent)d", No),
            // What is not asked for matters to nobody but the enforcer, which refuses to load it.
            ("@ or 0x1:%(i)s", Yes),
        ],
    );
}

#[test]
fn paths_descend_into_the_credentials() {
    let creds = json!({
        "user_id": "u", "project_id": null, "is_admin": true, "n": 1, "f": 1.0,
        "a.b": "flat",
        "token": {"project": {"id": "p", "domain": null}, "roles": [{"id": "r1"}, {"id": "r2"}]},
        "list": ["x", "y", ["z"], null],
        "mixed": ["s", {"k": "v"}],
        "later": [{"k": "v"}, "s"],
        "empty": [],
    });
    let target = json!({"user_id": "u", "project_id": null, "id": "r2"});
    check(
        &creds,
        &target,
        &[
            ("user_id:%(user_id)s", Yes),
            ("user_id:u", Yes),
            ("user_id:U", No),
            ("user_id:", No),
            ("unknown:x", No),
            ("project_id:%(project_id)s", Yes),
            ("project_id:None", Yes),
            ("is_admin:True", Yes),
            ("is_admin:1", No),
            ("n:1", Yes),
            ("n:1.0", No),
            ("f:1.0", Yes),
            ("token.project.id:p", Yes),
            ("token.project.name:p", No),
            ("token.project.domain.id:x", Error),
            ("user_id.x:y", Error),
            ("token.roles.id:%(id)s", Yes),
            ("token.roles.id:r3", No),
            ("list:x", Yes),
            ("list:None", Yes),
            ("list:['z']", Yes),
            ("list.k:x", Error),
            ("mixed.k:v", Error),
            ("later.k:v", Yes),
            ("later.k:w", Error),
            ("empty:x", No),
            ("empty.k:x", No),
            ("a.b:flat", No),
            ("user_id:%(absent)s", No),
            ("user_id.x:%(absent)s", No),
        ],
    );
}

#[test]
fn a_reason_tells_the_checks_and_no_values() {
    let creds = json!({"roles": ["member"], "user_id": "secret-user"});
    let target = json!({"owner_id": "secret-owner"});
    let rule = "role:admin or user_id:%(owner_id)s or user_id:%(gone)s";
    let Ok(Decision::Deny(reason)) = decide(rule, &creds, &target) else {
        panic!("allowed")
    };
    assert_eq!(
        reason.to_string(),
        "policy `asked` (`(role:admin or user_id:%(owner_id)s or user_id:%(gone)s)`) is denied: `role:admin` is false, \
         `user_id:%(owner_id)s` is false, \
         `user_id:%(gone)s` is false because the target lacks an attribute that it reads"
    );
    assert!(!format!("{reason:?}").contains("secret"));
}

#[test]
fn an_error_tells_check_and_remedy_and_no_values() {
    let creds = json!({"roles": [], "token": {"domain": "s3cret"}});
    let error = decide("token.domain.id:%(x)s", &creds, &json!({"x": "hidden"})).unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.contains("`token.domain.id:%(x)s`") && shown.contains("goes deeper"),
        "{shown}"
    );
    assert!(
        !shown.contains("s3cret") && !shown.contains("hidden"),
        "{shown}"
    );
}
