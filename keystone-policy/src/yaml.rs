//! YAML documents as trees that keep positions and the style of each scalar.
//!
//! The style matters: `a: "!"` is a text, `a: !` is a tag on nothing. Whoever reads a document decides
//! what a plain scalar means; nothing is resolved to numbers or truth values here. JSON is
//! read too, being YAML.
//!
//! ```
//! use keystone_policy::yaml;
//!
//! let root = yaml::read("proxies.yaml", "rules:\n  admin: 'role:admin'\n")?;
//! let rules = root.get("rules").and_then(|node| node.mapping()).unwrap();
//! assert_eq!(rules[0].value.text(), Some("role:admin"));
//! assert_eq!(rules[0].value.position.to_string(), "2:10");
//! # Ok::<(), keystone_policy::Error>(())
//! ```

use std::collections::HashMap;
use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::error::{DuplicateError, Error, ShapeError};

/// How deep a document may nest.
const MAX_DEPTH: usize = 64;

/// Up to which column places within texts are told: to find one takes a walk along the line, and
/// JSON can be all in one.
const LONGEST_LINE: usize = 2_000;

/// Where something begins: line and column, both counted from 1, columns in characters.
#[expect(clippy::exhaustive_structs, reason = "a position is nothing more")]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// `file:line:column`.
    pub fn place(self, file: &str) -> String {
        format!("{file}:{self}")
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A node of a document.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// What it holds.
    pub value: Content,
    /// Where it begins. Of a quoted text this is the quote.
    pub position: Position,
    /// How it is written.
    pub style: Style,
    /// Its tag, such as `!!str`. A bare `!` is a tag too.
    pub tag: Option<String>,
    /// Whether a scalar stands in the document character by character, so that a place in its text is
    /// a place in the document.
    verbatim: bool,
}

/// What a node holds.
#[expect(clippy::exhaustive_enums, reason = "the data model of YAML")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// Names with values, in the order of the document. No name occurs twice.
    Mapping(Vec<Entry>),
    /// A text; an empty plain one for a value that is left out.
    Scalar(String),
    /// A list.
    Sequence(Vec<Node>),
}

/// How a node is written.
#[expect(clippy::exhaustive_enums, reason = "the styles of YAML")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// A list or a mapping.
    Collection,
    /// `"text"`
    DoubleQuoted,
    /// A block that begins with `>`.
    Folded,
    /// A block that begins with `|`.
    Literal,
    /// Without quotes.
    Plain,
    /// `'text'`
    SingleQuoted,
}

/// A name with its value.
#[expect(clippy::exhaustive_structs, reason = "a pair is nothing more")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The name.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl Entry {
    /// The name as a text.
    pub fn name(&self) -> &str {
        self.key.text().unwrap_or_default()
    }
}

impl Node {
    /// The entries, if this is a mapping.
    pub fn mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Content::Mapping(entries) => Some(entries),
            Content::Scalar(_) | Content::Sequence(_) => None,
        }
    }

    /// The items, if this is a list.
    pub fn sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Content::Sequence(items) => Some(items),
            Content::Mapping(_) | Content::Scalar(_) => None,
        }
    }

    /// The text of a scalar of whatever style.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Content::Scalar(text) => Some(text),
            Content::Mapping(_) | Content::Sequence(_) => None,
        }
    }

    /// The value of the entry called `name`, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.mapping()?
            .iter()
            .find(|entry| entry.name() == name)
            .map(|entry| &entry.value)
    }

    /// Whether this is a value left out, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain
            && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// Where the character at byte `offset` of a scalar's text stands in the document; the start
    /// of the scalar when that cannot be told, as with escapes or blocks.
    pub fn position_at(&self, offset: usize) -> Position {
        let before = self.text().and_then(|text| text.get(..offset));
        let Some(before) = before.filter(|_| self.verbatim) else {
            return self.position;
        };
        let quote = usize::from(self.style != Style::Plain);
        Position {
            column: self.position.column + quote + before.chars().count(),
            ..self.position
        }
    }
}

/// Reads a document. Errors call it `file`.
///
/// # Errors
/// When the text is not YAML, holds more than one document or none, gives a name twice, nests deeper
/// than 64, has a name that is no scalar, or uses anchors.
pub fn read(file: &str, text: &str) -> Result<Node, Error> {
    match read_optional(file, text)? {
        Some(root) => Ok(root),
        None => Err(Error::Shape(ShapeError::new(
            format!("{file}:1:1"),
            "the document is empty",
        ))),
    }
}

/// As [`read`], of a document that may be empty (or hold comments only), which gives `None`.
///
/// # Errors
/// As [`read`].
pub fn read_optional(file: &str, text: &str) -> Result<Option<Node>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().collect();
    let mut builder = Builder {
        file,
        lines,
        open: Vec::new(),
        root: None,
        done: false,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| builder.scan_error(&error))?;
        builder.event(event, span)?;
    }
    Ok(builder.root)
}

struct Builder<'a> {
    file: &'a str,
    lines: Vec<&'a str>,
    open: Vec<Open>,
    root: Option<Node>,
    done: bool,
}

/// A collection that is not complete yet.
enum Open {
    Mapping {
        start: Start,
        entries: Vec<Entry>,
        key: Option<Node>,
        seen: HashMap<String, Position>,
    },
    Sequence {
        start: Start,
        items: Vec<Node>,
    },
}

struct Start {
    position: Position,
    tag: Option<String>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        let position = position(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_anchor(anchor, position)?;
                let style = style_of(style);
                let verbatim = self.stands_at(position, style, &text);
                let tag = tag.map(|tag| tag_text(&tag));
                self.add(Node {
                    value: Content::Scalar(text.into_owned()),
                    position,
                    style,
                    tag,
                    verbatim,
                })
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_anchor(anchor, position)?;
                let start = Start {
                    position,
                    tag: tag.map(|tag| tag_text(&tag)),
                };
                self.open(
                    Open::Sequence {
                        start,
                        items: Vec::new(),
                    },
                    position,
                )
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_anchor(anchor, position)?;
                let start = Start {
                    position,
                    tag: tag.map(|tag| tag_text(&tag)),
                };
                let mapping = Open::Mapping {
                    start,
                    entries: Vec::new(),
                    key: None,
                    seen: HashMap::new(),
                };
                self.open(mapping, position)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(_) => {
                Err(self.shape(position, "aliases are not supported, write the value out"))
            }
            Event::DocumentStart(_) if self.done => {
                Err(self.shape(position, "a second document begins here, keep to one"))
            }
            Event::DocumentEnd => {
                self.done = true;
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {
                Ok(())
            }
        }
    }

    fn open(&mut self, collection: Open, position: Position) -> Result<(), Error> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.shape(position, "the document is nested too deeply"));
        }
        self.open.push(collection);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let (start, value) = match self.open.pop() {
            Some(Open::Mapping { start, entries, .. }) => (start, Content::Mapping(entries)),
            Some(Open::Sequence { start, items }) => (start, Content::Sequence(items)),
            None => return Ok(()),
        };
        let Start { position, tag } = start;
        self.add(Node {
            value,
            position,
            style: Style::Collection,
            tag,
            verbatim: false,
        })
    }

    fn add(&mut self, node: Node) -> Result<(), Error> {
        let file = self.file;
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::Sequence { items, .. }) => items.push(node),
            Some(Open::Mapping {
                entries, key, seen, ..
            }) => match key.take() {
                Some(key) => entries.push(Entry { key, value: node }),
                None => {
                    let Some(name) = node.text().map(str::to_owned) else {
                        return Err(self.shape(node.position, "a name must be a text"));
                    };
                    if let Some(first) = seen.get(&name) {
                        let place = node.position.place(file);
                        return Err(Error::Duplicate(DuplicateError::new(
                            &place,
                            &name,
                            &first.place(file),
                        )));
                    }
                    seen.insert(name, node.position);
                    *key = Some(node);
                }
            },
        }
        Ok(())
    }

    fn refuse_anchor(&self, anchor: usize, position: Position) -> Result<(), Error> {
        match anchor {
            0 => Ok(()),
            _ => Err(self.shape(position, "anchors are not supported, write the value out")),
        }
    }

    /// Whether the text of a scalar stands at its position as it is.
    fn stands_at(&self, position: Position, style: Style, scalar: &str) -> bool {
        let quote = match style {
            Style::Plain => "",
            Style::SingleQuoted => "'",
            Style::DoubleQuoted => "\"",
            Style::Collection | Style::Folded | Style::Literal => return false,
        };
        if position.column > LONGEST_LINE {
            return false;
        }
        let line = self
            .lines
            .get(position.line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let start = line
            .char_indices()
            .nth(position.column.saturating_sub(1))
            .map(|(start, _)| start);
        let rest = start
            .and_then(|start| line.get(start..))
            .and_then(|rest| rest.strip_prefix(quote));
        rest.and_then(|rest| rest.strip_prefix(scalar))
            .is_some_and(|rest| rest.starts_with(quote))
    }

    fn shape(&self, position: Position, problem: &str) -> Error {
        Error::Shape(ShapeError::new(position.place(self.file), problem))
    }

    fn scan_error(&self, error: &ScanError) -> Error {
        let marker = error.marker();
        let position = Position {
            line: marker.line(),
            column: marker.col() + 1,
        };
        self.shape(position, &format!("this is not YAML: {}", error.info()))
    }
}

fn position(span: Span) -> Position {
    Position {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn tag_text(tag: &Tag) -> String {
    match tag.handle.as_str() {
        "tag:yaml.org,2002:" => format!("!!{}", tag.suffix),
        handle => format!("{handle}{}", tag.suffix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        read("t.yaml", text).unwrap_err().to_string()
    }

    #[test]
    fn order_position_and_style_are_kept() {
        let root = read("t.yaml", "b: 'x'\na:\n  - \"y\"\n  - z\n").unwrap();
        let entries = root.mapping().unwrap();
        assert_eq!(
            entries.iter().map(Entry::name).collect::<Vec<_>>(),
            ["b", "a"]
        );
        let b = &entries[0].value;
        assert_eq!(
            (b.style, b.position),
            (Style::SingleQuoted, Position { line: 1, column: 4 })
        );
        let items = root.get("a").unwrap().sequence().unwrap();
        assert_eq!(
            (items[0].style, items[0].position),
            (Style::DoubleQuoted, Position { line: 3, column: 5 })
        );
        assert_eq!(
            (items[1].style, items[1].position),
            (Style::Plain, Position { line: 4, column: 5 })
        );
    }

    #[test]
    fn nothing_is_resolved() {
        let root = read("t.yaml", "a: no\nb:\nc: !\nd: ~\ne: 1\nf: ''").unwrap();
        assert_eq!(root.get("a").unwrap().text(), Some("no"));
        assert!(root.get("b").unwrap().is_null());
        assert_eq!(root.get("c").unwrap().tag.as_deref(), Some("!"));
        assert!(root.get("d").unwrap().is_null());
        assert_eq!(root.get("e").unwrap().text(), Some("1"));
        assert!(!root.get("f").unwrap().is_null());
    }

    #[test]
    fn a_name_given_twice_is_refused_at_the_second() {
        assert_eq!(
            problem("a: 1\nb: 2\n\"a\": 3\n"),
            "t.yaml:3:1: `a` was given already at t.yaml:1:1, remove one of them"
        );
        assert!(
            problem("x: {a: 1, a: 2}")
                .starts_with("t.yaml:1:11: `a` was given already at t.yaml:1:5")
        );
    }

    #[test]
    fn broken_documents_are_refused_with_their_position() {
        for (text, start) in [
            ("a: [1", "t.yaml:"),
            ("a: 'x", "t.yaml:"),
            ("a: 1\n---\nb: 2\n", "t.yaml:2:1: a second document"),
            ("a: &x 1\nb: *x\n", "t.yaml:1:"),
            ("? [a]\n: 1\n", "t.yaml:1:3: a name must be a text"),
            ("", "t.yaml:1:1: the document is empty"),
            ("# only this\n", "t.yaml:1:1: the document is empty"),
        ] {
            let problem = problem(text);
            assert!(problem.starts_with(start), "{text:?}: {problem}");
        }
        assert!(problem(&"[".repeat(100)).contains("nested too deeply"));
        assert!(problem(&"[".repeat(10_000)).starts_with("t.yaml:1:"));
    }

    #[test]
    fn a_place_in_a_text_is_a_place_in_the_document() {
        let root = read("t.yaml", "a: \"xyz\"\nb: xyz\nc: \"x\\tz\"\nd: |\n  xyz\n").unwrap();
        let column = |name: &str| root.get(name).unwrap().position_at(2).column;
        assert_eq!((column("a"), column("b")), (7, 6));
        assert_eq!(
            (column("c"), root.get("d").unwrap().position_at(2)),
            (4, root.get("d").unwrap().position)
        );
    }

    #[test]
    fn json_is_read_too() {
        let root = read("t.json", "{\n\t\"a\": \"x\",\n\t\"b\": [\"y\"]\n}").unwrap();
        assert_eq!(root.get("a").unwrap().text(), Some("x"));
    }
}
