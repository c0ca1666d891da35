//! Runs the cases through keystoneauth1.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::case::{self, Case};
use super::stage::Stage;

/// So many cases have their servers up at a time.
const BATCH: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn keystoneauth1_does_the_same_but_where_a_case_says_why_not() {
    let mut wrong = Vec::new();
    for batch in case::all().chunks(BATCH) {
        let mut stages = Vec::new();
        for (_, case) in batch {
            stages.push(Stage::set(case).await);
        }
        let on_stage = stages
            .iter()
            .zip(batch)
            .map(|(stage, (_, case))| stage.on_stage(case));
        let results = results(on_stage.collect()).await;
        assert_eq!(results.len(), batch.len());
        for ((stage, (file, case)), results) in stages.iter().zip(batch).zip(results) {
            let found = stage.outcome(results);
            let expected = case.expected_of_keystoneauth();
            if found != expected {
                wrong.push(found.complaint(file, &case.name, &expected));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What came of the steps of each case.
async fn results(cases: Vec<Case>) -> Vec<Vec<Value>> {
    let input = serde_json::to_vec(&cases).unwrap();
    let run = move || {
        let mut python: Command = keystone_lab::python("auth_vectors.py").unwrap();
        python.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut python = python.spawn().unwrap();
        python.stdin.take().unwrap().write_all(&input).unwrap();
        python.wait_with_output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}
