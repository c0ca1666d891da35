//! Policies meant for tokens of some scopes only.

use keystone_policy::analysis::{Analysis, Settled, TokenScope, Verdict};
use keystone_policy::decide::{PolicyDefault, RuleDefault};
use keystone_policy::sources::Registered;
use keystone_policy::{
    Decision, Defaults, Enforcer, PlainCredentials, Rules, ScopeType, parse_rule,
};

static DEFAULTS: Defaults = Defaults {
    rules: &[RuleDefault::new("any", "@")],
    policies: &[
        PolicyDefault::new("p:project", "@").scope_types(&[ScopeType::Project]),
        PolicyDefault::new("p:above", "@").scope_types(&[ScopeType::System, ScopeType::Domain]),
        PolicyDefault::new("p:any", "@"),
        PolicyDefault::new("p:through", "rule:p:project"),
        PolicyDefault::new("p:system", "system:all"),
    ],
};

fn allowed(policy: &str, caller: &PlainCredentials) -> bool {
    let rules = Enforcer::builder(&DEFAULTS).build().unwrap().snapshot();
    let allowed = rules.decide(policy, caller, &()).unwrap().is_allowed();
    assert_eq!(rules.possible(policy, caller), allowed);
    allowed
}

#[test]
fn a_token_of_another_scope_is_refused() {
    let unscoped = PlainCredentials::new();
    let project = PlainCredentials::new().attr("project_id", "p");
    let domain = PlainCredentials::new().attr("domain_id", "d");
    let system = PlainCredentials::new().attr("system_scope", "all");
    let decisions = |policy: &str| {
        [&unscoped, &project, &domain, &system].map(|caller| allowed(policy, caller))
    };
    assert_eq!(decisions("p:project"), [true, true, false, false]);
    assert_eq!(decisions("p:above"), [false, false, true, true]);
    assert_eq!(decisions("p:any"), [true, true, true, true]);
    // Only the policy that is asked for is held against the scope, not those it refers to.
    assert_eq!(decisions("p:through"), [true, true, true, true]);
    assert_eq!(decisions("p:system"), [false, false, false, true]);
}

#[test]
fn the_reason_names_both_scopes() {
    let rules = Enforcer::builder(&DEFAULTS).build().unwrap().snapshot();
    let Ok(Decision::Deny(reason)) = rules.decide("p:above", &PlainCredentials::new(), &()) else {
        panic!("allowed");
    };
    assert_eq!(
        reason.to_string(),
        "policy `p:above` is denied: it is meant for system or domain scope, the token has project scope"
    );
    assert_eq!(reason.wrong_scope(), Some(ScopeType::Project));
}

#[test]
fn an_override_changes_the_rule_and_not_the_scope() {
    let enforcer = Enforcer::builder(&DEFAULTS)
        .override_rule("p:above", "role:a")
        .build()
        .unwrap();
    let caller = PlainCredentials::new().roles(["a"]);
    assert!(
        !enforcer
            .snapshot()
            .decide("p:above", &caller, &())
            .unwrap()
            .is_allowed()
    );
    let caller = caller.attr("system_scope", "all");
    assert!(
        enforcer
            .snapshot()
            .decide("p:above", &caller, &())
            .unwrap()
            .is_allowed()
    );
}

#[test]
fn enforcement_of_scopes_can_be_turned_off() {
    let enforcer = Enforcer::builder(&DEFAULTS)
        .enforce_scope(false)
        .build()
        .unwrap();
    assert!(
        enforcer
            .snapshot()
            .decide("p:above", &PlainCredentials::new(), &())
            .unwrap()
            .is_allowed()
    );
}

/// As in oslo.policy, which looks for scope types under the name that is asked for.
#[test]
fn the_scope_types_of_a_default_rule_count_only_by_its_own_name() {
    let rule = parse_rule("role:a").unwrap();
    let rules = Rules::builder()
        .register(Registered::new("default", rule, "role:a").scope_types([ScopeType::System]))
        .build()
        .unwrap();
    let caller = PlainCredentials::new().roles(["a"]);
    assert!(rules.enforce("absent", &caller, &()).unwrap());
    assert!(rules.possible("absent", &caller));
    assert!(!rules.enforce("default", &caller, &()).unwrap());
    assert!(!rules.possible("default", &caller));
}

/// Conditions, settled decisions, matrices and comparisons know of scopes what decisions know.
#[test]
fn every_tool_minds_the_scopes_that_decisions_enforce() {
    let policies = DEFAULTS.policies.iter().map(|policy| policy.name);
    let policies: Vec<&str> = policies.chain(["any"]).collect();
    for enforced in [true, false] {
        let enforcer = Enforcer::builder(&DEFAULTS).enforce_scope(enforced);
        let rules = enforcer.build().unwrap().snapshot();
        let matrix = Analysis::new(&rules).matrix(policies.clone(), [None], TokenScope::ALL);
        for (row, policy) in matrix.rows.iter().zip(&policies) {
            for (column, cell) in matrix.columns.iter().zip(&row.cells) {
                let caller = match column.scope {
                    TokenScope::Domain => PlainCredentials::new().attr("domain_id", "d"),
                    TokenScope::Project => PlainCredentials::new().attr("project_id", "p"),
                    TokenScope::System => PlainCredentials::new().attr("system_scope", "all"),
                    TokenScope::Unscoped => PlainCredentials::new(),
                };
                let decision = rules.decide(policy, &caller, &()).unwrap();
                let is_wrong =
                    matches!(&decision, Decision::Deny(why) if why.wrong_scope().is_some());
                assert_eq!(
                    cell.verdict == Verdict::WrongScope,
                    is_wrong,
                    "{policy} {column:?}"
                );
                let allowed = decision.is_allowed();
                let settled = rules.settle(policy, &caller, &()).unwrap();
                let expected = if allowed {
                    Settled::Allowed
                } else {
                    Settled::Denied
                };
                assert_eq!(settled, expected, "{policy} {column:?}");
                let condition = rules.condition(policy, &caller).unwrap().to_string();
                let expected = if allowed { "always" } else { "never" };
                assert_eq!(condition, expected, "{policy} {column:?}");
            }
        }
    }
    let rules = |enforced| {
        let enforcer = Enforcer::builder(&DEFAULTS).enforce_scope(enforced);
        enforcer.build().unwrap().snapshot()
    };
    let unlike = rules(true).unlike(&rules(false), policies);
    assert_eq!(unlike, ["p:above", "p:project"]);
}
