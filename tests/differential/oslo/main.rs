//! Thousands of cases, decided by oslo.policy and by `keystone policy eval`.

mod cases;
mod differences;
mod documents;
mod engine;
mod keystone;
mod python;
mod registered;
mod remote;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cases::Case;
use crate::differences::{DIFFERENCES, Verdict};
use crate::engine::Engine;

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
    let theirs = python::answers(&cases);
    assert_eq!(theirs.len(), cases.len());

    let mut tally = Tally::default();
    for (number, (case, theirs)) in cases.iter().zip(&theirs).enumerate() {
        tally.compare(case, number, theirs);
    }
    tally.print();
    let wrong = &tally.wrong;
    let shown: Vec<&str> = wrong.iter().take(SHOWN).map(String::as_str).collect();
    let shown = shown.join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {} disagree:\n{shown}",
        wrong.len(),
        cases.len()
    );
    assert!(tally.by_engine >= AT_LEAST, "{}", tally.by_engine);
    for difference in &DIFFERENCES {
        assert!(
            tally.known.contains_key(difference.name),
            "`{}` is met by no case any more: take it off the list",
            difference.name
        );
    }
}

/// What came of comparing.
#[derive(Default)]
struct Tally {
    /// How many of each group agree, and how many there are.
    agreed: BTreeMap<&'static str, (usize, usize)>,
    known: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
    engine: Engine,
    by_engine: usize,
    /// How many more the engine refused for their operands, which oslo.policy decided.
    refused: usize,
}

impl Tally {
    fn compare(&mut self, case: &Case, number: usize, theirs: &Value) {
        let ours = ours(case, number);
        let group = self.agreed.entry(case.group).or_default();
        group.1 += 1;
        match differences::judge(&ours, theirs) {
            Verdict::Agree => group.0 += 1,
            Verdict::Known(name) => return *self.known.entry(name).or_default() += 1,
            Verdict::Wrong => self.disagree(case, number, theirs, &ours.to_string()),
        }
        // Those by hand are about how eval reads its lines, too.
        if case.group == "quirks by hand" {
            return;
        }
        if let Some(engine) = self.engine.answer(&case.line(number)) {
            // What services do not load is no decision of theirs.
            match (&engine, theirs.get("error")) {
                (engine::Answer::Refused, None) => self.refused += 1,
                _ => self.by_engine += 1,
            }
            if !engine::agrees(&engine, theirs) {
                self.disagree(case, number, theirs, &format!("{engine:?} by the engine"));
            }
        }
    }

    fn disagree(&mut self, case: &Case, number: usize, theirs: &Value, ours: &str) {
        let line = case.line(number);
        self.wrong.push(format!(
            "{line}\n  oslo.policy: {theirs}\n  ours:        {ours}"
        ));
    }

    fn print(&self) {
        for (group, (agreed, all)) in &self.agreed {
            println!("{group}: {agreed} of {all} agree");
        }
        let by_engine = self.by_engine;
        println!("{} more were refused for their operands", self.refused);
        println!("{by_engine} of them were also decided by the rules that services use");
        for (name, count) in &self.known {
            println!("{name}: {count}, a known difference");
        }
    }
}

/// Every known difference has its paragraph in the documentation.
#[test]
fn known_differences_are_documented() {
    let text = include_str!("../../../docs/differences.md");
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
    let written = python::output("keystone_policies.py");
    assert_eq!(
        written,
        include_str!("../../../specs/policies/identity.yaml"),
        "write specs/policies/identity.yaml again with tests/lab/keystone_policies.py"
    );
}

fn ours(case: &Case, number: usize) -> Value {
    let answer = keystone_policy::oslo::evaluate_line(case.line(number).as_bytes());
    assert!(answer.understood, "{}: {}", case.line(number), answer.text);
    let answer: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(answer["id"], number, "{answer}");
    answer
}
