//! What plugins send and make of the answers, as data: `tests/vectors/auth`.
//!
//! Each case names a plugin, its options, what a scripted server answers and what is done. Here the
//! cases run through our `Session`; with the real servers at hand they also run through
//! keystoneauth1, which must do the same but where a case says why not.

use std::collections::BTreeSet;

mod case;
mod differences;
mod ours;
mod outcome;
mod settings;
mod stage;
#[cfg(feature = "real-servers")]
mod theirs;

use outcome::Outcome;
use stage::Stage;

#[tokio::test]
async fn every_case_sends_what_it_says_and_ends_as_it_says() {
    let mut wrong = Vec::new();
    for (file, case) in case::all() {
        let stage = Stage::set(&case).await;
        let results = ours::run(&stage.on_stage(&case)).await;
        let found = stage.outcome(results);
        if found != case.expected() {
            wrong.push(found.complaint(&file, &case.name, &case.expected()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn no_two_cases_of_a_file_have_one_name() {
    let mut names = BTreeSet::new();
    for (file, case) in case::all() {
        assert!(!case.steps.is_empty(), "{file}: {} does nothing", case.name);
        let name = format!("{file}: {}", case.name);
        assert!(names.insert(name.clone()), "{name} stands twice");
    }
    assert!(names.len() >= 600, "only {} cases are read", names.len());
}

#[test]
fn a_case_that_says_why_it_differs_does_differ() {
    for (file, case) in case::all() {
        let differs = case.expected() != case.expected_of_keystoneauth();
        assert_eq!(differs, case.differs.is_some(), "{file}: {}", case.name);
    }
}
