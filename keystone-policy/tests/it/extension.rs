//! Checks that a service adds to the language.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keystone_policy::decide::{CheckRequest, PolicyDefault};
use keystone_policy::{
    Checks, Decision, DecisionError, Defaults, Enforcer, Error, PlainCredentials, Rules,
};

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
fn a_registered_check_decides_and_may_read_caller_and_target() {
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

/// As `field`, but awaited.
fn awaited() -> Checks {
    let later = |request: &CheckRequest<'_>| {
        let result = field(request);
        async move { result }
    };
    both().register_async("field", later)
}

/// What comes of a decision when every check that it needs is awaited, and how many those were.
fn settled(
    rules: &Rules,
    policy: &str,
    target: &std::collections::HashMap<&str, &str>,
) -> (Result<bool, DecisionError>, usize) {
    let mut decision = rules.decide(policy, &PlainCredentials::new(), target);
    let mut checks = 0;
    while let Ok(Decision::Needs(check)) = decision {
        checks += 1;
        assert!(check.remote().is_none());
        let mut future = check.take_future().unwrap();
        assert!(check.take_future().is_none(), "a future has one result");
        let waker = std::task::Waker::noop();
        let polled = future
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker));
        decision = match polled {
            std::task::Poll::Ready(Ok(yes)) => check.resume(yes),
            std::task::Poll::Ready(Err(problem)) => Err(check.refuse(problem)),
            std::task::Poll::Pending => unreachable!("it waits for nothing"),
        };
    }
    (decision.map(|decision| decision.is_allowed()), checks)
}

#[test]
fn a_check_that_is_awaited_decides_as_one_that_is_not() {
    let texts = [
        "field:mine",
        "not field:mine",
        "field:%(name)s",
        "not field:%(name)s",
        "field:%(other)s",
        "field:%(name)s and field:mine",
        "field:no or not field:%(name)s",
        "role:admin or field:mine",
        "not (field:%(name)s and not field:mine)",
        "field:mine and field:mine",
        "@ or field:mine",
    ];
    for text in texts {
        let rule = || [("p", keystone_policy::parse_rule(text).unwrap())];
        for name in ["mine", "other", "broken"] {
            let target = std::collections::HashMap::from([("name", name)]);
            let with = |checks: Checks| {
                let [(policy, rule)] = rule();
                let rules = Rules::builder().rule(policy, rule).checks(checks).build();
                rules.unwrap()
            };
            let now = with(both()).enforce("p", &PlainCredentials::new(), &target);
            let (later, _) = settled(&with(awaited()), "p", &target);
            assert_eq!(now, later, "{text} {name}");
        }
    }
}

#[test]
fn the_same_check_is_awaited_once_in_a_decision() {
    let rule = keystone_policy::parse_rule("field:mine and not field:no and field:mine").unwrap();
    let rules = Rules::builder()
        .rule("p", rule)
        .checks(awaited())
        .build()
        .unwrap();
    let (allowed, checks) = settled(&rules, "p", &std::collections::HashMap::new());
    assert_eq!((allowed, checks), (Ok(true), 2));
}

#[test]
fn who_cannot_await_refuses_and_says_why_also_under_not() {
    let rules = rules(awaited()).unwrap();
    let target = std::collections::HashMap::from([("name", "other")]);
    for policy in ["net:get", "net:put"] {
        let decision = rules
            .decide(policy, &PlainCredentials::new(), &target)
            .unwrap();
        assert!(!decision.is_allowed(), "{policy}");
        for result in [
            rules.enforce(policy, &PlainCredentials::new(), &target),
            rules.authorize(policy, &PlainCredentials::new(), &target),
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, DecisionError::Extension(_)), "{error:?}");
            assert!(error.to_string().contains("it is asynchronous"), "{error}");
        }
    }
    assert!(rules.possible("net:put", &PlainCredentials::new()));
}

#[test]
fn a_pending_check_shows_no_values() {
    let rules = rules(awaited()).unwrap();
    let target = std::collections::HashMap::from([("name", "s3cret")]);
    let decision = rules
        .decide("net:put", &PlainCredentials::new(), &target)
        .unwrap();
    let shown = format!("{decision:?}");
    assert!(
        shown.contains("field:%(name)s") && !shown.contains("s3cret"),
        "{shown}"
    );
}
