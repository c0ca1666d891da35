//! oslo.policy in its own process.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::cases::Case;

/// What oslo.policy answers to each case.
pub(crate) fn answers(cases: &[Case]) -> Vec<Value> {
    let mut python = keystone_lab::python("oslo_eval.py").unwrap();
    python
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = python.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = cases
        .iter()
        .enumerate()
        .map(|(number, case)| case.line(number) + "\n")
        .collect();
    // Written beside, for it answers before it has read all.
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = checked(child.wait_with_output().unwrap());
    writer.join().unwrap().unwrap();
    let answers: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], number);
    }
    answers
}

/// What a script of the lab prints.
pub(crate) fn output(script: &str) -> String {
    let mut python: Command = keystone_lab::python(script).unwrap();
    checked(python.output().unwrap())
}

fn checked(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}
