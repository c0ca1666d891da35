//! The OpenAPI document that the page shows.

use bytes::Bytes;
use keystone_document::{Content, Node, Scalar};

/// The key with the names of an operation's, or an attribute's, policies.
const POLICIES: &str = "x-openstack-policies";
/// The name of the document in errors.
const NAME: &str = "the OpenAPI document";

/// An OpenAPI document, ready to be served.
pub(super) struct Document {
    /// As JSON, with names in the order of the document.
    pub(super) json: Bytes,
    /// As it was given, unless that is JSON.
    pub(super) yaml: Option<Bytes>,
    pub(super) title: String,
    /// The policies that it names, without duplicates.
    pub(super) policies: Vec<String>,
}

impl Document {
    /// Reads YAML or JSON; an error is a message with the position.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let root = keystone_document::read(NAME, text).map_err(|fault| fault.to_string())?;
        let version = root.get("openapi").and_then(Node::text);
        if !version.is_some_and(|version| version.starts_with("3.")) {
            let place = root.get("openapi").unwrap_or(&root).position;
            return Err(format!(
                "{NAME}:{place}: this is not OpenAPI 3: write `openapi: \"3.1.0\"` and `paths`"
            ));
        }
        if root.get("paths").and_then(Node::mapping).is_none() {
            let place = root.get("paths").unwrap_or(&root).position;
            return Err(format!(
                "{NAME}:{place}: `paths` must be a mapping from paths to operations"
            ));
        }
        let mut json = String::new();
        write_json(&root, &mut json)?;
        let mut policies = Vec::new();
        find_policies(&root, &mut policies);
        let title = root.get("info").and_then(|info| info.get("title"));
        let title = title.and_then(Node::text).unwrap_or("API").to_owned();
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        Ok(Self {
            json: json.into(),
            yaml: (!is_json).then(|| Bytes::from(text.to_owned())),
            title,
            policies,
        })
    }
}

/// Writes JSON in the order of the document, unlike `serde_json::Value`, which sorts names.
fn write_json(node: &Node, out: &mut String) -> Result<(), String> {
    match &node.value {
        Content::Mapping(entries) => {
            out.push('{');
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&quoted(entry.name()));
                out.push(':');
                write_json(&entry.value, out)?;
            }
            out.push('}');
        }
        Content::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item, out)?;
            }
            out.push(']');
        }
        Content::Scalar(_) => match node.scalar() {
            Some(Scalar::Bool(value)) => out.push_str(if value { "true" } else { "false" }),
            Some(Scalar::Int(value)) => out.push_str(&value.to_string()),
            Some(Scalar::Float(value)) if value.is_finite() => {
                out.push_str(&serde_json::Value::from(value).to_string());
            }
            Some(Scalar::Text(text) | Scalar::Timestamp(text)) => out.push_str(&quoted(text)),
            Some(Scalar::Null) => out.push_str("null"),
            _ => {
                let (place, text) = (node.position, node.text().unwrap_or_default());
                return Err(format!(
                    "{NAME}:{place}: JSON has no `{text}`; put it in quotes if it is a text"
                ));
            }
        },
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn find_policies(node: &Node, found: &mut Vec<String>) {
    for item in node.sequence().unwrap_or_default() {
        find_policies(item, found);
    }
    for entry in node.mapping().unwrap_or_default() {
        match entry.value.sequence() {
            Some(names) if entry.name() == POLICIES => {
                for name in names.iter().filter_map(Node::text) {
                    if !found.iter().any(|known| known == name) {
                        found.push(name.to_owned());
                    }
                }
            }
            _ => find_policies(&entry.value, found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "openapi: 3.1.0\ninfo: {title: Notes, version: v1}\npaths:\n  /z:\n    get: {x-openstack-policies: [b]}\n  /a:\n    get: {x-openstack-policies: [b, a]}\n";

    #[test]
    fn yaml_becomes_json_in_the_order_of_the_document() {
        let document = Document::read(SMALL).unwrap();
        let json = std::str::from_utf8(&document.json).unwrap();
        assert!(
            json.starts_with(r#"{"openapi":"3.1.0","info":{"title":"Notes""#),
            "{json}"
        );
        assert!(json.find("/z") < json.find("/a"), "{json}");
        assert_eq!(document.title, "Notes");
        assert_eq!(document.policies, ["b", "a"]);
        assert_eq!(document.yaml.as_deref(), Some(SMALL.as_bytes()));
    }

    #[test]
    fn json_is_served_as_json_alone() {
        let json = Document::read(SMALL).unwrap().json;
        let again = Document::read(std::str::from_utf8(&json).unwrap()).unwrap();
        assert_eq!(again.json, json);
        assert!(again.yaml.is_none());
    }

    #[test]
    fn each_kind_of_value_is_the_same_in_json() {
        let text = "openapi: '3.0.3'\npaths: {}\nx: [1, 1.5, true, null, '1', \"a\\\"\\n\", 2001-01-01, {}, []]\n";
        let document = Document::read(text).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&document.json).unwrap();
        let expected = serde_json::json!([1, 1.5, true, null, "1", "a\"\n", "2001-01-01", {}, []]);
        assert_eq!(json["x"], expected);
    }

    #[test]
    fn what_is_no_document_is_refused_with_place_and_remedy() {
        for (text, says) in [
            ("", "the document is empty"),
            ("swagger: '2.0'\npaths: {}\n", "this is not OpenAPI 3"),
            (
                "openapi: 3.1.0\npaths: []\n",
                "2:8: `paths` must be a mapping",
            ),
            ("openapi: 3.1.0\n", "1:1: `paths` must be a mapping"),
            ("openapi: 3.1.0\npaths: {\n", "the OpenAPI document:"),
            (
                "openapi: 3.1.0\npaths: {}\nx: .inf\n",
                "3:4: JSON has no `.inf`",
            ),
        ] {
            let error = Document::read(text).err().unwrap();
            assert!(error.contains(says), "{error}");
        }
    }
}
