//! YAML documents as trees that keep places: what `clouds.yaml` needs of YAML, JSON included.
//!
//! Anchors, aliases and merge keys (`<<`) count. A plain scalar is the text that stands there: a
//! password of digits stays one. All values are secrets until their reader knows better.

use std::fmt;
use std::sync::Arc;

use saphyr_parser::Parser;

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

mod build;

/// Where a value stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    file: Arc<str>,
    line: usize,
    column: usize,
}

impl Place {
    pub(super) fn file(&self) -> &str {
        &self.file
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column } = self;
        write!(f, "{file}, line {line}, column {column}")
    }
}

/// A value with its place.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) content: Content,
    pub(super) place: Place,
}

#[derive(Clone)]
pub(super) enum Content {
    List(Vec<Node>),
    Map(Map),
    /// A value that is left out, `~` or `null`.
    Null,
    Text(SecretString),
}

/// Names with values in the order of the document, no name twice.
#[derive(Clone, Default)]
pub(super) struct Map(Vec<Entry>);

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn map(&self) -> Option<&Map> {
        match &self.content {
            Content::Map(map) => Some(map),
            Content::List(_) | Content::Null | Content::Text(_) => None,
        }
    }

    /// The text of a scalar that is not empty.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text.expose()).filter(|text| !text.is_empty()),
            Content::List(_) | Content::Map(_) | Content::Null => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }

    /// An error about the value, at its place.
    pub(super) fn fault(&self, message: impl Into<String>) -> ConfigurationError {
        ConfigurationError::new(message).at(self.place.to_string())
    }

    /// The mapping that has to stand here under `name`; nothing is an empty one.
    pub(super) fn expect_map(&self, name: &str) -> Result<Map, Error> {
        match &self.content {
            Content::Map(map) => Ok(map.clone()),
            Content::Null => Ok(Map::default()),
            Content::List(_) | Content::Text(_) => Err(self
                .fault(format!("`{name}` is no mapping"))
                .remedy("write names with values below it, indented")
                .into()),
        }
    }
}

impl Map {
    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// Sets a value; one that is there already keeps its rank.
    pub(super) fn put(&mut self, entry: Entry) {
        match self.0.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.0.push(entry),
        }
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Node> {
        let index = self.0.iter().position(|entry| entry.key == key)?;
        Some(self.0.remove(index).value)
    }

    /// The same with `_` for `-` in the names, also in those of the mappings in it. Of two that
    /// become one, the later counts.
    pub(super) fn with_plain_names(self) -> Self {
        let mut plain = Self::default();
        for mut entry in self.0 {
            entry.key = entry.key.replace('-', "_");
            if let Content::Map(map) = entry.value.content {
                entry.value.content = Content::Map(map.with_plain_names());
            }
            plain.put(entry);
        }
        plain
    }

    /// Takes over the values of `other`, mappings within mappings too.
    pub(super) fn merge(&mut self, other: Self) {
        for mut entry in other.0 {
            if let Some(known) = self.0.iter_mut().find(|known| known.key == entry.key)
                && let Content::Map(own) = &mut known.value.content
                && let Content::Map(others) = &mut entry.value.content
            {
                own.merge(std::mem::take(others));
            } else {
                self.put(entry);
            }
        }
    }
}

/// Reads a document; an empty one is nothing.
pub(super) fn read(file: &str, text: &str) -> Result<Option<Node>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = build::Builder::new(file.into());
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => return Err(builder.malformed(&error)),
        }
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests;
