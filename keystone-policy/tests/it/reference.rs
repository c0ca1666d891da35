//! The compiled rules say what a naive walk over the tree says, and explanations add up to it.

use std::collections::BTreeMap;

use keystone_policy::explain::{CheckResult, Explained};
use keystone_policy::{Decision, JsonCredentials, Rule, Rules, parse_rule};
use serde_json::{Value, json};

/// Numbers by Marsaglia's xorshift: the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        let at = self.below(texts.len() as u64);
        texts.get(usize::try_from(at).unwrap()).unwrap()
    }

    fn value(&mut self) -> Value {
        match self.below(9) {
            0 => json!(null),
            1 => json!(true),
            2 => json!(7),
            3 => json!({"id": "a", "list": ["a", null]}),
            4 => json!([{"id": "b"}, {"id": "a"}]),
            5 => json!(["a", "7"]),
            6 => json!([]),
            _ => json!(self.pick(&["a", "b", "None", "True", "7", "x-a"])),
        }
    }

    fn object(&mut self, names: &[&str]) -> Value {
        let mut object = serde_json::Map::new();
        for name in names {
            if self.below(4) > 0 {
                object.insert((*name).to_owned(), self.value());
            }
        }
        object.into()
    }

    fn check(&mut self) -> String {
        let right = self.pick(&[
            "a",
            "b",
            "7",
            "%(t)s",
            "%(u)s",
            "x-%(t)s",
            "None",
            "%(u)s%(t)s",
        ]);
        match self.below(6) {
            0 => format!(
                "role:{}",
                self.pick(&["Admin", "member", "%(t)s", "x-%(t)s"])
            ),
            1 => format!(
                "rule:{}",
                self.pick(&["r0", "r1", "r2", "r3", "r4", "gone"])
            ),
            2 => format!(
                "{}:{right}",
                self.pick(&["'a'", "7", "None", "True", "'x-a'"])
            ),
            3 => self.pick(&["@", "!"]).to_owned(),
            _ => {
                let left = self.pick(&["user_id", "c", "c.id", "c.list", "project_id.id", "gone"]);
                format!("{left}:{right}")
            }
        }
    }

    fn rule(&mut self, depth: u64) -> String {
        match self.below(if depth == 0 { 1 } else { 5 }) {
            0 => self.check(),
            1 => format!("not {}", self.rule(0)),
            2 => format!("not ({})", self.rule(depth - 1)),
            3 => format!("({} and {})", self.rule(depth - 1), self.rule(depth - 1)),
            _ => format!("({} or {})", self.rule(depth - 1), self.rule(depth - 1)),
        }
    }
}

/// What Python would raise.
struct Raised;

/// Walks the tree as the language is described, with no thought of speed.
struct Naive<'a> {
    rules: &'a BTreeMap<String, Rule>,
    creds: &'a Value,
    target: &'a Value,
}

impl Naive<'_> {
    fn decide(&self, rule: &Rule, above: &[&str]) -> Result<bool, Raised> {
        match rule {
            Rule::True => Ok(true),
            Rule::False => Ok(false),
            Rule::Not(inner) => Ok(!self.decide(inner, above)?),
            Rule::And(parts) => {
                for part in parts {
                    if !self.decide(part, above)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Rule::Or(parts) => {
                for part in parts {
                    if self.decide(part, above)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Rule::RuleRef(name) => match self.rules.get(name) {
                Some(_) if above.contains(&name.as_str()) => Err(Raised),
                Some(rule) => self.decide(rule, &[above, &[name.as_str()]].concat()),
                None => Ok(false),
            },
            Rule::Role(name) => Ok(self.fill(name).is_some_and(|name| {
                let roles = self.creds["roles"].as_array().unwrap();
                let lower = |role: &Value| role.as_str().unwrap().to_lowercase();
                roles.iter().any(|role| lower(role) == name.to_lowercase())
            })),
            Rule::Generic { left, right } => match self.fill(right) {
                Some(right) => self.generic(left, &right),
                None => Ok(false),
            },
            other => unreachable!("{other}"),
        }
    }

    fn generic(&self, left: &str, right: &str) -> Result<bool, Raised> {
        match left {
            "7" | "None" | "True" => Ok(left == right),
            quoted if quoted.starts_with('\'') => Ok(quoted.trim_matches('\'') == right),
            path => {
                let path: Vec<&str> = path.split('.').collect();
                found(self.creds, &path, right)
            }
        }
    }

    fn fill(&self, template: &str) -> Option<String> {
        let mut text = template.to_owned();
        for name in ["t", "u"] {
            let place = format!("%({name})s");
            if text.contains(&place) {
                text = text.replace(&place, &text_of(self.target.get(name)?));
            }
        }
        Some(text)
    }
}

fn found(value: &Value, path: &[&str], right: &str) -> Result<bool, Raised> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(text_of(value) == right);
    };
    let Some(members) = value.as_object() else {
        return Err(Raised);
    };
    match members.get(*first) {
        None => Ok(false),
        Some(Value::Array(items)) => {
            for item in items {
                if found(item, rest, right)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Some(inner) => found(inner, rest, right),
    }
}

/// What Python's `str` makes of a value, and of what is in it its `repr`.
fn text_of(value: &Value) -> String {
    let quoted = |value: &Value| match value {
        Value::String(text) => format!("'{text}'"),
        other => text_of(other),
    };
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(quoted).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("'{name}': {}", quoted(value));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

#[test]
fn decisions_of_many_calls_agree_with_a_naive_walk_too() {
    let mut random = Random(0x0dd0_1d5e_ed00_0001);
    let mut seen = [0_usize; 3];
    for _ in 0..1_500 {
        let mut rules = BTreeMap::new();
        for number in 0..5 {
            rules.insert(format!("r{number}"), parse_rule(&random.rule(2)).unwrap());
        }
        // Many calls before what is asked, so that results are cached there.
        let idle = ["rule:idle"; 150].join(" or ");
        let asked = ["rule:r0", "rule:r1", "rule:r2"].map(|name| {
            let other = random.pick(&["rule:r0", "rule:r1", "not rule:r2", "not rule:r3"]);
            format!("({name} and {other}) or ({other} and not {name})")
        });
        let policy = format!("{idle} or {}", asked.join(" or "));
        rules.insert("p".to_owned(), parse_rule(&policy).unwrap());
        rules.insert("idle".to_owned(), parse_rule("role:x and role:y").unwrap());
        let mut creds = random.object(&["user_id", "project_id", "c"]);
        creds["roles"] = json!([random.pick(&["admin", "a", "x-a"]), "MEMBER"]);
        let target = random.object(&["t", "u"]);
        let naive = Naive {
            rules: &rules,
            creds: &creds,
            target: &target,
        };
        let expected = naive.decide(&rules["p"], &["p"]).ok();
        let given = JsonCredentials::new(creds.clone()).unwrap();
        let found = Rules::new(rules.clone()).enforce("p", &given, &target).ok();
        assert_eq!(found, expected, "{rules:?}\n{creds}\n{target}");
        seen[expected.map_or(2, usize::from)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 100), "{seen:?}");
}

#[test]
fn compiled_rules_decide_as_a_naive_walk_does() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut seen = [0_usize; 3];
    for _ in 0..8_000 {
        let named = |random: &mut Random| {
            (0..5)
                .map(|number| (format!("r{number}"), parse_rule(&random.rule(3)).unwrap()))
                .collect::<BTreeMap<_, _>>()
        };
        let rules = named(&mut random);
        let mut creds = random.object(&["user_id", "project_id", "c"]);
        creds["roles"] = json!([random.pick(&["admin", "a", "x-a"]), "MEMBER"]);
        let target = random.object(&["t", "u"]);
        let naive = Naive {
            rules: &rules,
            creds: &creds,
            target: &target,
        };
        let compiled = Rules::new(rules.clone());
        let given = JsonCredentials::new(creds.clone()).unwrap();
        let expected = naive.decide(&rules["r0"], &["r0"]);
        let decision = compiled.decide("r0", &given, &target);
        let why = compiled.explain("r0", &given, &target);
        let result = why.tree().map(Explained::result);
        let told = format!("{rules:?}\n{creds}\n{target}\n{decision:?}\n{why}");
        match expected {
            Ok(true) => {
                assert!(matches!(decision, Ok(Decision::Allow)), "{told}");
                assert_eq!(result, Some(CheckResult::True), "{told}");
                assert!(compiled.possible("r0", &given), "{told}");
                seen[0] += 1;
            }
            Ok(false) => {
                assert!(matches!(decision, Ok(Decision::Deny(_))), "{told}");
                assert_eq!(result, Some(CheckResult::False), "{told}");
                seen[1] += 1;
            }
            Err(Raised) => {
                assert!(decision.is_err(), "{told}");
                assert_eq!(result, Some(CheckResult::Error), "{told}");
                seen[2] += 1;
            }
        }
    }
    // Otherwise the cases would prove little.
    assert!(seen.iter().all(|count| *count > 400), "{seen:?}");
}
