//! A tree of YAML, and its text: block style, and flow style for what fits on a line.

use std::fmt::Write;

/// What is wider stands in block style.
const WIDTH: usize = 100;
/// What is nested deeper stands in block style.
const DEPTH: usize = 3;

/// A value of a document, its keys in the order in which they are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Bool(bool),
    Int(i64),
    List(Vec<Node>),
    Map(Map),
    Null,
    Text(String),
}

/// Keys and values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map(pub(super) Vec<(String, Node)>);

impl Map {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a key.
    pub(super) fn with(mut self, key: impl Into<String>, value: impl Into<Node>) -> Self {
        self.push(key, value);
        self
    }

    /// Adds a key if there is a value.
    pub(super) fn with_some(self, key: &str, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(super) fn push(&mut self, key: impl Into<String>, value: impl Into<Node>) {
        self.0.push((key.into(), value.into()));
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let found = self.0.iter_mut().find(|(name, _)| name == key);
        found.map(|(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Node {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Node {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Node {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Node {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Map> for Node {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

/// The text of a document.
pub(super) fn text(document: &Map) -> String {
    let mut out = String::new();
    map_lines(&mut out, document, 0, true);
    out
}

/// `first_indented` is false where the first key follows the dash of a list.
fn map_lines(out: &mut String, map: &Map, indent: usize, first_indented: bool) {
    for (index, (key, value)) in map.0.iter().enumerate() {
        if index > 0 || first_indented {
            pad(out, indent);
        }
        let key = scalar(key, false);
        out.push_str(&key);
        out.push(':');
        match one_line(value, indent + key.len() + 2) {
            Some(line) => {
                let _ = writeln!(out, " {line}");
            }
            None => {
                out.push('\n');
                lines(out, value, indent + 2);
            }
        }
    }
}

fn lines(out: &mut String, node: &Node, indent: usize) {
    match node {
        Node::Map(map) => map_lines(out, map, indent, true),
        Node::List(items) => {
            for item in items {
                pad(out, indent);
                out.push_str("- ");
                match (one_line(item, indent + 2), item) {
                    (Some(line), _) => {
                        let _ = writeln!(out, "{line}");
                    }
                    (None, Node::Map(map)) => map_lines(out, map, indent + 2, false),
                    (None, item) => {
                        out.push('\n');
                        lines(out, item, indent + 2);
                    }
                }
            }
        }
        scalar => {
            pad(out, indent);
            let _ = writeln!(out, "{}", flow(scalar));
        }
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// The value on one line, if that is how it is read best.
fn one_line(node: &Node, column: usize) -> Option<String> {
    match node {
        Node::Text(text) => Some(scalar(text, false)),
        Node::Map(Map(entries)) if entries.is_empty() => Some("{}".to_owned()),
        Node::List(items) if items.is_empty() => Some("[]".to_owned()),
        Node::Map(_) | Node::List(_) => {
            let line = (depth(node) <= DEPTH).then(|| flow(node))?;
            (column + line.len() <= WIDTH).then_some(line)
        }
        scalar => Some(flow(scalar)),
    }
}

fn depth(node: &Node) -> usize {
    match node {
        Node::Map(Map(entries)) => {
            1 + entries
                .iter()
                .map(|(_, value)| depth(value))
                .max()
                .unwrap_or(0)
        }
        Node::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn flow(node: &Node) -> String {
    match node {
        Node::Bool(value) => value.to_string(),
        Node::Int(value) => value.to_string(),
        Node::Null => "null".to_owned(),
        Node::Text(text) => scalar(text, true),
        Node::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Node::Map(Map(entries)) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key, true), flow(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A text as it is if no reader can take it for anything else; otherwise in the quotes of JSON,
/// which are YAML's too.
fn scalar(text: &str, in_flow: bool) -> String {
    if is_plain(text, in_flow) {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

fn is_plain(text: &str, in_flow: bool) -> bool {
    const WORDS: &[&str] = &[
        "false", "n", "no", "null", "off", "on", "true", "y", "yes", "inf", "nan",
    ];
    let harmless = |letter: char| {
        letter.is_ascii_alphanumeric()
            || "_-./$ ()';".contains(letter)
            || (letter == ':' && !text.contains(": ") && !text.ends_with(':'))
            || (!in_flow && ",{}`*+".contains(letter))
    };
    let starts_well =
        text.starts_with(|first: char| first.is_ascii_alphabetic() || "/$".contains(first));
    starts_well
        && text.chars().all(harmless)
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use keystone_policy::yaml;

    use super::*;

    #[test]
    fn small_values_stand_on_a_line_and_large_ones_below_their_key() {
        let words = vec!["word"; 30];
        let document = Map::new()
            .with("small", vec!["a", "b"])
            .with("large", Node::from(words))
            .with(
                "many",
                vec![Map::new().with("deep", deep(4)).with("x", 1_i64)],
            );
        let text = text(&document);
        let start = "small: [a, b]\nlarge:\n  - word\n";
        assert!(text.starts_with(start), "{text}");
        let end = "many:\n  - deep:\n      k: {k: {k: {k: leaf}}}\n    x: 1\n";
        assert!(text.ends_with(end), "{text}");
    }

    fn deep(levels: usize) -> Node {
        (0..levels).fold(Node::from("leaf"), |node, _| {
            Map::new().with("k", node).into()
        })
    }

    #[test]
    fn every_text_is_read_back_as_it_was() {
        let texts = [
            "plain words",
            "200",
            "true",
            "Null",
            "- a",
            "a: b",
            "a #b",
            "#/components/x",
            "",
            " a",
            "a ",
            "identity:list_users",
            "`code`",
            "{a}",
            "/v3/users/{user_id}",
            "a, b",
            "1.5",
            "~",
            "*x",
            "&x",
            "!x",
            "%x",
            "@x",
            "'q'",
            "\"q\"",
            "two\nlines",
            "umläut",
            "a:",
            "y",
            "key?",
            "a'b",
            "[x]",
            "|",
            ">",
        ];
        for expected in texts {
            let document = Map::new()
                .with("block", expected)
                .with(format!("k{expected}"), "key")
                .with("flow", vec![expected, "other"]);
            let text = text(&document);
            let read = yaml::read("test", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            let block = read.get("block").and_then(|node| node.text());
            assert_eq!(block, Some(expected), "{text}");
            let key = read
                .get(&format!("k{expected}"))
                .and_then(|node| node.text());
            assert_eq!(key, Some("key"), "{text}");
            let flow = read.get("flow").and_then(|node| node.sequence()).unwrap();
            assert_eq!(flow[0].text(), Some(expected), "{text}");
        }
    }
}
