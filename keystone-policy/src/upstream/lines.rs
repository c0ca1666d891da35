//! The lines of `keystone policy eval`: a case as a JSON object, and what oslo.policy would answer.

use serde_json::json;

use crate::upstream::document::{Creds, Document, Members};
use crate::upstream::{Exception, Plan, Registered, read_rule};
use crate::value::{AttrValue, Value};

/// The answer to a line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LineAnswer {
    /// A JSON object on one line.
    pub text: String,
    /// False when the line is not a case. The text then says what is wrong with it.
    pub understood: bool,
}

/// Answers a case. The members of the object:
///
/// - `id` comes back as it is;
/// - `parse`, a rule: the answer has its `canonical` text, and nothing else is read;
/// - `rules`, from names to rules, and `registered`, a list of policies as `name`, `check_str`,
///   `scope_types`, `deprecated_rule` (a `name` and a `check_str`) and `deprecated_for_removal`:
///   with these, `rules` is what a policy file overrides;
/// - `rule`, `target` and `creds`: what is asked for, about what, and by whom;
/// - `default_rule`, `enforce_new_defaults`, `enforce_scope`, `api` (`enforce` or `authorize`) and
///   `do_raise`, as in oslo.policy.
///
/// The answer has `id` and one of `result`, `canonical` and `error`, the last with the `class` of the
/// exception and its `message`.
///
/// ```
/// use keystone_policy::upstream::answer_line;
///
/// let line = br#"{"id": 1, "rules": {"a": "role:admin"}, "rule": "a", "target": {}, "creds": {"roles": ["Admin"]}}"#;
/// assert_eq!(answer_line(line).text, r#"{"id": 1, "result": true}"#);
/// ```
pub fn answer_line(line: &[u8]) -> LineAnswer {
    let (id, answer) = answer(line);
    LineAnswer {
        understood: !matches!(answer, Err(Refusal::BadLine(_))),
        text: written(&id, answer),
    }
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
    match creds.fault() {
        Some(fault) => Err(fault.into()),
        None => Ok(Answer::Decision(result?)),
    }
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

    fn one(line: &str) -> String {
        answer_line(line.as_bytes()).text
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
            let answer = answer_line(line.as_bytes());
            assert!(!answer.understood, "{line}");
            let begin = format!("{{\"id\": {id}, \"error\": {{\"class\":\"BadLine\"");
            assert!(answer.text.starts_with(&begin), "{}", answer.text);
        }
        assert!(!answer_line(b"\xff").understood);
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
