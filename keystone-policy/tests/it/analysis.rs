//! What is told of rules holds for the decisions that they make.

#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use keystone_policy::analysis::{Analysis, ChangeKind, TokenScope, Verdict};
use keystone_policy::{JsonCredentials, Rules, parse_rule};
use serde_json::{Map, Value, json};

mod cases;

/// A generator of numbers that gives the same ones in each run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    pub(crate) fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

const CHECKS: &[&str] = &[
    "role:admin",
    "role:Member",
    "role:reader",
    "role:%(role)s",
    "user_id:%(owner_id)s",
    "user_id:u-1",
    "project_id:%(project_id)s",
    "project_id:%(owner_id)s",
    "domain_id:%(domain_id)s",
    "domain_id:None",
    "system_scope:all",
    "system:all",
    "user_id:u-%(number)s",
    "user_id:%(owner_id)s%(number)s",
    "'u-1':%(owner_id)s",
    "None:%(domain_id)s",
    "True:%(shared)s",
    "groups:%(group)s",
    "groups:g-1",
    "token.project.id:%(project_id)s",
    "is_admin:True",
    "007:%(owner_id)s",
    "x:%(number)z",
    "@",
    "!",
];

/// A rule that is `depth` deep at most.
fn rule(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 3 } else { 8 }) {
        0..3 => random.of(CHECKS).to_owned(),
        3 => format!("not {}", rule(random, depth - 1)),
        4 => random.of(&["rule:a", "rule:b", "rule:gone"]).to_owned(),
        5 | 6 => format!(
            "({} or {})",
            rule(random, depth - 1),
            rule(random, depth - 1)
        ),
        _ => format!(
            "({} and {})",
            rule(random, depth - 1),
            rule(random, depth - 1)
        ),
    }
}

fn rules(random: &mut Random, depth: usize) -> (Rules, String) {
    let texts = [
        ("a", rule(random, 1)),
        ("b", rule(random, 1)),
        ("p", rule(random, depth)),
    ];
    let parsed = texts
        .iter()
        .map(|(name, text)| (*name, parse_rule(text).unwrap()));
    (Rules::new(parsed), format!("{texts:?}"))
}

const TEXTS: &[&str] = &["u-1", "u-2", "p-1", "d-1", "1", "None", "all", "admin", ""];

/// Credentials that Keystone could issue a token for, with the roles that are given.
fn token(random: &mut Random, scope: TokenScope, roles: &[&str]) -> Value {
    let own = |wanted, text: &str| {
        if scope == wanted {
            json!(text)
        } else {
            Value::Null
        }
    };
    let mut creds = Map::new();
    creds.insert("domain_id".to_owned(), own(TokenScope::Domain, "d-1"));
    creds.insert("system_scope".to_owned(), own(TokenScope::System, "all"));
    let project = own(TokenScope::Project, random.of(&["p-1", "u-1", "p-2"]));
    creds.insert("project_id".to_owned(), project.clone());
    creds.insert(
        "user_id".to_owned(),
        json!(random.of(&["u-1", "u-2", "u-1u-1"])),
    );
    creds.insert("roles".to_owned(), json!(roles));
    if random.below(2) == 0 {
        creds.insert(
            "groups".to_owned(),
            json!(["g-0", random.of(&["g-1", "g-2"])]),
        );
    }
    if scope == TokenScope::Project {
        creds.insert("token".to_owned(), json!({"project": {"id": project}}));
    }
    if random.below(4) == 0 {
        creds.insert("is_admin".to_owned(), json!(true));
    }
    Value::Object(creds)
}

/// Credentials of any kind, among them such as a decision breaks off at.
fn anybody(random: &mut Random) -> Value {
    let scope = TokenScope::ALL[random.below(4)];
    let roles: Vec<&str> = ["Admin", "member", "reader"]
        .into_iter()
        .filter(|_| random.below(3) == 0)
        .collect();
    let mut creds = token(random, scope, &roles);
    match random.below(5) {
        0 => creds["token"] = json!({"project": null}),
        1 => creds["token"] = json!({"project": [{"id": "p-1"}, "odd", {"id": "p-2"}]}),
        2 => creds["user_id"] = json!(["u-1", null, 7, ["u-2"]]),
        3 => creds["project_id"] = Value::Null,
        _ => {}
    }
    creds
}

fn target(random: &mut Random) -> BTreeMap<String, Value> {
    let names = [
        "owner_id",
        "project_id",
        "domain_id",
        "number",
        "shared",
        "group",
        "role",
    ];
    let mut found = BTreeMap::new();
    for name in names {
        let value = match random.below(10) {
            0 => continue,
            1 => Value::Null,
            2 => json!(random.below(2) == 0),
            3 => json!(random.below(3)),
            4 => json!(random.of(&["g-1", "ADMIN", "member", "u-1u-1"])),
            _ => json!(random.of(TEXTS)),
        };
        found.insert(name.to_owned(), value);
    }
    found
}

fn allows(rules: &Rules, creds: &JsonCredentials, target: &BTreeMap<String, Value>) -> bool {
    rules
        .decide("p", creds, target)
        .is_ok_and(|decision| decision.is_allowed())
}

#[test]
fn a_condition_agrees_with_decisions_on_random_targets() {
    let mut random = Random(1);
    let (mut allowed, mut denied) = (0, 0);
    for _ in 0..1_500 {
        let (rules, text) = rules(&mut random, 3);
        let creds = JsonCredentials::new(anybody(&mut random)).unwrap();
        let condition = rules.condition("p", &creds).unwrap();
        for _ in 0..15 {
            let target = target(&mut random);
            let expected = allows(&rules, &creds, &target);
            assert_eq!(
                condition.matches(&target),
                expected,
                "{text} for {creds:?}: {condition} on {target:?}"
            );
            *(if expected { &mut allowed } else { &mut denied }) += 1;
        }
    }
    assert!(allowed > 3_000 && denied > 3_000, "{allowed} {denied}");
}

#[test]
fn a_matrix_agrees_with_decisions_on_sampled_credentials() {
    let mut random = Random(2);
    let held = [
        (Some("admin"), &["admin", "manager", "member", "reader"][..]),
        (Some("member"), &["member", "reader"]),
        (Some("reader"), &["Reader"]),
        (None, &[]),
    ];
    let mut told = [0; 3];
    for _ in 0..200 {
        let (rules, text) = rules(&mut random, 3);
        let analysis = Analysis::new(&rules).default_roles();
        let matrix = analysis.matrix(["p"], held.map(|(role, _)| role), TokenScope::ALL);
        for (column, cell) in matrix.columns.iter().zip(&matrix.rows[0].cells) {
            let (_, roles) = held
                .iter()
                .find(|(role, _)| *role == column.role.as_deref())
                .unwrap();
            for _ in 0..6 {
                let creds = token(&mut random, column.scope, roles);
                let target = target(&mut random);
                let caller = JsonCredentials::new(creds.clone()).unwrap();
                let found = allows(&rules, &caller, &target);
                let expected = match cell.verdict {
                    Verdict::Allowed => true,
                    Verdict::Denied => false,
                    _ => cell
                        .grants
                        .iter()
                        .any(|grant| grant.holds(&caller, &target) == Some(true)),
                };
                assert_eq!(
                    found, expected,
                    "{text} {column:?} {cell:?} {creds} {target:?}"
                );
            }
            let index = [Verdict::Allowed, Verdict::Denied, Verdict::Depends];
            told[index
                .iter()
                .position(|verdict| *verdict == cell.verdict)
                .unwrap()] += 1;
        }
    }
    assert!(told.iter().all(|count| *count > 150), "{told:?}");
}

#[test]
fn the_ways_to_be_allowed_are_all_and_only_those_of_decisions() {
    let mut random = Random(3);
    for _ in 0..600 {
        let (rules, text) = rules(&mut random, 3);
        let grants = Analysis::new(&rules).who_can("p").unwrap();
        for _ in 0..10 {
            let scope = TokenScope::ALL[random.below(4)];
            let role = random.of(&["admin", "member", "reader", "other"]);
            let creds = token(&mut random, scope, &[role]);
            let target = target(&mut random);
            let caller = JsonCredentials::new(creds.clone()).unwrap();
            let told = grants
                .iter()
                .any(|grant| grant.holds(&caller, &target) == Some(true));
            assert_eq!(
                told,
                allows(&rules, &caller, &target),
                "{text} {grants:?} {creds} {target:?}"
            );
        }
    }
}

#[test]
fn witnesses_of_a_diff_are_real_and_no_change_is_missed() {
    let mut random = Random(4);
    let (mut changes, mut differences) = (0, 0);
    for _ in 0..600 {
        let (old, old_text) = rules(&mut random, 2);
        let (new, new_text) = rules(&mut random, 2);
        let found = Analysis::new(&old).diff(&new, ["p"]).changes;
        for change in &found {
            let Some(witness) = &change.witness else {
                // Two right operands that mix texts and attributes make an equation of words.
                let conditions = change.grant.conditions();
                let mixed = conditions.iter().filter(|text| text.contains(" + "));
                assert!(mixed.count() > 1, "{old_text} {new_text} {change:?}");
                continue;
            };
            let allowed = |rules: &Rules| {
                rules
                    .decide("p", witness.credentials(), witness.target())
                    .is_ok_and(|decision| decision.is_allowed())
            };
            assert_eq!(
                (allowed(&old), allowed(&new)),
                match change.kind {
                    ChangeKind::Gain => (false, true),
                    ChangeKind::Loss => (true, false),
                },
                "{old_text} {new_text} {witness}"
            );
            changes += 1;
        }
        for _ in 0..10 {
            let scope = TokenScope::ALL[random.below(4)];
            let creds = token(&mut random, scope, &["member"]);
            let target = target(&mut random);
            let caller = JsonCredentials::new(creds.clone()).unwrap();
            let (before, after) = (
                allows(&old, &caller, &target),
                allows(&new, &caller, &target),
            );
            let told = |kind: ChangeKind| {
                found.iter().any(|change| {
                    change.kind == kind && change.grant.holds(&caller, &target) == Some(true)
                })
            };
            let context = || format!("{old_text} {new_text} {found:?} {creds} {target:?}");
            assert_eq!(told(ChangeKind::Gain), !before && after, "{}", context());
            assert_eq!(told(ChangeKind::Loss), before && !after, "{}", context());
            differences += usize::from(before != after);
        }
    }
    assert!(
        changes > 300 && differences > 300,
        "{changes} {differences}"
    );
}
