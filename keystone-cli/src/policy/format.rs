//! Policy files as text.

use keystone_document::quoted;
use keystone_policy::sources::file::DeprecatedEntry;
use serde_json::Value;

use crate::policy::files::{Declared, text, written};

/// How wide comments are.
const WIDTH: usize = 70;

/// A line of a policy file, with all of it in quotes, which nothing can break out of.
pub(super) fn entry(name: &str, value: &Value) -> String {
    format!("{}: {}", quoted(name), in_quotes(value))
}

fn in_quotes(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(in_quotes).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// The text as lines of a comment, broken between words.
pub(super) fn comment(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let mut current = format!("# {indent}");
        for word in line.split_whitespace() {
            let empty = current.len() == indent.len() + 2;
            if !empty && current.chars().count() + 1 + word.chars().count() > WIDTH {
                push_line(&mut lines, &current);
                current = format!("# {indent}");
            } else if !empty {
                current.push(' ');
            }
            current.push_str(word);
        }
        push_line(&mut lines, &current);
    }
    lines
}

fn push_line(lines: &mut String, line: &str) {
    lines.push_str(line.trim_end());
    lines.push('\n');
}

/// What is to be said of a policy, as comments before its line.
pub(super) fn documentation(declared: &Declared, with_deprecated: bool) -> String {
    let Some(policy) = &declared.policy else {
        return String::new();
    };
    let mut found = String::new();
    if let Some((reason, since)) = policy.removal.as_ref().filter(|_| with_deprecated) {
        let what = format!("DEPRECATED since {since}, to be removed. {reason}");
        found.push_str(&comment(&what));
    }
    found.push_str(&comment(&policy.description));
    for (method, path) in &policy.operations {
        found.push_str(&format!("# {method}  {path}\n"));
    }
    for attribute in &declared.attributes {
        found.push_str(&format!("# Attribute  {attribute}\n"));
    }
    if !policy.scope_types.is_empty() {
        let scopes = policy.scope_types.iter().map(|scope| scope.name());
        let scopes: Vec<&str> = scopes.collect();
        found.push_str(&format!("# Intended scope(s): {}\n", scopes.join(", ")));
    }
    if let Some(old) = policy.deprecated.as_ref().filter(|_| with_deprecated) {
        found.push_str(&replaced(&declared.name, old));
    }
    found
}

/// What is to be said of the policy that another replaced.
fn replaced(new: &str, old: &DeprecatedEntry) -> String {
    let name = &old.rule.name;
    let check = text(&written(&old.rule.rule));
    let mut found = comment(&format!(
        "DEPRECATED: it replaced `{name}` ({check}) in {}. {}",
        old.since, old.reason
    ));
    if name != new {
        found.push_str(&comment(&format!(
            "An override of `{name}` still counts as long as the new name is not overridden:"
        )));
        let new = Value::from(format!("rule:{new}"));
        found.push_str(&format!("# {}\n", entry(name, &new)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_broken_between_words_and_keep_their_indent() {
        let text = format!("{}\n\n  - a\n", "word ".repeat(20).trim());
        let lines = comment(&text);
        assert!(
            lines
                .lines()
                .all(|line| line.starts_with('#') && line.len() <= WIDTH)
        );
        assert!(lines.contains("\n#\n#   - a\n"), "{lines}");
    }

    #[test]
    fn nothing_breaks_out_of_an_entry() {
        assert_eq!(
            entry("a\"b", &Value::from("x\ny: \"@\"")),
            r#""a\"b": "x\ny: \"@\"""#
        );
    }
}
