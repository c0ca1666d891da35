//! JSON values as YAML, in blocks of lines.

use keystone_document::{Layout, Mapping, Node, write};
use serde_json::Value;

/// The document, without a line break at its end.
pub(super) fn text(value: &Value) -> String {
    let mut text = write(&node(value), Layout::default());
    text.truncate(text.trim_end().len());
    text
}

fn node(value: &Value) -> Node {
    match value {
        Value::Null => Node::null(),
        Value::Bool(value) => Node::from(*value),
        Value::Number(number) => Node::number(&number.to_string()),
        Value::String(text) => Node::from(text),
        Value::Array(items) => items.iter().map(node).collect(),
        Value::Object(members) => {
            let mut mapping = Mapping::new();
            for (name, member) in members {
                mapping.push(name, node(member));
            }
            mapping.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use keystone_document::{Content, Node, Style};
    use keystone_sdk::printable;
    use serde_json::json;

    use super::*;

    /// Reads it as YAML.
    fn read(node: &Node) -> Value {
        match &node.value {
            Content::Mapping(entries) => entries
                .iter()
                .map(|entry| (entry.name().to_owned(), read(&entry.value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Content::Sequence(items) => items.iter().map(read).collect(),
            Content::Scalar(text) if node.style == Style::Plain => {
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
            json!({"a b": [{"c": 1, "d": [{"e": "f"}]}], "f": 1e300}),
            json!({"a\u{202e}": "\u{1b}[31m\u{9b}\u{7f}\u{e0041}"}),
        ] {
            let text = text(&value);
            let root = keystone_document::read("a.yaml", &text)
                .unwrap_or_else(|error| panic!("{error}\n{text}"));
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
