//! Analyses of rules that are written out.

use std::collections::BTreeMap;

use keystone_policy::analysis::{Analysis, ChangeKind, Settled, TokenScope, Verdict};
use keystone_policy::decide::CheckRequest;
use keystone_policy::{Checks, JsonCredentials, Rules, parse_rule};
use serde_json::{Value, json};

use super::{Random, allows};

fn two(first: &str, second: &str) -> Rules {
    Rules::new([
        ("p", parse_rule(first).unwrap()),
        ("q", parse_rule(second).unwrap()),
    ])
}

fn grants(rules: &Rules) -> Vec<String> {
    let grants = Analysis::new(rules).who_can("p").unwrap();
    grants.iter().map(ToString::to_string).collect()
}

#[test]
fn scopes_are_told_where_not_any_will_do() {
    let rules = two(
        "role:reader and system_scope:all or domain_id:%(target.user.domain_id)s",
        "@",
    );
    assert_eq!(
        grants(&rules),
        [
            "role reader (system scope)",
            "domain_id is target.user.domain_id (domain scope; system, project, unscoped if null on both sides)",
        ]
    );
    let analysis = Analysis::new(&rules).null_matches(false);
    let grants = analysis.who_can("p").unwrap();
    assert_eq!(
        grants[1].to_string(),
        "domain_id is target.user.domain_id (domain scope)"
    );
}

#[test]
fn a_credential_that_nobody_has_is_no_way() {
    let rules = two(
        "is_admin:1 or token.domain.id:%(id)s or not token.user:x",
        "@",
    );
    let analysis = Analysis::new(&rules)
        .absent("is_admin")
        .absent("token.domain");
    let grants = analysis.who_can("p").unwrap();
    let grants: Vec<String> = grants.iter().map(ToString::to_string).collect();
    assert_eq!(grants, ["token.user is not x"]);
}

#[test]
fn a_check_of_the_services_own_is_told_like_a_remote_one() {
    let checks = Checks::new().register("field", |_: &CheckRequest<'_>| Ok(true));
    let rules = Rules::builder().rule("p", parse_rule("role:a and field:x").unwrap());
    let rules = rules.checks(checks).build().unwrap();
    assert_eq!(grants(&rules), ["role a; `field:x` agrees"]);
    let caller = JsonCredentials::new(json!({"roles": ["a"]})).unwrap();
    assert_eq!(
        rules.condition("p", &caller).unwrap_err().check(),
        Some("field:x")
    );
}

#[test]
fn implied_roles_make_other_ways_superfluous() {
    let rules = two("role:admin or role:reader and not role:nobody", "@");
    assert_eq!(
        grants(&rules),
        ["role admin", "role reader; not role nobody"]
    );
    let rules = two("role:admin or role:reader", "@");
    let grants = Analysis::new(&rules).default_roles().who_can("p").unwrap();
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].roles(), ["reader"]);
}

#[test]
fn a_remote_check_is_told_where_it_matters() {
    let rules = two(
        "role:admin or http://check/%(name)s",
        "role:admin or not role:admin or http:x",
    );
    assert_eq!(
        grants(&rules),
        ["role admin", "`http://check/%(name)s` agrees"]
    );
    let caller = |role: &str| JsonCredentials::new(json!({"roles": [role]})).unwrap();
    assert_eq!(
        rules.condition("p", &caller("admin")).unwrap().to_string(),
        "always"
    );
    let obstacle = rules.condition("p", &caller("member")).unwrap_err();
    assert_eq!(obstacle.check(), Some("http://check/%(name)s"));
    assert_eq!(
        rules.condition("q", &caller("member")).unwrap().to_string(),
        "always"
    );
}

#[test]
fn a_circle_counts_as_denied_where_a_decision_meets_it() {
    let rules = two("role:admin or not rule:q", "rule:p and role:member");
    assert_eq!(grants(&rules), ["role admin"]);
}

#[test]
fn what_is_too_deep_is_given_up_and_does_not_overflow() {
    let link = |next: usize| parse_rule(&format!("not rule:{next}")).unwrap();
    let chain = (0..5_000).map(|number| (number.to_string(), link(number + 1)));
    let first = ["p", "q"].map(|name| (name.to_owned(), parse_rule("rule:0").unwrap()));
    let rules = Rules::new(
        chain
            .chain(first)
            .chain([("q".to_owned(), parse_rule("@").unwrap())]),
    );
    let obstacle = Analysis::new(&rules).who_can("p").unwrap_err();
    assert_eq!((obstacle.policy(), obstacle.check()), ("p", None));
    let matrix = Analysis::new(&rules).matrix(["p", "q"], [None], [TokenScope::Project]);
    assert_eq!(matrix.rows[0].cells[0].verdict, Verdict::Unknown);
    assert_eq!(matrix.rows[1].cells[0].verdict, Verdict::Allowed);
}

#[test]
fn a_policy_that_is_gone_is_lost_by_all_who_had_it() {
    let new = Rules::new([("other", parse_rule("@").unwrap())]);
    let old = two("role:admin", "@");
    let changes = Analysis::new(&old).diff(&new, ["p"]).changes;
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].kind, changes[0].grant.roles()),
        (ChangeKind::Loss, vec!["admin"])
    );
    assert_eq!(
        changes[0].witness.as_ref().unwrap().to_string(),
        "a system-scoped token with roles [admin], system_scope=all"
    );
}

/// Values of attributes and credentials in the small world below.
const SMALL: [&str; 3] = ["1", "2", "None"];

/// All callers of the small world: a role or none, in each scope, of two users.
fn small_callers() -> Vec<JsonCredentials> {
    let mut found = Vec::new();
    for roles in [json!([]), json!(["a"]), json!(["b"]), json!(["a", "b"])] {
        for user in ["1", "2"] {
            for scope in ["project_id", "domain_id", "system_scope", "none"] {
                let ids = if scope.ends_with("_id") { 2 } else { 1 };
                for id in ["1", "2"].into_iter().take(ids) {
                    let mut creds = json!({
                        "roles": roles, "user_id": user, "project_id": null, "domain_id": null,
                        "system_scope": null,
                    });
                    match scope {
                        "none" => {}
                        "system_scope" => creds[scope] = json!("all"),
                        scope => creds[scope] = json!(id),
                    }
                    found.push(JsonCredentials::new(creds).unwrap());
                }
            }
        }
    }
    found
}

/// All targets of the small world: each attribute missing, null or one of two texts.
fn small_targets() -> Vec<BTreeMap<String, Value>> {
    let values = |name: &'static str| {
        let set = SMALL.iter().map(move |text| match *text {
            "None" => Some((name, Value::Null)),
            text => Some((name, json!(text))),
        });
        set.chain([None])
    };
    let mut found = Vec::new();
    for x in values("x") {
        for y in values("y") {
            let both = [x.clone(), y].into_iter().flatten();
            found.push(both.map(|(name, value)| (name.to_owned(), value)).collect());
        }
    }
    found
}

fn small_rule(random: &mut Random, depth: usize) -> String {
    let checks = [
        "role:a",
        "role:b",
        "user_id:%(x)s",
        "user_id:1",
        "project_id:%(x)s",
        "project_id:%(y)s",
        "domain_id:%(y)s",
        "None:%(x)s",
        "'1':%(y)s",
        "system_scope:all",
        "domain_id:None",
    ];
    match random.below(if depth == 0 { 1 } else { 4 }) {
        0 => random.of(&checks).to_owned(),
        1 => format!("not {}", small_rule(random, depth - 1)),
        2 => format!(
            "({} or {})",
            small_rule(random, depth - 1),
            small_rule(random, depth - 1)
        ),
        _ => format!(
            "({} and {})",
            small_rule(random, depth - 1),
            small_rule(random, depth - 1)
        ),
    }
}

#[test]
fn a_diff_tells_neither_more_nor_less_than_going_through_a_small_world() {
    let mut random = Random(5);
    let (callers, targets) = (small_callers(), small_targets());
    let (mut none, mut some) = (0, 0);
    for _ in 0..150 {
        let texts = [small_rule(&mut random, 2), small_rule(&mut random, 2)];
        let [old, new] = texts.each_ref().map(|text| two(text, "@"));
        let diff = Analysis::new(&old).diff(&new, ["p"]);
        assert!(diff.obstacles.is_empty());
        for kind in [ChangeKind::Gain, ChangeKind::Loss] {
            let told: Vec<_> = diff.changes.iter().filter(|one| one.kind == kind).collect();
            let mut found = false;
            for caller in &callers {
                for target in &targets {
                    let (before, after) =
                        (allows(&old, caller, target), allows(&new, caller, target));
                    let changed = match kind {
                        ChangeKind::Gain => !before && after,
                        ChangeKind::Loss => before && !after,
                    };
                    let granted = told
                        .iter()
                        .any(|one| one.grant.holds(caller, target) == Some(true));
                    assert_eq!(
                        granted, changed,
                        "{texts:?} {kind:?} {caller:?} {target:?} {told:?}"
                    );
                    found |= changed;
                }
            }
            // The world is small but has what these rules can tell apart, so what is told is there,
            // and each has its example.
            assert_eq!(!told.is_empty(), found, "{texts:?} {kind:?} {told:?}");
            assert!(told.iter().all(|one| one.witness.is_some()), "{told:?}");
            *(if found { &mut some } else { &mut none }) += 1;
        }
    }
    assert!(none > 20 && some > 100, "{none} {some}");
}

#[test]
fn a_diff_is_told_where_two_real_rules_of_many_attributes_differ() {
    // As Keystone's rules for grants are.
    let old = "role:admin or (role:reader and system_scope:all) or ((role:reader and \
        domain_id:%(u)s and domain_id:%(p)s) or (role:reader and domain_id:%(u)s and \
        domain_id:%(d)s) or (role:reader and domain_id:%(g)s and domain_id:%(p)s) or \
        (role:reader and domain_id:%(g)s and domain_id:%(d)s)) and (domain_id:%(r)s or None:%(r)s)";
    let new = "(role:admin and system_scope:all) or (role:admin and (is_admin_project:True or \
        domain_id:default)) or (role:admin and None:%(r)s and (domain_id:%(d)s or domain_id:%(p)s)) \
        or (role:keeper and project_id:%(q)s and not ('x':%(n)s or 'y':%(n)s or 'z':%(n)s))";
    let (old, new) = (two(old, "@"), two(new, "@"));
    let diff = Analysis::new(&old).default_roles().diff(&new, ["p"]);
    assert!(diff.obstacles.is_empty());
    assert!(diff.changes.len() > 4);
    assert!(diff.changes.iter().all(|change| change.witness.is_some()));
}

#[test]
fn a_policy_that_costs_too_much_is_named_and_the_rest_goes_on() {
    // Questions are numbered as they are first asked: all of `a`, then all of `b`, which is the worst
    // order for what follows.
    let all = |letter: char| (0..30).map(move |i| format!("{letter}{i}:1"));
    let first: Vec<String> = all('a').collect();
    let pairs: Vec<String> = all('a')
        .zip(all('b'))
        .map(|(a, b)| format!("{a} and {b}"))
        .collect();
    let hard = format!("{} and ! or {}", first.join(" and "), pairs.join(" or "));
    let ids: Vec<String> = (0..600).map(|id| format!("project_id:p{id}")).collect();
    let rules = Rules::new([
        ("hard", parse_rule(&hard).unwrap()),
        ("long", parse_rule(&ids.join(" or ")).unwrap()),
        ("easy", parse_rule("role:admin").unwrap()),
    ]);
    let nobody = Rules::new([
        ("hard", parse_rule("!").unwrap()),
        ("easy", parse_rule("!").unwrap()),
    ]);
    let names = ["hard", "long", "easy"];
    let diff = Analysis::new(&rules).diff(&nobody, names);
    let given_up: Vec<&str> = diff.obstacles.iter().map(|one| one.policy()).collect();
    assert_eq!(given_up, ["hard", "long"]);
    assert_eq!(diff.changes.len(), 1);
    let matrix = Analysis::new(&rules).matrix(names, [Some("admin")], [TokenScope::Project]);
    let verdicts: Vec<Verdict> = matrix.rows.iter().map(|row| row.cells[0].verdict).collect();
    assert_eq!(
        verdicts,
        [Verdict::Unknown, Verdict::Unknown, Verdict::Allowed]
    );
    // What roles there are is told without any of it, and of the policies that are asked about.
    assert_eq!(Analysis::new(&rules).roles(["hard", "easy"]), ["admin"]);
    assert!(Analysis::new(&rules).roles(["hard"]).is_empty());
}

#[test]
fn names_that_mean_the_same_make_no_change() {
    let old = two("tenant_id:%(tenant_id)s or role:a", "@");
    let new = two("project_id:%(project_id)s or role:a", "@");
    assert!(!Analysis::new(&old).diff(&new, ["p"]).changes.is_empty());
    for (one, other) in [("tenant_id", "project_id"), ("project_id", "tenant_id")] {
        let analysis = Analysis::new(&old).same(one, other);
        assert!(analysis.diff(&new, ["p"]).changes.is_empty());
    }
    // What does change is shown with an example that has both names.
    let narrow = two("tenant_id:%(tenant_id)s", "@");
    let analysis = Analysis::new(&new).same("tenant_id", "project_id");
    let changes = analysis.diff(&narrow, ["p"]).changes;
    assert_eq!(changes.len(), 1);
    let witness = changes[0].witness.as_ref().unwrap();
    assert!(
        !witness.target().contains_key("project_id") || witness.target().contains_key("tenant_id")
    );
}

#[test]
fn an_id_is_never_the_text_of_null() {
    // Whoever has a domain token and acts on what has none: the one does not follow from the other.
    let old = two("domain_id:%(d)s and None:%(d)s", "@");
    let new = two("!", "@");
    let analysis = Analysis::new(&old).null_matches(false);
    assert!(analysis.diff(&new, ["p"]).changes.is_empty());
    let losses = Analysis::new(&old).diff(&new, ["p"]).changes;
    assert!(
        losses.iter().all(|loss| loss.grant.scopes().is_empty()),
        "{losses:?}"
    );
    let witness = losses[0].witness.as_ref().unwrap();
    assert_eq!(
        witness.target()["d"],
        keystone_policy::analysis::Example::Null
    );
}

#[test]
fn what_rules_alone_settle_is_told_and_the_rest_left_open() {
    let checks = Checks::new().register("field", |_: &CheckRequest<'_>| Err("no".to_owned()));
    let rule = |text: &str| {
        let rules = Rules::builder().rule("p", parse_rule(text).unwrap());
        rules.checks(checks.clone()).build().unwrap()
    };
    let caller = JsonCredentials::new(json!({"roles": ["a"], "user_id": "u"})).unwrap();
    let open = Settled::Open(vec!["field:x=1".to_owned()]);
    for (text, expected) in [
        ("field:x=1 or role:a", Settled::Allowed),
        ("not field:x=1 and role:b", Settled::Denied),
        ("not field:x=1", open.clone()),
        ("field:x=1 and user_id:%(owner)s", open.clone()),
        ("field:x=1 and user_id:%(gone)s", Settled::Denied),
        ("http://host/ and field:x=1 and role:b", Settled::Denied),
        ("007:x or field:x=1", Settled::Broken),
    ] {
        let target = BTreeMap::from([("owner".to_owned(), "u".to_owned())]);
        assert_eq!(
            rule(text).settle("p", &caller, &target),
            Ok(expected),
            "{text}"
        );
    }
}
