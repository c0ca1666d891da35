//! Explanations as text and as JSON.

use std::fmt;

use crate::decide::decision::Decision;
use crate::explain::{Explained, Explanation};
use crate::value::json_text::push_text;

/// As text: one line for each part, indented below its parent.
pub(super) fn text(explanation: &Explanation, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let policy = &explanation.policy;
    match &explanation.decision {
        Ok(Decision::Allow) => writeln!(f, "policy `{policy}` is allowed")?,
        Ok(Decision::Needs(_)) => {
            writeln!(
                f,
                "policy `{policy}` depends on another server or a check of the service"
            )?;
        }
        Ok(Decision::Deny(_)) if explanation.tree.is_some() => {
            writeln!(f, "policy `{policy}` is denied")?;
        }
        Ok(Decision::Deny(reason)) => writeln!(f, "{reason}")?,
        Err(error) => writeln!(f, "{error}")?,
    }
    match &explanation.tree {
        Some(tree) => lines(tree, 1, f),
        None => Ok(()),
    }
}

fn lines(part: &Explained, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Explained {
        text,
        result,
        detail,
        place,
        parts,
    } = part;
    write!(
        f,
        "{:indent$}{}: {text}",
        "",
        result.as_str(),
        indent = 2 * depth
    )?;
    for more in [detail, place] {
        if !more.is_empty() {
            write!(f, ", {more}")?;
        }
    }
    writeln!(f)?;
    parts.iter().try_for_each(|part| lines(part, depth + 1, f))
}

/// As JSON.
pub(super) fn json(explanation: &Explanation) -> String {
    let (decision, reason) = match &explanation.decision {
        Ok(Decision::Allow) => ("allow", None),
        Ok(Decision::Deny(reason)) => ("deny", Some(reason.to_string())),
        Ok(Decision::Needs(_)) => ("needs", None),
        Err(error) => ("error", Some(error.to_string())),
    };
    let mut out = String::new();
    member("{", "policy", &explanation.policy, &mut out);
    member(", ", "decision", decision, &mut out);
    if let Some(reason) = reason {
        member(", ", "reason", &reason, &mut out);
    }
    if let Some(tree) = &explanation.tree {
        out.push_str(", \"tree\": ");
        object(tree, &mut out);
    }
    out.push('}');
    out
}

fn object(part: &Explained, out: &mut String) {
    member("{", "check", &part.text, out);
    member(", ", "result", part.result.as_str(), out);
    for (name, value) in [("detail", &part.detail), ("place", &part.place)] {
        if !value.is_empty() {
            member(", ", name, value, out);
        }
    }
    let mut before = ", \"parts\": [";
    for inner in &part.parts {
        out.push_str(before);
        before = ", ";
        object(inner, out);
    }
    out.push_str(if part.parts.is_empty() { "}" } else { "]}" });
}

fn member(before: &str, name: &str, value: &str, out: &mut String) {
    out.push_str(before);
    push_text(name, out);
    out.push_str(": ");
    push_text(value, out);
}
