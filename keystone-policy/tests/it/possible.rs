//! `possible` against all targets there are: a pre-check that says no to somebody whom a target would
//! let in refuses what the policy allows.

use std::collections::BTreeMap;

use keystone_policy::{PlainCredentials, Rules, parse_rule};

/// Numbers by Marsaglia's xorshift: the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// Attributes of the target, each of which is the caller's user, another one, or absent.
const ATTRIBUTES: [&str; 4] = ["a", "b", "c", "d"];

/// A random rule of rule number `own`, which refers to later ones only.
fn text(random: &mut Random, own: usize, rules: usize, depth: usize) -> String {
    let inner = |random: &mut Random| text(random, own, rules, depth - 1);
    match random.below(if depth == 0 { 5 } else { 10 }) {
        0 => "role:member".to_owned(),
        1 => "role:admin".to_owned(),
        2 => {
            let name = ATTRIBUTES.get(random.below(ATTRIBUTES.len())).unwrap();
            format!("user_id:%({name})s")
        }
        3 | 4 if own + 1 < rules => format!("rule:r{}", own + 1 + random.below(rules - own - 1)),
        5 | 6 => format!("not ({})", inner(random)),
        7 => format!("({} and {})", inner(random), inner(random)),
        8 => format!("({} or {})", inner(random), inner(random)),
        9 if own + 1 < rules => format!("not rule:r{}", own + 1),
        _ => "user_id:u-1".to_owned(),
    }
}

type Target = BTreeMap<&'static str, &'static str>;

fn targets() -> Vec<Target> {
    let count = 3_usize.pow(u32::try_from(ATTRIBUTES.len()).unwrap());
    let target = |mut number: usize| {
        let mut target = Target::new();
        for name in ATTRIBUTES {
            match number % 3 {
                0 => drop(target.insert(name, "u-1")),
                1 => drop(target.insert(name, "u-2")),
                _ => {}
            }
            number /= 3;
        }
        target
    };
    (0..count).map(target).collect()
}

fn caller() -> PlainCredentials {
    PlainCredentials::new()
        .roles(["member"])
        .attr("user_id", "u-1")
}

fn rules(texts: &[String]) -> Rules {
    let named = texts.iter().enumerate();
    Rules::new(named.map(|(number, text)| (format!("r{number}"), parse_rule(text).unwrap())))
}

/// Chains are longer than the compiler puts rules in place of their names.
#[test]
fn whom_some_target_lets_in_is_possible() {
    const RULES: usize = 9;
    let (mut random, caller, targets) = (Random(0x9e37_79b9_7f4a_7c15), caller(), targets());
    let (mut allowed, mut impossible) = (0, 0);
    for _ in 0..1_500 {
        let texts: Vec<String> = (0..RULES)
            .map(|own| text(&mut random, own, RULES, 2))
            .collect();
        let rules = rules(&texts);
        let possible = rules.possible("r0", &caller);
        let decide = |target: &Target| rules.decide("r0", &caller, target).unwrap().is_allowed();
        let some = targets.iter().any(decide);
        assert!(possible || !some, "{texts:#?}");
        allowed += usize::from(some);
        impossible += usize::from(!possible);
    }
    // Otherwise the cases would prove nothing.
    assert!(allowed > 300 && impossible > 100, "{allowed} {impossible}");
}

/// Where each attribute is read once, what helps each check most can be had at once: then the result
/// is exact.
#[test]
fn where_no_attribute_is_read_twice_the_result_is_exact() {
    let (caller, targets) = (caller(), targets());
    // Whether the last rule reads the target, or the caller's roles, below this many `not`s that
    // stand in all places where a `not` can stand.
    for leaf in ["user_id:%(a)s", "role:member", "role:admin"] {
        for length in 1..=8 {
            for nots in 0..1_usize << length {
                let link = |at: usize| {
                    let not = if nots >> at & 1 == 1 { "not " } else { "" };
                    match at + 1 == length {
                        true => format!("{not}{leaf}"),
                        false => format!("{not}rule:r{}", at + 1),
                    }
                };
                let texts: Vec<String> = (0..length).map(link).collect();
                let rules = rules(&texts);
                let decide =
                    |target: &Target| rules.decide("r0", &caller, target).unwrap().is_allowed();
                let some = targets.iter().any(decide);
                assert_eq!(rules.possible("r0", &caller), some, "{texts:?}");
            }
        }
    }
}

#[test]
fn a_decision_that_would_break_off_is_possible() {
    for text in ["rule:r0", "not rule:r0", "user_id.name:x"] {
        let rules = rules(&[text.to_owned()]);
        assert!(rules.decide("r0", &caller(), &()).is_err(), "{text}");
        assert!(rules.possible("r0", &caller()), "{text}");
    }
    assert!(!rules(&[]).possible("unknown", &caller()));
}
