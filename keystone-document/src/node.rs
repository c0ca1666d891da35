//! The tree.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::position::Position;

/// A node of a document.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// What it holds.
    pub value: Content,
    /// Where it begins. Of a quoted text this is the quote, of a block its first line.
    pub position: Position,
    /// How it is written.
    pub style: Style,
    /// Its tag. Tags that are not known are refused by the reader.
    pub tag: Option<Tag>,
    /// The bytes of the document that it takes, from the first of its own to the last.
    pub(crate) span: (usize, usize),
    /// What errors call the file; a tree may be put together of several.
    pub(crate) file: Arc<str>,
    /// Whether a scalar stands in the document character by character, so that a place in its text is
    /// a place in the document.
    pub(crate) verbatim: bool,
    /// Whether it is read as JSON.
    pub(crate) json: bool,
}

/// What a node holds.
#[expect(clippy::exhaustive_enums, reason = "the data model of YAML")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// Names with values, in the order of the document. No name occurs twice.
    Mapping(Mapping),
    /// A text; an empty plain one for a value that is left out.
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

/// The tag of a node that says what it is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tag {
    /// A `!` on its own, with nothing behind it.
    Bare,
    /// `!!str`: the scalar is a text, whatever it looks like.
    Str,
}

/// A text of a document. It may be a secret: it is shown nowhere, unless asked for, and with the
/// feature `wipe` overwritten when it is dropped.
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
    /// The name as a text.
    pub fn name(&self) -> &str {
        self.key.text().unwrap_or_default()
    }
}

/// Names with values, in order, no name twice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mapping(pub(crate) Vec<Entry>);

impl Mapping {
    /// One without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of the entry called `name`.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// As [`Self::get`], to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        let found = self.0.iter_mut().find(|entry| entry.name() == name);
        found.map(|entry| &mut entry.value)
    }

    /// The entry called `name`.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.name() == name)
    }

    /// Sets a value; one that is there already keeps its rank.
    pub fn put(&mut self, entry: Entry) {
        match self.0.iter_mut().find(|known| known.name() == entry.name()) {
            Some(known) => *known = entry,
            None => self.0.push(entry),
        }
    }

    /// Takes out the value of the entry called `name`.
    pub fn remove(&mut self, name: &str) -> Option<Node> {
        let index = self.0.iter().position(|entry| entry.name() == name)?;
        Some(self.0.remove(index).value)
    }

    /// Takes over the values of `other`, mappings within mappings too.
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

    /// Keeps those entries only.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.0.retain(keep);
    }

    /// Puts the entries into the order of their names.
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
    /// Of two entries with the same name, the later counts.
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
    /// A node that stands in no document.
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

    /// A value that is nothing.
    pub fn null() -> Self {
        Self::of(Content::Scalar("null".into()), Style::Plain)
    }

    /// A number, given as JSON writes it.
    pub fn number(text: &str) -> Self {
        // YAML 1.1 knows no number with an exponent but without a point and the exponent's sign.
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

    /// The text of a scalar of whatever style.
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

    /// Whether this is a value left out, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain
            && self.tag != Some(Tag::Str)
            && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// What errors call the file that it stands in.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The bytes of the document that the node takes, from its first character to its last. Of a value
    /// that an alias repeats, those of the original.
    pub fn span(&self) -> Range<usize> {
        self.span.0..self.span.1
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
