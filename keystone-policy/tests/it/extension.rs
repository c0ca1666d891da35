//! Checks that a service adds to the language.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keystone_policy::decide::{CheckRequest, PolicyDefault};
use keystone_policy::{Checks, DecisionError, Defaults, Enforcer, Error, PlainCredentials, Rules};

static DEFAULTS: Defaults = Defaults {
    rules: &[],
    policies: &[
        PolicyDefault::new("net:get", "field:networks:shared=True"),
        PolicyDefault::new("net:put", "not field:%(name)s"),
        PolicyDefault::new("net:all", "role:admin or is:whatever"),
    ],
};

/// True for the one field that is shared, and for the name `mine`.
fn field(request: &CheckRequest<'_>) -> Result<bool, String> {
    match request.filled()?.as_deref() {
        Some("broken") => Err("the field is broken".to_owned()),
        Some(text) => Ok(text == "networks:shared=True" || text == "mine"),
        None => Ok(false),
    }
}

fn rules(checks: Checks) -> Result<Rules, Error> {
    Enforcer::builder(&DEFAULTS)
        .checks(checks)
        .build()
        .map(|enforcer| enforcer.snapshot())
}

fn both() -> Checks {
    let yes = |request: &CheckRequest<'_>| Ok(request.creds().roles().contains("member"));
    Checks::new().register("field", field).register("is", yes)
}

#[test]
fn a_registered_check_answers_and_may_read_caller_and_target() {
    let rules = rules(both()).unwrap();
    let (member, nobody) = (
        PlainCredentials::new().roles(["member"]),
        PlainCredentials::new(),
    );
    assert!(rules.enforce("net:get", &nobody, &()).unwrap());
    assert!(rules.enforce("net:all", &member, &()).unwrap());
    assert!(!rules.enforce("net:all", &nobody, &()).unwrap());
    let named = |name: &'static str| std::collections::HashMap::from([("name", name)]);
    assert!(!rules.enforce("net:put", &nobody, &named("mine")).unwrap());
    assert!(rules.enforce("net:put", &nobody, &named("other")).unwrap());
    assert!(rules.possible("net:put", &nobody));
}

#[test]
fn a_check_that_fails_refuses_also_under_not() {
    let rules = rules(both()).unwrap();
    let broken = std::collections::HashMap::from([("name", "broken")]);
    let error = rules.enforce("net:put", &PlainCredentials::new(), &broken);
    let error = error.unwrap_err();
    assert!(matches!(error, DecisionError::Extension(_)), "{error}");
    assert!(
        error.to_string().ends_with("the field is broken"),
        "{error}"
    );
}

#[test]
fn without_it_the_check_is_a_credential_or_no_rule_at_all() {
    // `is` is a word of Python's own, so that the left operand could never be read.
    let error = rules(Checks::new().register("field", field)).unwrap_err();
    assert!(error.to_string().contains("`is:whatever`"), "{error}");
}

#[test]
fn the_checks_of_the_language_stay() {
    for kind in ["role", "rule", "http", "https"] {
        let error = rules(both().register(kind, field)).unwrap_err();
        assert!(error.to_string().contains(kind), "{error}");
    }
}

#[test]
fn a_later_check_of_one_kind_replaces_the_earlier() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let checks = both().register("is", move |_: &CheckRequest<'_>| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    });
    assert_eq!(checks.kinds().collect::<Vec<_>>(), ["field", "is"]);
    let rules = rules(checks).unwrap();
    assert!(
        rules
            .enforce("net:all", &PlainCredentials::new(), &())
            .unwrap()
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}
