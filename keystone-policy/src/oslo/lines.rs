//! The lines of `keystone policy eval`: a case as a JSON object, and what oslo.policy would say.

use std::fmt::Write;

use serde_json::json;

use crate::oslo::document::{Creds, Document};
use crate::oslo::line::Line;
use crate::oslo::{Exception, Plan, Registered, depth, read_rule};
use crate::value::{AttrValue, Value};

/// The result of a line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LineResult {
    /// A JSON object on one line.
    pub text: String,
    /// False when the line is not a case. The text then says what is wrong with it.
    pub understood: bool,
}

/// Evaluates a case. The members of the object:
///
/// - `id` comes back as it is;
/// - `parse`, a rule: the result has its `canonical` text, and nothing else is read;
/// - `rules`, from names to rules, and `registered`, a list of policies as `name`, `check_str`,
///   `scope_types`, `deprecated_rule` (a `name` and a `check_str`) and `deprecated_for_removal`:
///   with these, `rules` is what a policy file overrides;
/// - `rule`, `target` and `creds`: what is asked for, about what, and by whom;
/// - `default_rule`, `enforce_new_defaults`, `enforce_scope`, `api` (`enforce` or `authorize`) and
///   `do_raise`, as in oslo.policy.
///
/// The result has `id` and one of `result`, `canonical` and `error`, the last with the `class` of the
/// exception and its `message`.
///
/// ```
/// use keystone_policy::oslo::evaluate_line;
///
/// let line = br#"{"id": 1, "rules": {"a": "role:admin"}, "rule": "a", "target": {}, "creds": {"roles": ["Admin"]}}"#;
/// assert_eq!(evaluate_line(line).text, r#"{"id": 1, "result": true}"#);
/// ```
pub fn evaluate_line(line: &[u8]) -> LineResult {
    let (id, result) = evaluate(line);
    LineResult {
        understood: !matches!(result, Err(Refusal::BadLine(_))),
        text: written(&id, result),
    }
}

/// The result of a line.
enum Outcome {
    Canonical(String),
    Decision(bool),
}

/// Why there is no such result.
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

fn written(id: &str, result: Result<Outcome, Refusal>) -> String {
    let (key, value) = match result {
        Ok(Outcome::Canonical(text)) => ("canonical", json!(text)),
        Ok(Outcome::Decision(result)) => ("result", json!(result)),
        Err(Refusal::BadLine(problem)) => {
            ("error", json!({"class": "BadLine", "message": problem}))
        }
        Err(Refusal::Raised(raised)) => (
            "error",
            json!({"class": raised.class(), "message": raised.message()}),
        ),
    };
    // The id stands here word for word as it came.
    ascii(&format!("{{\"id\": {id}, \"{key}\": {value}}}"))
}

/// JSON without any character that a reader of lines could take for the end of one.
fn ascii(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            plain.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(plain, "\\u{unit:04x}");
            }
        }
    }
    plain
}

/// The id of a line as JSON, and the result.
fn evaluate(line: &[u8]) -> (String, Result<Outcome, Refusal>) {
    let Ok(text) = std::str::from_utf8(line) else {
        let problem = "the line is not UTF-8".to_owned();
        return ("null".to_owned(), Err(problem.into()));
    };
    let line = Line::read(text);
    let id = line.id.unwrap_or("null").to_owned();
    let result = line.checked().map_err(Refusal::from);
    let result = result.and_then(|line| match line.optional("parse") {
        Some(rule) => canonical(rule),
        None => decide(&line),
    });
    (id, result)
}

fn canonical(rule: &Document) -> Result<Outcome, Refusal> {
    let rule = read_rule(rule.attr_value())?;
    match depth::can_be_written(&rule) {
        true => Ok(Outcome::Canonical(rule.to_string())),
        false => Err(Exception::recursion().into()),
    }
}

fn decide(line: &Line<'_>) -> Result<Outcome, Refusal> {
    let name = line
        .text("rule")?
        .ok_or_else(|| "`rule` is missing".to_owned())?;
    line.object("target")?;
    let (target, creds) = (line.document("target")?, line.document("creds")?);
    let do_raise = line.flag("do_raise", false)?;
    let authorize = is_authorize(line)?;
    let plan = plan(line, authorize.then_some(name))?;
    let creds = Creds::new(creds)?;
    let enforcer = plan.build();
    let result = match do_raise {
        true => enforcer.enforce_or_raise(name, &creds, target),
        false => enforcer.enforce(name, &creds, target),
    };
    match creds.fault() {
        Some(fault) => Err(fault.into()),
        None => Ok(Outcome::Decision(result?)),
    }
}

fn is_authorize(line: &Line<'_>) -> Result<bool, Refusal> {
    match line.text("api")? {
        None | Some("enforce") => Ok(false),
        Some("authorize") => Ok(true),
        Some(other) => Err(format!("`api` is `{other}`, not `enforce` or `authorize`").into()),
    }
}

/// The settings and the rules of a line. What is to be authorized must be among the registered.
///
/// Policies are registered, then asked for, and only then the file is read: in that order oslo.policy
/// meets what is wrong with them. Without registered policies the rules are there from the start.
fn plan(line: &Line<'_>, authorized: Option<&str>) -> Result<Plan, Refusal> {
    let mut plan = Plan::new()
        .enforce_new_defaults(line.flag("enforce_new_defaults", true)?)
        .enforce_scope(line.flag("enforce_scope", true)?);
    if let Some(name) = line.text("default_rule")?.filter(|name| !name.is_empty()) {
        plan = plan.default_rule(name);
    }
    let registered = registered(line)?;
    // A policy file may be empty.
    let rules = match (line.optional("rules"), &registered) {
        (None, Some(_)) => &[],
        _ => line.object("rules")?,
    };
    let read = |plan: &mut Plan| {
        let mut rules = rules.iter();
        rules.try_for_each(|(name, check)| {
            plan.set(name, read_rule(check.attr_value())?);
            Ok::<(), Exception>(())
        })
    };
    let is_file = registered.is_some();
    if !is_file {
        read(&mut plan)?;
    }
    for policy in registered.into_iter().flatten() {
        plan.register(register(policy)?)?;
    }
    if let Some(name) = authorized {
        plan.require_registered(name)?;
    }
    if is_file {
        read(&mut plan)?;
    }
    Ok(plan)
}

fn registered<'a>(line: &'a Line<'_>) -> Result<Option<&'a [Document]>, Refusal> {
    match line.optional("registered") {
        None | Some(Document::Null) => Ok(None),
        Some(Document::List(policies)) => Ok(Some(policies)),
        Some(_) => Err("`registered` must be a list".to_owned().into()),
    }
}

fn register(policy: &Document) -> Result<Registered, Refusal> {
    let (name, check) = named_check(policy, "a registered policy")?;
    let mut registered = Registered::new(name, check)?;
    if let Some(old) = policy
        .member("deprecated_rule")
        .filter(|old| !matches!(old, Document::Null))
    {
        let (name, check) = named_check(old, "`deprecated_rule`")?;
        registered = registered.deprecated(name, check)?;
    }
    // What is false to Python limits nothing.
    let scope_types = policy.member("scope_types");
    match scope_types.filter(|given| given.attr_value().is_truthy()) {
        Some(scope_types) => Ok(registered.scope_types(texts(scope_types)?)?),
        None => Ok(registered),
    }
}

/// Scope types, as oslo.policy takes them.
fn texts(list: &Document) -> Result<Vec<String>, Exception> {
    let texts = match list {
        Document::List(items) => items
            .iter()
            .map(|item| item.as_text().map(str::to_owned))
            .collect(),
        _ => None,
    };
    texts.ok_or_else(|| Exception::new("ValueError", "scope_types must be a list of strings"))
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

    fn one(line: &str) -> String {
        evaluate_line(line.as_bytes()).text
    }

    #[test]
    fn ids_come_back_as_they_were_written() {
        let line = r#"{"id": [1,  1.50], "parse": "a:b or (c:d) and not e:f"}"#;
        let expected = r#"{"id": [1,  1.50], "canonical": "(a:b or (c:d and not e:f))"}"#;
        assert_eq!(one(line), expected);
        assert!(one(r#"{"parse": []}"#).starts_with(r#"{"id": null, "canonical""#));
    }

    #[test]
    fn bad_lines_are_told() {
        let cases = [
            ("", "null"),
            ("{", "null"),
            ("[1]", "null"),
            (r#"{"id": 7}"#, "7"),
            (
                r#"{"id": 7, "rule": "a", "rules": {}, "target": [], "creds": {}}"#,
                "7",
            ),
            (
                r#"{"id": 7, "rule": "a", "rules": [], "target": {}, "creds": {}}"#,
                "7",
            ),
            (
                r#"{"id": 7, "rule": 1, "rules": {}, "target": {}, "creds": {}}"#,
                "7",
            ),
            (
                r#"{"id": 7, "rule": "a", "rules": {}, "target": {}, "creds": {}, "api": "x"}"#,
                "7",
            ),
            (
                r#"{"id": 7, "rule": "a", "rules": {}, "target": {}, "creds": {}, "registered": [1]}"#,
                "7",
            ),
        ];
        for (line, id) in cases {
            let result = evaluate_line(line.as_bytes());
            assert!(!result.understood, "{line}");
            let begin = format!("{{\"id\": {id}, \"error\": {{\"class\":\"BadLine\"");
            assert!(result.text.starts_with(&begin), "{}", result.text);
        }
        assert!(!evaluate_line(b"\xff").understood);
    }

    #[test]
    fn a_line_that_breaks_off_keeps_its_id_only_if_that_was_read() {
        for (line, id) in [
            (r#"{"id": "a\u00e9", "rule": oops}"#, r#""a\u00e9""#),
            (r#"{"id": [1, 2], "rules": {"a": "@"}"#, "[1, 2]"),
            (r#"{"id": 7} x"#, "7"),
            (r#"{"rule": oops, "id": 7}"#, "null"),
            (r#"{"id": oops}"#, "null"),
            (r#"{"id""#, "null"),
            (r#"{"id": 7, "parse": "\ud800"}"#, "7"),
            ("\u{feff}{\"id\": 7}", "null"),
        ] {
            let result = evaluate_line(line.as_bytes());
            assert!(!result.understood, "{line}");
            let begin = format!("{{\"id\": {id}, \"error\": {{\"class\":\"BadLine\"");
            assert!(result.text.starts_with(&begin), "{}", result.text);
        }
    }

    #[test]
    fn results_are_one_line_of_ascii() {
        let result = one("{\"id\": \"\u{2028}é😀\", \"parse\": \"a:\u{2028}é\"}");
        assert_eq!(
            result,
            r#"{"id": "\u2028\u00e9\ud83d\ude00", "canonical": "!"}"#
        );
        let result = one(r#"{"parse": ["a:\u2028"]}"#);
        assert_eq!(result, r#"{"id": null, "canonical": "a:\u2028"}"#);
    }

    #[test]
    fn a_policy_file_may_be_absent_beside_registered_policies() {
        let rest = r#""rule": "a", "target": {}, "creds": {}"#;
        let registered = r#""registered": [{"name": "a", "check_str": "@"}]"#;
        assert!(one(&format!("{{{registered}, {rest}}}")).contains("true"));
        assert!(one(&format!("{{{rest}}}")).contains("BadLine"));
    }

    #[test]
    fn of_several_mistakes_the_first_that_oslo_policy_meets_is_told() {
        let twice = r#"[{"name": "a", "check_str": ""}, {"name": "a", "check_str": ""}]"#;
        let odd = r#"[{"name": "a", "check_str": "", "scope_types": "system"}]"#;
        let fine = r#"[{"name": "a", "check_str": ""}]"#;
        for (registered, rules, rule, creds, class) in [
            (twice, r#"{"x": 1}"#, "no", "[]", "DuplicatePolicyError"),
            (odd, r#"{"x": 1}"#, "no", "[]", "ValueError"),
            (fine, r#"{"x": 1}"#, "no", "[]", "PolicyNotRegistered"),
            (fine, r#"{"x": 1}"#, "a", "[]", "TypeError"),
            (fine, "{}", "a", "[]", "InvalidContextObject"),
            ("null", r#"{"x": 1}"#, "no", "[]", "TypeError"),
            ("null", "{}", "no", "[]", "PolicyNotRegistered"),
        ] {
            let result = one(&format!(
                r#"{{"registered": {registered}, "rules": {rules}, "rule": "{rule}", "target": {{}},
                    "creds": {creds}, "api": "authorize"}}"#
            ));
            assert!(
                result.contains(&format!("\"class\":\"{class}\"")),
                "{result}"
            );
        }
    }

    #[test]
    fn a_rule_too_deep_fails_only_where_a_decision_gets_there() {
        let deep = format!("{}role:a", "not ".repeat(400));
        let ask = |rule: &str| {
            one(&format!(
                r#"{{"rules": {{"deep": "{deep}", "first": "@ or rule:deep", "last": "! or rule:deep"}},
                    "rule": "{rule}", "target": {{}}, "creds": {{}}}}"#
            ))
        };
        assert!(ask("first").contains("true"));
        for rule in ["deep", "last"] {
            assert!(
                ask(rule).contains("\"class\":\"TypeError\""),
                "{}",
                ask(rule)
            );
        }
        for depth in [400, 2_000, 100_000] {
            let parse = format!(r#"{{"parse": "{}role:a"}}"#, "not ".repeat(depth));
            assert!(one(&parse).contains("\"class\":\"RecursionError\""));
        }
        let fine = format!(r#"{{"parse": "{}role:a"}}"#, "not ".repeat(320));
        assert!(one(&fine).contains("canonical"));
        let joined = format!(
            "{}@{}",
            "role:x and (role:y or (".repeat(50_000),
            "))".repeat(50_000)
        );
        let result = one(&format!(
            r#"{{"rules": {{"a": "{joined}"}}, "rule": "a", "target": {{}}, "creds": {{}}}}"#
        ));
        assert!(result.contains("TypeError"), "{result}");
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
            let result = one(&format!("{{\"target\": {{}}, {members}}}"));
            assert!(
                result.contains(&format!("\"class\":\"{class}\"")),
                "{result}"
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
