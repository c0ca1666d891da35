//! oslo.policy and other Python in a process of its own.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::cases::Case;

/// What oslo.policy answers to each case.
pub(crate) fn answers(cases: &[Case]) -> Vec<Value> {
    let lines = cases.iter().enumerate();
    let lines: Vec<String> = lines.map(|(number, case)| case.line(number)).collect();
    answers_of("oslo_eval.py", &lines)
}

/// What a script of the lab answers to each line, whose `id` is its number.
pub(crate) fn answers_of(script: &str, lines: &[String]) -> Vec<Value> {
    let mut python = keystone_lab::python(script).unwrap();
    python
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = python.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = lines.join("\n") + "\n";
    // Written beside, for it answers before it has read all.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = checked(child.wait_with_output().unwrap());
    writer.join().unwrap().unwrap();
    let answers: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), lines.len());
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
