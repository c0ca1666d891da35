//! Cases without registered policies: every check in every world, and rules by chance.

use keystone_differential::random::Random;
use keystone_differential::rules::{self, LEFTS, RIGHTS};
use keystone_differential::worlds::{self, CREDS, TARGETS};
use serde_json::{Value, json};

/// A line of `keystone policy eval`.
pub(crate) struct Case {
    pub(crate) group: &'static str,
    members: String,
}

impl Case {
    /// `members` is what stands in the object beside `id`.
    pub(crate) fn new(group: &'static str, members: String) -> Self {
        Self { group, members }
    }

    pub(crate) fn line(&self, id: usize) -> String {
        format!("{{\"id\": {id}, {}}}", self.members)
    }
}

pub(crate) fn all(seed: u64) -> Vec<Case> {
    let mut random = Random::new(seed);
    let mut cases = quirks();
    every_check(&mut random, &mut cases);
    every_role(&mut cases);
    deep(&mut cases);
    nested(&mut random, &mut cases);
    malformed(&mut random, &mut cases);
    lists(&mut random, &mut cases);
    cases
}

fn decide(group: &'static str, rules: &Value, rule: &str, creds: &str, target: &str) -> Case {
    let rule = json!(rule);
    Case::new(
        group,
        format!(r#""rules": {rules}, "rule": {rule}, "target": {target}, "creds": {creds}"#),
    )
}

fn parse(rule: &Value) -> Case {
    Case::new("canonical texts", format!(r#""parse": {rule}"#))
}

/// What somebody stumbled over once, as whole lines.
fn quirks() -> Vec<Case> {
    let lines = include_str!("quirks.jsonl").lines();
    let members = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    members
        .map(|members| Case::new("quirks by hand", members.to_owned()))
        .collect()
}

/// Each left operand with each right operand, below an operator or not, in worlds by chance.
fn every_check(random: &mut Random, cases: &mut Vec<Case>) {
    for left in LEFTS {
        for right in RIGHTS {
            let check = format!("{left}:{right}");
            let check = match random.below(8) {
                0 => format!("not {check}"),
                1 => format!("role:nobody or {check}"),
                _ => check,
            };
            let rules = json!({"a": check});
            let (creds, target) = (worlds::creds(random), worlds::target(random));
            cases.push(decide("generic checks", &rules, "a", creds, target));
        }
    }
    // A name and a literal in all worlds.
    for check in [
        "user_id:%(user_id)s",
        "a.b.c:x",
        "x:%(x)s",
        "x.a.c:None",
        "'x':%(x)s",
        "system:all",
        "a.b:%(a.b)s",
    ] {
        for creds in CREDS {
            for target in TARGETS {
                cases.push(decide(
                    "generic checks",
                    &json!({"a": check}),
                    "a",
                    creds,
                    target,
                ));
            }
        }
    }
}

fn every_role(cases: &mut Vec<Case>) {
    for role in rules::ROLES {
        for creds in CREDS {
            for target in TARGETS {
                let rules = json!({"a": format!("role:{role}"), "b": format!("not role:{role}")});
                let rule = if creds.len() % 2 == 0 { "a" } else { "b" };
                cases.push(decide("role checks", &rules, rule, creds, target));
            }
        }
    }
}

/// As deep as Python can follow a rule, and deeper.
fn deep(cases: &mut Vec<Case>) {
    for depth in [100, 300, 327, 328, 340, 2_000] {
        let text = format!("{}role:admin", "not ".repeat(depth));
        let rules = json!({"a": text, "b": "@ or not rule:a"});
        cases.push(decide("deep rules", &rules, "a", CREDS[1], "{}"));
        let text = format!("{}@{}", "(".repeat(depth), ")".repeat(depth));
        cases.push(decide("deep rules", &json!({"a": text}), "a", "{}", "{}"));
        cases.push(parse(&json!(text)));
    }
}

/// Sets of rules that refer to one another, with circles and gaps.
fn nested(random: &mut Random, cases: &mut Vec<Case>) {
    for number in 0..5_000 {
        let check = if number % 2 == 0 {
            rules::check
        } else {
            rules::tidy_check
        };
        let mut set = serde_json::Map::new();
        for name in rules::NAMES {
            if !random.once_in(3) {
                let depth = random.below(9);
                set.insert(name.to_owned(), json!(rules::nested(random, depth, check)));
            }
        }
        let default = match random.below(4) {
            0 => r#", "default_rule": "beta""#,
            1 => r#", "default_rule": null"#,
            2 => r#", "default_rule": "absent""#,
            _ => "",
        };
        let do_raise = if random.once_in(4) {
            r#", "do_raise": true"#
        } else {
            ""
        };
        let rule = random.pick(&rules::NAMES);
        let case = decide(
            "nested rules",
            &Value::Object(set),
            rule,
            worlds::creds(random),
            worlds::target(random),
        );
        cases.push(Case::new(
            case.group,
            format!("{}{default}{do_raise}", case.members),
        ));
    }
}

fn malformed(random: &mut Random, cases: &mut Vec<Case>) {
    for number in 0..5_000 {
        let depth = random.below(4);
        let text = rules::nested(random, depth, rules::check);
        let text = rules::spoiled(random, &text);
        cases.push(parse(&json!(text)));
        if number % 2 == 0 {
            let rules = json!({"a": text, "alpha": "role:admin", "beta": "not rule:alpha"});
            let (creds, target) = (worlds::creds(random), worlds::target(random));
            cases.push(decide("malformed rules", &rules, "a", creds, target));
        }
    }
}

/// The older form, and what else can stand where a rule belongs.
fn lists(random: &mut Random, cases: &mut Vec<Case>) {
    for _ in 0..1_500 {
        let rule = list(random, 0);
        cases.push(parse(&rule));
        let rules = json!({"a": rule, "alpha": [["role:admin"], "user_id:%(user_id)s"]});
        let (creds, target) = (worlds::creds(random), worlds::target(random));
        cases.push(decide("lists", &rules, "a", creds, target));
    }
}

fn list(random: &mut Random, depth: usize) -> Value {
    const ODD: [&str; 12] = [
        "null",
        "true",
        "false",
        "0",
        "1",
        "1.5",
        "[]",
        "{}",
        "\"\"",
        "[[]]",
        "{\"role:admin\": 1}",
        "\" role:a\"",
    ];
    match random.below(8) {
        0 => serde_json::from_str(random.pick(&ODD)).unwrap(),
        1 | 2 if depth > 0 => json!(rules::check(random)),
        3 if depth > 0 => json!(rules::nested(random, 2, rules::check)),
        _ if depth < 3 => {
            let length = random.below(4);
            Value::Array((0..length).map(|_| list(random, depth + 1)).collect())
        }
        _ => json!(rules::check(random)),
    }
}
