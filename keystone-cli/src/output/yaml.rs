//! JSON values as YAML: blocks of lines, with texts quoted as JSON quotes them, which is YAML too.

use keystone_sdk::printable;
use serde_json::Value;

/// The document, without a line break at its end.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.trim_start().to_owned()
}

/// Writes what stands after a `:` or a `-`, with the blank or line break before it.
fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                line(depth, &format!("{}:", key(name)), text);
                write(member, depth + 1, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                line(depth, "-", text);
                write(item, depth + 1, text);
            }
        }
        Value::String(one) => text.push_str(&format!(" {}", scalar(one))),
        other => text.push_str(&format!(" {other}")),
    }
}

fn line(depth: usize, start: &str, text: &mut String) {
    // The first member of a list's item stands behind its hyphen.
    if text.ends_with("\n-") || text == "-" || text.ends_with(" -") {
        text.push(' ');
    } else {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    }
    text.push_str(start);
}

/// A name without quotes where it can be nothing else.
fn key(name: &str) -> String {
    if is_word(name) {
        name.to_owned()
    } else {
        scalar(name)
    }
}

/// A text without quotes where it can be nothing else: no number, no truth value, no date.
fn scalar(text: &str) -> String {
    if is_word(text) {
        text.to_owned()
    } else {
        let mut quoted = String::new();
        for one in Value::from(text).to_string().chars() {
            // YAML has no pairs of surrogates, which JSON would take here.
            match u32::from(one) {
                _ if !printable::is_unseen(one) => quoted.push(one),
                code @ ..=0xffff => quoted.push_str(&format!("\\u{code:04x}")),
                code => quoted.push_str(&format!("\\U{code:08x}")),
            }
        }
        quoted
    }
}

fn is_word(text: &str) -> bool {
    const OTHERS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '_')
        && !OTHERS.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use keystone_policy::yaml::{self, Content, Node};
    use serde_json::json;

    use super::*;

    /// What a reader of YAML makes of it.
    fn read(node: &Node) -> Value {
        match &node.value {
            Content::Mapping(entries) => entries
                .iter()
                .map(|entry| (entry.name().to_owned(), read(&entry.value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Content::Sequence(items) => items.iter().map(read).collect(),
            Content::Scalar(text) if node.style == yaml::Style::Plain => {
                serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into())
            }
            Content::Scalar(text) => text.as_str().into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for value in [
            json!({"id": "0123", "roles": ["admin", "no"], "n": 1, "on": true, "none": null}),
            json!([{"a": {"b": []}, "c": {}}, ["x", ["y"]], "é\n: # '\""]),
            json!([]),
            json!({"a b": [{"c": 1, "d": [{"e": "f"}]}]}),
            json!({"a\u{202e}": "\u{1b}[31m\u{9b}\u{7f}\u{e0041}"}),
        ] {
            let text = text(&value);
            let root =
                yaml::read("a.yaml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(read(&root), value, "{text}");
            assert!(
                !text.contains(|one| one != '\n' && printable::is_unseen(one)),
                "{text}"
            );
        }
    }

    #[test]
    fn it_is_plain_to_people() {
        let value = json!([{"id": "a", "roles": ["b"]}, {"id": "2", "roles": []}]);
        let plain = "- id: a\n  roles:\n    - b\n- id: \"2\"\n  roles: []";
        assert_eq!(text(&value), plain);
    }
}
