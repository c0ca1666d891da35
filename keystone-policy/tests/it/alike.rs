//! All methods that decide by name agree, for each scope, caller and target.

use std::collections::BTreeMap;

use keystone_policy::decide::{PolicyDefault, RuleDefault};
use keystone_policy::{Decision, Defaults, Enforcer, PlainCredentials, Rules, ScopeType};

static DEFAULTS: Defaults = Defaults {
    rules: &[
        RuleDefault::new("owner", "user_id:%(user_id)s"),
        RuleDefault::new("default", "role:admin"),
    ],
    policies: &[
        PolicyDefault::new("p:any", "rule:owner"),
        PolicyDefault::new("p:project", "rule:owner").scope_types(&[ScopeType::Project]),
        PolicyDefault::new("p:domain", "rule:owner").scope_types(&[ScopeType::Domain]),
        PolicyDefault::new("p:system", "rule:owner").scope_types(&[ScopeType::System]),
        PolicyDefault::new("p:above", "@").scope_types(&[ScopeType::System, ScopeType::Domain]),
    ],
};

type Target = BTreeMap<&'static str, &'static str>;

/// Callers by their scope.
fn callers() -> [(&'static str, PlainCredentials); 5] {
    let user = || PlainCredentials::new().attr("user_id", "u-1");
    [
        ("unscoped", user()),
        ("project", user().attr("project_id", "p")),
        ("domain", user().attr("domain_id", "d")),
        ("system", user().attr("system_scope", "all")),
        ("admin", user().attr("project_id", "p").roles(["Admin"])),
    ]
}

fn targets() -> Vec<Target> {
    let owners = ["u-1", "U-1", "u-2", "u-1 ", ""];
    let mut targets: Vec<Target> = owners.map(|it| Target::from([("user_id", it)])).to_vec();
    targets.push(Target::new());
    targets
}

fn text(decision: &Decision) -> String {
    match decision {
        Decision::Deny(reason) => reason.to_string(),
        other => format!("{other:?}"),
    }
}

/// Which targets the caller may act on, by every method.
fn decided(rules: &Rules, policy: &str, caller: &PlainCredentials) -> Vec<bool> {
    let targets = targets();
    let each = rules.decide_each(policy, caller, &targets);
    let each: Vec<Decision> = each.map(Result::unwrap).collect();
    assert_eq!(each.len(), targets.len());
    for (target, one) in targets.iter().zip(&each) {
        let alone = rules.decide(policy, caller, target).unwrap();
        assert_eq!(text(one), text(&alone), "{policy} {target:?}");
        let enforced = rules.enforce(policy, caller, target).unwrap();
        assert_eq!(enforced, one.is_allowed(), "{policy} {target:?}");
        let explained = rules.explain(policy, caller, target);
        let explained = explained.decision().unwrap().is_allowed();
        assert_eq!(explained, one.is_allowed(), "{policy} {target:?}");
    }
    each.iter().map(Decision::is_allowed).collect()
}

#[test]
fn lists_keep_to_scope_types_as_single_decisions_do() {
    let rules = Enforcer::builder(&DEFAULTS).build().unwrap().snapshot();
    let own = vec![true, false, false, false, false, false];
    let none = vec![false; 6];
    let all = vec![true; 6];
    for (policy, allowed) in [
        (
            "p:any",
            ["unscoped", "project", "domain", "system", "admin"].as_slice(),
        ),
        ("p:project", &["unscoped", "project", "admin"]),
        ("p:domain", &["domain"]),
        ("p:system", &["system"]),
    ] {
        for (scope, caller) in callers() {
            let wanted = if allowed.contains(&scope) {
                &own
            } else {
                &none
            };
            assert_eq!(
                &decided(&rules, policy, &caller),
                wanted,
                "{policy} {scope}"
            );
        }
    }
    for (scope, caller) in callers() {
        let wanted = match scope {
            "domain" | "system" => &all,
            _ => &none,
        };
        assert_eq!(&decided(&rules, "p:above", &caller), wanted, "{scope}");
        // The rule `default` stands in for what nobody declared.
        let wanted = if scope == "admin" { &all } else { &none };
        assert_eq!(&decided(&rules, "p:unknown", &caller), wanted, "{scope}");
    }
}

#[test]
fn lists_keep_to_scope_types_only_where_these_are_enforced() {
    let enforcer = Enforcer::builder(&DEFAULTS).enforce_scope(false);
    let rules = enforcer.build().unwrap().snapshot();
    for (scope, caller) in callers() {
        assert_eq!(decided(&rules, "p:above", &caller), [true; 6], "{scope}");
    }
}

#[test]
fn ids_are_compared_letter_by_letter_whatever_decides() {
    let own = [true, false, false, false, false, false];
    for (scope, caller) in callers() {
        for rule in ["user_id:%(user_id)s", "not not user_id:%(user_id)s"] {
            let enforcer = Enforcer::builder(&DEFAULTS).override_rule("owner", rule);
            let rules = enforcer.build().unwrap().snapshot();
            assert_eq!(decided(&rules, "p:any", &caller), own, "{scope} {rule}");
        }
    }
}
