//! JSON documents as credentials and targets: what is malformed lets nobody in.

use keystone_policy::{Credentials, Error, JsonCredentials, Rules, parse_rule};
use serde_json::{Value, json};

fn refusal(document: Value) -> String {
    match JsonCredentials::new(document) {
        Err(error @ Error::Shape(_)) => error.to_string(),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn roles_that_are_no_list_of_texts_are_no_credentials() {
    let of = |roles: Value| refusal(json!({"user_id": "u", "roles": roles}));
    for (roles, problem) in [
        (
            json!(["a", 7]),
            "credentials.roles[1]: expected a string, found a number",
        ),
        (
            json!([["a"]]),
            "credentials.roles[0]: expected a string, found a list",
        ),
        (
            json!([{"name": "a"}]),
            "credentials.roles[0]: expected a string, found a mapping",
        ),
        (
            json!(["a", null]),
            "credentials.roles[1]: expected a string, found null",
        ),
        (
            json!("admin"),
            "credentials.roles: expected a list of strings, found a string",
        ),
        (
            json!({"admin": 1}),
            "credentials.roles: expected a list of strings, found a mapping",
        ),
        (
            json!(null),
            "credentials.roles: expected a list of strings, found null",
        ),
        (
            json!(3),
            "credentials.roles: expected a list of strings, found a number",
        ),
    ] {
        assert_eq!(of(roles), problem);
    }
}

#[test]
fn what_is_no_object_is_no_credentials_and_is_not_shown() {
    for document in [
        json!(null),
        json!([]),
        json!(1),
        json!(true),
        json!("s3cret"),
    ] {
        let problem = refusal(document);
        assert!(
            problem.starts_with("credentials: expected an object, found "),
            "{problem}"
        );
        assert!(!problem.contains("s3cret"), "{problem}");
    }
}

/// As in oslo.policy, where a check of a role is then false.
#[test]
fn without_roles_there_are_none() {
    let caller = JsonCredentials::new(json!({"user_id": "u"})).unwrap();
    assert!(caller.roles().names().is_empty());
    let rules = Rules::new([("x", parse_rule("role:a").unwrap())]);
    assert!(!rules.enforce("x", &caller, &()).unwrap());
}
