//! The document tree.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::position::Position;

/// A node of a document.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// Its content.
    pub value: Content,
    /// Where it begins: for a quoted string at the quote, for a block at its first line.
    pub position: Position,
    /// How it is written.
    pub style: Style,
    /// Its tag. The reader refuses unknown tags.
    pub tag: Option<Tag>,
    /// Its byte range in the document.
    pub(crate) span: (usize, usize),
    /// The name of the file; a tree may be merged from several.
    pub(crate) file: Arc<str>,
    /// Whether the text of a scalar is verbatim in the document, so that offsets in it are
    /// positions in the document.
    pub(crate) verbatim: bool,
    /// Whether it was parsed as JSON.
    pub(crate) json: bool,
}

/// The content of a node.
#[expect(clippy::exhaustive_enums, reason = "the data model of YAML")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// Names with values, in the order of the document, without duplicates.
    Mapping(Mapping),
    /// A scalar; an empty plain one for a missing value.
    Scalar(Text),
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

/// The tag of a node.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tag {
    /// A single `!`.
    Bare,
    /// `!!str`: the scalar is a string, whatever it looks like.
    Str,
}

/// A string of a document. It may be a secret: `Debug` does not show it, and with the feature
/// `wipe` it is overwritten when it is dropped.
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Text(String);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(..)")
    }
}

#[cfg(feature = "wipe")]
impl Drop for Text {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
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
    /// The name as a string.
    pub fn name(&self) -> &str {
        self.key.text().unwrap_or_default()
    }
}

/// Names with values, in order, without duplicates.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mapping(pub(crate) Vec<Entry>);

impl Mapping {
    /// An empty mapping.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of the entry called `name`.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// As [`Self::get`], mutable.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        let found = self.0.iter_mut().find(|entry| entry.name() == name);
        found.map(|entry| &mut entry.value)
    }

    /// The entry called `name`.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.name() == name)
    }

    /// Sets a value; an existing one keeps its position.
    pub fn put(&mut self, entry: Entry) {
        match self.0.iter_mut().find(|known| known.name() == entry.name()) {
            Some(known) => *known = entry,
            None => self.0.push(entry),
        }
    }

    /// Removes the entry called `name` and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Node> {
        let index = self.0.iter().position(|entry| entry.name() == name)?;
        Some(self.0.remove(index).value)
    }

    /// Merges the values of `other` into this, recursively for mappings.
    pub fn merge(&mut self, other: Self) {
        for mut entry in other.0 {
            if let Some(known) = self.get_mut(entry.name())
                && let Content::Mapping(own) = &mut known.value
                && let Content::Mapping(others) = &mut entry.value.value
            {
                own.merge(std::mem::take(others));
            } else {
                self.put(entry);
            }
        }
    }

    /// Keeps only the entries for which `keep` returns true.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.0.retain(keep);
    }

    /// Sorts the entries by name.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| a.name().cmp(b.name()));
    }

    /// Sets a value under a name.
    pub fn push(&mut self, name: impl Into<Text>, value: impl Into<Node>) {
        self.put(Entry {
            key: Node::of(Content::Scalar(name.into()), Style::DoubleQuoted),
            value: value.into(),
        });
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: impl Into<Text>, value: impl Into<Node>) -> Self {
        self.push(name, value);
        self
    }

    /// The same with one more value, if there is one.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Deref for Mapping {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.0
    }
}

impl FromIterator<Entry> for Mapping {
    /// Of two entries with the same name, the later wins.
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> Self {
        let mut mapping = Self::default();
        entries.into_iter().for_each(|entry| mapping.put(entry));
        mapping
    }
}

impl IntoIterator for Mapping {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a mut Mapping {
    type Item = &'a mut Entry;
    type IntoIter = std::slice::IterMut<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

impl Node {
    /// A node without a position.
    pub(crate) fn of(value: Content, style: Style) -> Self {
        Self {
            value,
            position: Position::default(),
            style,
            tag: None,
            span: (0, 0),
            file: Arc::default(),
            verbatim: false,
            json: false,
        }
    }

    /// A null.
    pub fn null() -> Self {
        Self::of(Content::Scalar("null".into()), Style::Plain)
    }

    /// A number, from its JSON text.
    pub fn number(text: &str) -> Self {
        // In YAML 1.1, a number with an exponent needs a point and a sign of the exponent.
        let text = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                let point = if mantissa.contains('.') { "" } else { ".0" };
                let sign = if exponent.starts_with(['+', '-']) {
                    ""
                } else {
                    "+"
                };
                format!("{mantissa}{point}e{sign}{exponent}")
            }
            None => text.to_owned(),
        };
        Self::of(Content::Scalar(text.into()), Style::Plain)
    }

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

    /// The text, if this is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Content::Scalar(text) => Some(text),
            Content::Mapping(_) | Content::Sequence(_) => None,
        }
    }

    /// The value of the entry called `name`, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.value {
            Content::Mapping(entries) => entries.get(name),
            Content::Scalar(_) | Content::Sequence(_) => None,
        }
    }

    /// Whether this is a missing value, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain
            && self.tag != Some(Tag::Str)
            && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// The name of its file, as passed to the reader.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The byte range of the node in the document; for an alias that of the original.
    pub fn span(&self) -> Range<usize> {
        self.span.0..self.span.1
    }

    /// The position in the document of byte `offset` of a scalar's text; the start of the scalar if
    /// that is unknown, as with escapes or blocks.
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

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::of(Content::Scalar(value.to_string().into()), Style::Plain)
    }
}

impl From<i64> for Node {
    fn from(value: i64) -> Self {
        Self::of(Content::Scalar(value.to_string().into()), Style::Plain)
    }
}

impl From<&str> for Node {
    fn from(value: &str) -> Self {
        Self::of(Content::Scalar(value.into()), Style::DoubleQuoted)
    }
}

impl From<String> for Node {
    fn from(value: String) -> Self {
        Self::of(Content::Scalar(value.into()), Style::DoubleQuoted)
    }
}

impl From<&String> for Node {
    fn from(value: &String) -> Self {
        value.as_str().into()
    }
}

impl From<Mapping> for Node {
    fn from(value: Mapping) -> Self {
        Self::of(Content::Mapping(value), Style::Collection)
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Into<Node>> FromIterator<T> for Node {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let items = values.into_iter().map(Into::into).collect();
        Self::of(Content::Sequence(items), Style::Collection)
    }
}
