//! `keystone policy eval`: decisions as oslo.policy makes them, a JSON object a line.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use keystone_policy::upstream::{Exception, Plan, Registered, read_rule};
use keystone_policy::{AttrValue, Value};
use serde_json::json;

use crate::failure::Failure;
use crate::policy::eval::document::{Creds, Document, Members};

mod document;

/// The exit code when a line could not be understood.
const BAD_LINES: u8 = 2;

/// Answers every line of stdin on stdout.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    answer_all(io::stdin().lock(), io::stdout().lock())
}

fn answer_all(mut input: impl BufRead, mut output: impl Write) -> Result<ExitCode, Failure> {
    let mut all_good = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| broken("stdin cannot be read", &error))? == 0 {
            break;
        }
        let (id, answer) = answer(&line);
        all_good &= !matches!(answer, Err(Refusal::BadLine(_)));
        match writeln!(output, "{}", written(&id, answer)).and_then(|()| output.flush()) {
            // Whoever reads has enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            result => result.map_err(|error| broken("stdout cannot be written", &error))?,
        }
    }
    Ok(match all_good {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(BAD_LINES),
    })
}

fn broken(what: &str, error: &io::Error) -> Failure {
    Failure::settings(what).caused_by(error)
}

/// What a line asks for, answered.
enum Answer {
    Canonical(String),
    Decision(bool),
}

/// Why there is no such answer.
enum Refusal {
    BadLine(String),
    Raised(Exception),
}

impl From<Exception> for Refusal {
    fn from(exception: Exception) -> Self {
        Self::Raised(exception)
    }
}

impl From<String> for Refusal {
    fn from(problem: String) -> Self {
        Self::BadLine(problem)
    }
}

fn written(id: &str, answer: Result<Answer, Refusal>) -> String {
    let (key, value) = match answer {
        Ok(Answer::Canonical(text)) => ("canonical", json!(text)),
        Ok(Answer::Decision(result)) => ("result", json!(result)),
        Err(Refusal::BadLine(problem)) => {
            ("error", json!({"class": "BadLine", "message": problem}))
        }
        Err(Refusal::Raised(raised)) => (
            "error",
            json!({"class": raised.class(), "message": raised.message()}),
        ),
    };
    // The id stands here word for word as it came.
    format!("{{\"id\": {id}, \"{key}\": {value}}}")
}

/// The id of a line as JSON, and the answer.
fn answer(line: &[u8]) -> (String, Result<Answer, Refusal>) {
    let nameless = |problem: String| ("null".to_owned(), Err(Refusal::BadLine(problem)));
    let Ok(text) = std::str::from_utf8(line) else {
        return nameless("the line is not UTF-8".to_owned());
    };
    let members = match Members::read(text.trim()) {
        Ok(members) => members,
        Err(problem) => return nameless(problem),
    };
    let id = members.raw("id").unwrap_or("null").to_owned();
    let answer = match members.raw("parse") {
        Some(rule) => canonical(rule),
        None => decide(&members),
    };
    (id, answer)
}

fn canonical(rule: &str) -> Result<Answer, Refusal> {
    let rule = read_rule(Document::read(rule)?.attr_value())?;
    Ok(Answer::Canonical(rule.to_string()))
}

fn decide(line: &Members<'_>) -> Result<Answer, Refusal> {
    let name = line
        .text("rule")?
        .ok_or_else(|| "`rule` is missing".to_owned())?;
    let target = line.document("target")?;
    if !matches!(target, Document::Map(_)) {
        return Err("`target` must be an object".to_owned().into());
    }
    let creds = line.document("creds")?;
    let do_raise = line.flag("do_raise", false)?;
    let authorize = match line.text("api")?.as_deref() {
        None | Some("enforce") => false,
        Some("authorize") => true,
        Some(other) => {
            return Err(format!("`api` is `{other}`, not `enforce` or `authorize`").into());
        }
    };
    let mut plan = plan(line)?;
    if authorize {
        plan.require_registered(&name)?;
    }
    let Document::Map(rules) = line.document("rules")? else {
        return Err("`rules` must be an object".to_owned().into());
    };
    for (name, check) in rules {
        plan.set(name, read_rule(check.attr_value())?);
    }
    let creds = Creds::new(creds)?;
    let upstream = plan.build();
    let result = match do_raise {
        true => upstream.enforce_or_raise(&name, &creds, &target),
        false => upstream.enforce(&name, &creds, &target),
    };
    Ok(Answer::Decision(result?))
}

/// The settings and the registered policies of a line.
fn plan(line: &Members<'_>) -> Result<Plan, Refusal> {
    let mut plan = Plan::new()
        .enforce_new_defaults(line.flag("enforce_new_defaults", true)?)
        .enforce_scope(line.flag("enforce_scope", true)?);
    if let Some(name) = line.text("default_rule")?.filter(|name| !name.is_empty()) {
        plan = plan.default_rule(name);
    }
    match line.optional("registered")? {
        None | Some(Document::Null) => {}
        Some(Document::List(policies)) => {
            for policy in &policies {
                plan.register(registered(policy)?)?;
            }
        }
        Some(_) => return Err("`registered` must be a list".to_owned().into()),
    }
    Ok(plan)
}

fn registered(policy: &Document) -> Result<Registered, Refusal> {
    let (name, check) = named_check(policy, "a registered policy")?;
    let mut registered = Registered::new(name, check)?;
    match policy.member("scope_types") {
        None | Some(Document::Null) => {}
        Some(Document::List(names)) => {
            let names: Option<Vec<String>> = names
                .iter()
                .map(|name| name.as_text().map(str::to_owned))
                .collect();
            let problem = || "`scope_types` must be a list of texts".to_owned();
            registered = registered.scope_types(names.ok_or_else(problem)?)?;
        }
        Some(_) => return Err("`scope_types` must be a list of texts".to_owned().into()),
    }
    match policy.member("deprecated_rule") {
        None | Some(Document::Null) => Ok(registered),
        Some(old) => {
            let (name, check) = named_check(old, "`deprecated_rule`")?;
            Ok(registered.deprecated(name, check)?)
        }
    }
}

fn named_check<'a>(policy: &'a Document, what: &str) -> Result<(&'a str, Value<'a>), Refusal> {
    let name = policy.member("name").and_then(Document::as_text);
    match (name, policy.member("check_str")) {
        (Some(name), Some(check)) => Ok((name, check.attr_value())),
        _ => Err(format!("{what} must have a `name` and a `check_str`").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &str) -> (Vec<String>, bool) {
        let mut output = Vec::new();
        let code = answer_all(input.as_bytes(), &mut output).ok().unwrap();
        let lines = String::from_utf8(output).unwrap();
        (
            lines.lines().map(str::to_owned).collect(),
            code == ExitCode::SUCCESS,
        )
    }

    fn one(line: &str) -> String {
        answers(line).0.remove(0)
    }

    #[test]
    fn a_decision_and_a_canonical_text_are_answered_under_their_ids() {
        let (lines, good) = answers(concat!(
            r#"{"id": [1,  "a"], "rules": {"a": "role:x"}, "rule": "a", "target": {}, "creds": {"roles": ["X"]}}"#,
            "\n",
            r#"{"id": 1.50, "parse": "a:b or (c:d) and not e:f"}"#,
        ));
        assert_eq!(
            lines,
            [
                r#"{"id": [1,  "a"], "result": true}"#,
                r#"{"id": 1.50, "canonical": "(a:b or (c:d and not e:f))"}"#
            ]
        );
        assert!(good);
    }

    #[test]
    fn bad_lines_are_told_and_the_others_are_still_answered() {
        let (lines, good) = answers("{\n\n[1]\n{\"id\": 7}\n{\"id\": 8, \"parse\": []}\n\u{7}");
        assert_eq!(lines.len(), 6, "{lines:?}");
        for (line, id) in lines.iter().zip(["null", "null", "null", "7"]) {
            assert!(line.contains("\"class\":\"BadLine\""), "{line}");
            assert!(line.starts_with(&format!("{{\"id\": {id}, ")), "{line}");
        }
        assert_eq!(lines[4], r#"{"id": 8, "canonical": "@"}"#);
        assert!(!good);
    }

    #[test]
    fn what_oslo_policy_raises_is_told_by_its_class() {
        let cases = [
            (
                r#""rules": {"a": [1]}, "rule": "a", "creds": {}"#,
                "TypeError",
            ),
            (
                r#""rules": {"a": "@"}, "rule": "a", "creds": []"#,
                "InvalidContextObject",
            ),
            (
                r#""rules": {"a": "!"}, "rule": "a", "creds": {}, "do_raise": true"#,
                "PolicyNotAuthorized",
            ),
            (
                r#""rules": {"a": "@"}, "rule": "a", "creds": {}, "api": "authorize""#,
                "PolicyNotRegistered",
            ),
            (
                r#""rules": {"a": "rule:a"}, "rule": "a", "creds": {}"#,
                "TypeError",
            ),
            (
                r#""rules": {"a": "in:x"}, "rule": "a", "creds": {}"#,
                "SyntaxError",
            ),
            (
                r#""registered": [{"name": "a", "check_str": ""}, {"name": "a", "check_str": ""}], "rules": {}, "rule": "a", "creds": {}"#,
                "DuplicatePolicyError",
            ),
        ];
        for (members, class) in cases {
            let answer = one(&format!("{{\"target\": {{}}, {members}}}"));
            assert!(
                answer.contains(&format!("\"class\":\"{class}\"")),
                "{answer}"
            );
        }
    }

    #[test]
    fn registered_policies_stand_under_the_rules_of_the_file() {
        let line = |rules: &str, more: &str| {
            one(&format!(
                r#"{{"id": 0, "rules": {rules}, "rule": "new", "target": {{}}, "creds": {{"roles": ["old"]}},
                    "registered": [{{"name": "new", "check_str": "role:new",
                    "deprecated_rule": {{"name": "older", "check_str": "role:old"}}}}]{more}}}"#
            ).replace('\n', " "))
        };
        let yes = r#"{"id": 0, "result": true}"#;
        let no = r#"{"id": 0, "result": false}"#;
        assert_eq!(line("{}", ""), no);
        assert_eq!(line("{}", r#", "enforce_new_defaults": false"#), yes);
        assert_eq!(line(r#"{"older": "role:old or role:x"}"#, ""), yes);
        assert_eq!(line(r#"{"older": "role:old"}"#, ""), no);
        assert_eq!(line(r#"{"new": "@"}"#, ""), yes);
    }
}
