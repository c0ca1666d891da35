//! Writes trees as YAML, in block style, or in flow style for what fits on a line.

use std::fmt::Write;

use crate::node::{Content, Entry, Node, Style, Tag};
use crate::unseen::is_unseen;

/// The layout of the output.
#[expect(clippy::exhaustive_structs, reason = "two limits")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// The maximal width of a line for a non-empty list or mapping in flow style.
    pub width: usize,
    /// The maximal depth of a list or mapping in flow style.
    pub depth: usize,
}

/// Writes a document, such that every parser of YAML 1.1 or 1.2 reads the same tree.
pub fn write(document: &Node, layout: Layout) -> String {
    let mut writer = Writer {
        layout,
        out: String::new(),
    };
    match writer.one_line(document, 0) {
        // The top-level entries are on lines of their own.
        Some(line) if !is_full_mapping(document) => {
            let _ = writeln!(writer.out, "{line}");
        }
        _ => writer.lines(document, 0, false),
    }
    writer.out
}

struct Writer {
    layout: Layout,
    out: String,
}

impl Writer {
    /// Writes a list or mapping over several lines. `behind` is whether the first line already has
    /// the dash of a list.
    fn lines(&mut self, node: &Node, indent: usize, behind: bool) {
        let mut behind = behind;
        let mut begin = |out: &mut String| {
            if !std::mem::take(&mut behind) {
                out.extend(std::iter::repeat_n(' ', indent));
            }
        };
        match &node.value {
            Content::Mapping(entries) => {
                for Entry { key, value } in entries {
                    begin(&mut self.out);
                    let key = scalar(key.text().unwrap_or_default(), false);
                    self.out.push_str(&key);
                    self.out.push(':');
                    match self.one_line(value, indent + key.chars().count() + 2) {
                        Some(line) => {
                            let _ = writeln!(self.out, " {line}");
                        }
                        None => {
                            self.out.push('\n');
                            self.lines(value, indent + 2, false);
                        }
                    }
                }
            }
            Content::Sequence(items) => {
                for item in items {
                    begin(&mut self.out);
                    self.out.push_str("- ");
                    match self.one_line(item, indent + 2) {
                        Some(line) => {
                            let _ = writeln!(self.out, "{line}");
                        }
                        None => self.lines(item, indent + 2, true),
                    }
                }
            }
            Content::Scalar(_) => {
                begin(&mut self.out);
                let _ = writeln!(self.out, "{}", flow(node));
            }
        }
    }

    /// The value on one line, if the layout allows it.
    fn one_line(&self, node: &Node, column: usize) -> Option<String> {
        let is_empty = match &node.value {
            Content::Scalar(_) => return Some(block_scalar(node)),
            Content::Mapping(entries) => entries.is_empty(),
            Content::Sequence(items) => items.is_empty(),
        };
        let line = (is_empty || depth(node) <= self.layout.depth).then(|| flow(node))?;
        (is_empty || column + line.chars().count() <= self.layout.width).then_some(line)
    }
}

fn is_full_mapping(node: &Node) -> bool {
    node.mapping().is_some_and(|entries| !entries.is_empty())
}

fn depth(node: &Node) -> usize {
    let deepest = match &node.value {
        Content::Mapping(entries) => entries.iter().map(|entry| depth(&entry.value)).max(),
        Content::Sequence(items) => items.iter().map(depth).max(),
        Content::Scalar(_) => return 0,
    };
    1 + deepest.unwrap_or(0)
}

fn flow(node: &Node) -> String {
    match &node.value {
        Content::Scalar(text) if is_text(node) => scalar(text, true),
        Content::Scalar(text) => bare(text),
        Content::Sequence(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Content::Mapping(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", scalar(entry.name(), true), flow(&entry.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn block_scalar(node: &Node) -> String {
    match &node.value {
        Content::Scalar(text) if is_text(node) => scalar(text, false),
        _ => flow(node),
    }
}

/// Whether a scalar must be written as a string.
fn is_text(node: &Node) -> bool {
    node.style != Style::Plain || node.tag == Some(Tag::Str)
}

/// A scalar that is not a string.
fn bare(text: &str) -> String {
    if text.is_empty() { "null" } else { text }.to_owned()
}

fn scalar(text: &str, in_flow: bool) -> String {
    if is_plain(text, in_flow) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// The string in double quotes, on one line, with invisible characters escaped.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for one in text.chars() {
        match one {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if !is_unseen(one) && !is_no_character(one) => quoted.push(one),
            // YAML has no surrogate pairs, unlike JSON.
            _ => match u32::from(one) {
                code @ ..=0xffff => quoted.extend(format!("\\u{code:04x}").chars()),
                code => quoted.extend(format!("\\U{code:08x}").chars()),
            },
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that YAML 1.1 does not allow in a document.
fn is_no_character(one: char) -> bool {
    matches!(one, '\u{fffe}' | '\u{ffff}')
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
    use super::*;
    use crate::{Mapping, read};

    #[test]
    fn small_values_stand_on_a_line_and_large_ones_below_their_key() {
        let deep = |levels: usize| {
            (0..levels).fold(Node::from("leaf"), |node, _| {
                Mapping::new().with("k", node).into()
            })
        };
        let document = Mapping::new()
            .with("small", vec!["a", "b"])
            .with("large", vec!["word"; 30])
            .with(
                "many",
                vec![Mapping::new().with("deep", deep(4)).with("x", 1_i64)],
            );
        let layout = Layout {
            width: 100,
            depth: 3,
        };
        let text = write(&document.into(), layout);
        let start = "small: [a, b]\nlarge:\n  - word\n";
        assert!(text.starts_with(start), "{text}");
        let end = "many:\n  - deep:\n      k: {k: {k: {k: leaf}}}\n    x: 1\n";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn every_text_is_read_back_as_it_was() {
        let mut texts: Vec<String> = [
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
            "uml\u{e4}ut",
            "a:",
            "y",
            "key?",
            "a'b",
            "[x]",
            "|",
            ">",
            "=",
            "<<",
            "1:1",
            "0o7",
            "1e3",
            "2001-01-01",
            "? a",
            "a\u{2028}b",
            "\u{85}",
            "\u{feff}x",
            "\u{202e}",
            "\0",
            "\u{7f}",
            "\u{ffff}",
            "\u{1f600}",
            "\u{e0041}",
            "\t",
        ]
        .map(str::to_owned)
        .to_vec();
        texts.extend(('\0'..='\u{3100}').step_by(7).map(|one| format!("a{one}b")));
        for expected in &texts {
            for layout in [
                Layout::default(),
                Layout {
                    width: 80,
                    depth: 3,
                },
            ] {
                let document = Mapping::new()
                    .with("block", expected)
                    .with(format!("k{expected}"), "key")
                    .with("flow", vec![expected.as_str(), "other"]);
                let text = write(&document.into(), layout);
                let read = read("test", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                assert_eq!(
                    read.get("block").and_then(Node::text),
                    Some(expected.as_str()),
                    "{text}"
                );
                let key = read.get(&format!("k{expected}")).and_then(Node::text);
                assert_eq!(key, Some("key"), "{text}");
                let flow = read.get("flow").and_then(Node::sequence).unwrap();
                assert_eq!(flow[0].text(), Some(expected.as_str()), "{text}");
                assert!(
                    !text.contains(|one| one != '\n' && is_unseen(one)),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_numbers_to_every_reader() {
        for (json, yaml) in [("1e300", "1.0e+300"), ("1.5E-7", "1.5e-7"), ("12", "12")] {
            let text = write(&vec![Node::number(json)].into(), Layout::default());
            assert_eq!(text, format!("- {yaml}\n"));
        }
    }
}
