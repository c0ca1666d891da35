//! Thousands of cases, decided by oslo.policy and by `keystone policy eval`.

mod cases;
mod differences;
mod keystone;
mod registered;
mod upstream;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cases::Case;
use crate::differences::{DIFFERENCES, Verdict};

/// The same cases in every run.
const SEED: u64 = 20_260_301;
const AT_LEAST: usize = 20_000;
/// How many disagreements are shown.
const SHOWN: usize = 40;

#[test]
fn decisions_are_those_of_oslo_policy() {
    let mut cases = cases::all(SEED);
    cases.extend(registered::all(SEED));
    cases.extend(keystone::all(SEED));
    assert!(cases.len() >= AT_LEAST, "only {} cases", cases.len());
    let theirs = upstream::answers(&cases);
    assert_eq!(theirs.len(), cases.len());

    let mut agreed: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, (case, theirs)) in cases.iter().zip(&theirs).enumerate() {
        let ours = ours(case, number);
        let tally = agreed.entry(case.group).or_default();
        tally.1 += 1;
        match differences::judge(&ours, theirs) {
            Verdict::Agree => tally.0 += 1,
            Verdict::Known(name) => *known.entry(name).or_default() += 1,
            Verdict::Wrong => wrong.push(format!(
                "{}\n  oslo.policy: {theirs}\n  ours:        {ours}",
                case.line(number)
            )),
        }
    }
    for (group, (agreed, all)) in &agreed {
        println!("{group}: {agreed} of {all} agree");
    }
    for (name, count) in &known {
        println!("{name}: {count}, a known difference");
    }
    let shown = wrong
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {} disagree:\n{shown}",
        wrong.len(),
        cases.len()
    );
    for difference in &DIFFERENCES {
        assert!(
            known.contains_key(difference.name),
            "`{}` is met by no case any more: take it off the list",
            difference.name
        );
    }
}

/// Every known difference has its paragraph in the documentation.
#[test]
fn known_differences_are_documented() {
    let text = include_str!("../../../../docs/differences.md");
    for difference in &DIFFERENCES {
        assert!(
            text.contains(&format!("**{}**", difference.name)),
            "docs/differences.md does not explain `{}`",
            difference.name
        );
    }
}

#[test]
fn the_policies_of_keystone_are_those_of_the_installed_one() {
    let written = upstream::output("keystone_policies.py");
    assert_eq!(
        written,
        include_str!("../../../../specs/policies/identity.yaml"),
        "write specs/policies/identity.yaml again with tests/lab/keystone_policies.py"
    );
}

fn ours(case: &Case, number: usize) -> Value {
    let answer = keystone_policy::upstream::answer_line(case.line(number).as_bytes());
    assert!(answer.understood, "{}: {}", case.line(number), answer.text);
    let answer: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(answer["id"], number, "{answer}");
    answer
}
