//! Laws that hold for every rule: of the printed form, and of the compiled one.

use std::collections::BTreeMap;

use keystone_differential::random::Random;
use keystone_differential::{rules, worlds};
use keystone_policy::{JsonCredentials, Rule, Rules, oslo, parse_rule};
use serde_json::Value;

/// The same cases in every run.
const SEED: u64 = 7;
/// As many `rule:` as the rules here can follow without a circle.
const MOST_CALLS: usize = 16;

#[test]
fn canonical_text_is_read_as_what_it_was_written_from() {
    let mut random = Random::new(SEED);
    let mut written = 0;
    for _ in 0..8_000 {
        let depth = random.below(7);
        let text = rules::nested(&mut random, depth, rules::check);
        let text = if random.once_in(4) {
            rules::spoiled(&mut random, &text)
        } else {
            text
        };
        let rule = oslo::parse_rule(&text);
        let canonical = rule.to_string();
        if holds_quoted_check(&canonical) {
            continue;
        }
        written += 1;
        assert_eq!(
            oslo::parse_rule(&canonical).to_string(),
            canonical,
            "{text:?}"
        );
    }
    assert!(written > 6_000, "{written}");
}

/// A check in quotes can be written before a parenthesis only, which canonical text leaves out:
/// `('a:b')`.
fn holds_quoted_check(canonical: &str) -> bool {
    canonical.split_whitespace().any(|word| {
        let word = word.trim_start_matches('(').trim_end_matches(')');
        word.len() > 1
            && ['\'', '"']
                .iter()
                .any(|quote| word.starts_with(*quote) && word.ends_with(*quote))
    })
}

#[test]
fn what_the_strict_reader_takes_means_the_same_to_both() {
    let mut random = Random::new(SEED + 1);
    let mut taken = 0;
    for _ in 0..8_000 {
        let depth = random.below(7);
        let text = rules::nested(&mut random, depth, rules::check);
        let text = if random.once_in(4) {
            rules::spoiled(&mut random, &text)
        } else {
            text
        };
        if let Ok(rule) = parse_rule(&text) {
            taken += 1;
            assert_eq!(rule, oslo::parse_rule(&text), "{text:?}");
        }
    }
    assert!(taken > 2_000, "{taken}");
}

#[test]
fn compiled_rules_decide_as_their_trees_do() {
    let mut random = Random::new(SEED + 2);
    let (mut allowed, mut refused, mut circles) = (0, 0, 0);
    for _ in 0..8_000 {
        let mut set = BTreeMap::new();
        for name in ["alpha", "beta", "gamma", "delta", "default"] {
            if !random.once_in(3) {
                let depth = random.below(6);
                let text = rules::nested(&mut random, depth, rules::tidy_check);
                set.insert(name.to_owned(), parse_rule(&text).unwrap());
            }
        }
        // None of the tidy checks can fail in one of these worlds.
        let creds: Value = serde_json::from_str(worlds::CREDS[random.below(8)]).unwrap();
        let target: Value = serde_json::from_str(worlds::target(&mut random)).unwrap();
        let compiled = Rules::new(set.clone());
        let decided = compiled.decide(
            "alpha",
            &JsonCredentials::new(creds.clone()).unwrap(),
            &target,
        );
        let decided = decided.ok().map(|decision| decision.is_allowed());
        let naive = Naive {
            rules: &set,
            creds: &creds,
            target: &target,
        };
        assert_eq!(
            decided,
            naive.named("alpha", 0),
            "{set:?}\n{creds}\n{target}"
        );
        match decided {
            Some(true) => allowed += 1,
            Some(false) => refused += 1,
            None => circles += 1,
        }
    }
    assert!(
        allowed > 1_000 && refused > 1_000 && circles > 100,
        "{allowed} {refused} {circles}"
    );
}

/// Rules decided the slow way: by walking the tree. None is a circle.
struct Naive<'a> {
    rules: &'a BTreeMap<String, Rule>,
    creds: &'a Value,
    target: &'a Value,
}

impl Naive<'_> {
    fn named(&self, name: &str, calls: usize) -> Option<bool> {
        if calls > MOST_CALLS {
            return None;
        }
        match self.rules.get(name).or_else(|| self.rules.get("default")) {
            Some(rule) => self.rule(rule, calls),
            None => Some(false),
        }
    }

    fn rule(&self, rule: &Rule, calls: usize) -> Option<bool> {
        match rule {
            Rule::True => Some(true),
            Rule::False => Some(false),
            Rule::Not(inner) => self.rule(inner, calls).map(|yes| !yes),
            Rule::And(parts) => {
                for part in parts {
                    if !self.rule(part, calls)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            Rule::Or(parts) => {
                for part in parts {
                    if self.rule(part, calls)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            Rule::RuleRef(name) => self.named(name, calls + 1),
            Rule::Role(name) => Some(self.role(name)),
            Rule::Generic { left, right } => Some(self.generic(left, right)),
            other => panic!("{other} is no tidy check"),
        }
    }

    fn role(&self, name: &str) -> bool {
        let roles = self.creds["roles"].as_array();
        self.filled(name).is_some_and(|wanted| {
            roles.is_some_and(|roles| {
                roles
                    .iter()
                    .any(|role| text(role).to_lowercase() == wanted.to_lowercase())
            })
        })
    }

    fn generic(&self, left: &str, right: &str) -> bool {
        let Some(wanted) = self.filled(right) else {
            return false;
        };
        match left {
            "'x'" => wanted == "x",
            "True" | "None" => wanted == left,
            path => held(self.creds, &path.split('.').collect::<Vec<_>>(), &wanted),
        }
    }

    /// `%(name)s` alone, or a fixed text.
    fn filled(&self, right: &str) -> Option<String> {
        match right
            .strip_prefix("%(")
            .and_then(|rest| rest.strip_suffix(")s"))
        {
            Some(name) => self.target.get(name).map(text),
            None => Some(right.to_owned()),
        }
    }
}

fn held(value: &Value, path: &[&str], wanted: &str) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return text(value) == wanted;
    };
    match value.get(first) {
        Some(Value::Array(items)) => items.iter().any(|item| held(item, rest, wanted)),
        Some(inner) => held(inner, rest, wanted),
        None => false,
    }
}

/// The text of a value, as Python has it.
fn text(value: &Value) -> String {
    use keystone_policy::AttrValue;

    value.attr_value().text().into_owned()
}
