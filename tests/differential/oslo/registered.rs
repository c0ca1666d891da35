//! Cases with registered policies: scopes, replaced policies, what a policy file overrides.

use keystone_differential::random::Random;
use keystone_differential::rules;
use keystone_differential::worlds;
use serde_json::{Map, Value, json};

use crate::cases::Case;

const NAMES: [&str; 6] = ["alpha", "beta", "gamma", "delta", "default", "a:b"];
const OLD_NAMES: [&str; 4] = ["old", "older", "alpha", "beta"];
const CHECKS: [&str; 10] = [
    "role:admin",
    "role:reader",
    "@",
    "!",
    "",
    "rule:alpha",
    "rule:old",
    "user_id:%(user_id)s",
    "role:admin or role:reader",
    "not rule:beta",
];

pub(crate) fn all(seed: u64) -> Vec<Case> {
    let mut random = Random::new(seed + 1);
    (0..5_000).map(|_| case(&mut random)).collect()
}

fn case(random: &mut Random) -> Case {
    let registered = registered(random);
    let rules = Value::Object(file(random));
    let name = random.pick(&[
        "alpha", "beta", "gamma", "delta", "default", "a:b", "old", "absent",
    ]);
    let mut members = format!(
        r#""registered": {registered}, "rules": {rules}, "rule": "{name}", "target": {}, "creds": {}"#,
        worlds::target(random),
        worlds::creds(random)
    );
    for (setting, values) in [
        ("enforce_new_defaults", ["true", "false"]),
        ("do_raise", ["true", "false"]),
        ("api", ["\"enforce\"", "\"authorize\""]),
        ("default_rule", ["null", "\"beta\""]),
    ] {
        if random.once_in(2) {
            members.push_str(&format!(r#", "{setting}": {}"#, random.pick(&values)));
        }
    }
    if random.once_in(8) {
        members.push_str(r#", "enforce_scope": false"#);
    }
    Case::new("registered policies", members)
}

fn check(random: &mut Random) -> Value {
    match random.below(5) {
        0 => json!(rules::nested(random, 2, rules::tidy_check)),
        _ => json!(random.pick(&CHECKS)),
    }
}

fn registered(random: &mut Random) -> Value {
    let mut policies = Vec::new();
    for name in NAMES {
        if random.once_in(3) {
            continue;
        }
        let mut policy = json!({"name": name, "check_str": check(random)});
        if random.once_in(2) {
            policy["scope_types"] = scope_types(random);
        }
        if random.once_in(2) {
            let old = if random.once_in(3) {
                name
            } else {
                random.pick(&OLD_NAMES)
            };
            policy["deprecated_rule"] = json!({"name": old, "check_str": check(random)});
        }
        if random.once_in(6) {
            policy["deprecated_for_removal"] = json!(true);
        }
        policies.push(policy);
    }
    if random.once_in(40)
        && let Some(first) = policies.first().cloned()
    {
        policies.push(first);
    }
    Value::Array(policies)
}

fn scope_types(random: &mut Random) -> Value {
    const SETS: [&str; 9] = [
        "null",
        "[]",
        r#"["system"]"#,
        r#"["project"]"#,
        r#"["domain"]"#,
        r#"["system", "project"]"#,
        r#"["domain", "system"]"#,
        r#"["galaxy"]"#,
        r#"["project", "project"]"#,
    ];
    serde_json::from_str(random.pick(&SETS)).unwrap()
}

fn file(random: &mut Random) -> Map<String, Value> {
    let mut rules = Map::new();
    for name in NAMES.into_iter().chain(OLD_NAMES) {
        if random.once_in(4) {
            rules.insert(name.to_owned(), check(random));
        }
    }
    if random.once_in(30) {
        rules.insert("gamma".to_owned(), json!([1]));
    }
    rules
}
