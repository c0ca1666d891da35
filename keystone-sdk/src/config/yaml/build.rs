//! Events of the parser to a tree.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, ScalarStyle, ScanError, Span};

use super::{Content, Entry, Map, Node, Place};
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// How deep a document may nest.
const MAX_DEPTH: usize = 64;
/// How many values a document may have, those counted that aliases repeat.
const MAX_VALUES: usize = 100_000;
/// The name whose value is the mapping that another one goes on from.
const MERGE: &str = "<<";

pub(super) struct Builder {
    file: Arc<str>,
    open: Vec<Open>,
    root: Option<Node>,
    done: bool,
    anchors: HashMap<usize, Node>,
    values: usize,
}

/// A collection that is not complete yet.
struct Open {
    place: Place,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map {
        entries: Map,
        key: Option<(String, Place)>,
        merged: Vec<Map>,
    },
}

impl Builder {
    pub(super) fn new(file: Arc<str>) -> Self {
        Self {
            file,
            open: Vec::new(),
            root: None,
            done: false,
            anchors: HashMap::new(),
            values: 0,
        }
    }

    pub(super) fn finish(self) -> Option<Node> {
        self.root.filter(|root| !root.is_null())
    }

    /// The message of the parser names what it met, never the text around it.
    pub(super) fn malformed(&self, error: &ScanError) -> Error {
        let place = self.place(error.marker().line(), error.marker().col());
        ConfigurationError::new(format!("this is not YAML: {}", error.info()))
            .at(place.to_string())
            .into()
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        let place = self.place(span.start.line(), span.start.col());
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let content = match &*text {
                    "" | "~" | "null" | "Null" | "NULL" if plain => Content::Null,
                    text => Content::Text(SecretString::from(text)),
                };
                self.add(Node { content, place }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(place, anchor, Kind::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                let kind = Kind::Map {
                    entries: Map::default(),
                    key: None,
                    merged: Vec::new(),
                };
                self.open(place, anchor, kind)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => {
                    self.values += size(&node);
                    self.add(node, 0)
                }
                None => Err(fault(&place, "the alias stands inside what it repeats")),
            },
            Event::DocumentStart(_) if self.done => {
                Err(fault(&place, "a second document begins here, keep to one"))
            }
            Event::DocumentEnd => {
                self.done = true;
                Ok(())
            }
            Event::DocumentStart(_) | Event::Nothing | Event::StreamEnd | Event::StreamStart => {
                Ok(())
            }
        }
    }

    fn place(&self, line: usize, column: usize) -> Place {
        Place {
            file: Arc::clone(&self.file),
            line,
            column: column + 1,
        }
    }

    fn open(&mut self, place: Place, anchor: usize, kind: Kind) -> Result<(), Error> {
        if self.open.len() >= MAX_DEPTH {
            return Err(fault(&place, "the document is nested too deeply"));
        }
        self.open.push(Open {
            place,
            anchor,
            kind,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(Open {
            place,
            anchor,
            kind,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let content = match kind {
            Kind::List(items) => Content::List(items),
            Kind::Map {
                entries, merged, ..
            } => Content::Map(going_on(entries, merged)),
        };
        self.add(Node { content, place }, anchor)
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Error> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(fault(&node.place, "the document has too many values"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.kind) {
            None => self.root = Some(node),
            Some(Kind::List(items)) => items.push(node),
            Some(Kind::Map {
                entries,
                key,
                merged,
            }) => match key.take() {
                None => *key = Some(name(&node, entries)?),
                Some((key, _)) if key == MERGE => merged.extend(sources(&node)?),
                Some((key, key_place)) => entries.put(Entry {
                    key,
                    key_place,
                    value: node,
                }),
            },
        }
        Ok(())
    }
}

/// How many values an alias repeats.
fn size(node: &Node) -> usize {
    match &node.content {
        Content::Null | Content::Text(_) => 1,
        Content::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Content::Map(map) => {
            1 + map
                .entries()
                .iter()
                .map(|entry| size(&entry.value))
                .sum::<usize>()
        }
    }
}

fn name(node: &Node, entries: &Map) -> Result<(String, Place), Error> {
    let text = match &node.content {
        Content::Text(text) => text.expose().to_owned(),
        Content::List(_) | Content::Map(_) | Content::Null => {
            return Err(fault(&node.place, "a name must be a text"));
        }
    };
    match entries.entry(&text) {
        None => Ok((text, node.place.clone())),
        Some(first) => {
            let message = format!("`{text}` stands twice, first at {}", first.key_place);
            let error = ConfigurationError::new(message).at(node.place.to_string());
            Err(error.remedy("remove one of them").into())
        }
    }
}

/// The mappings behind a merge key, the first of them the strongest.
fn sources(node: &Node) -> Result<Vec<Map>, Error> {
    let map = |node: &Node| {
        let map = node.map().cloned();
        map.ok_or_else(|| fault(&node.place, "`<<` takes a mapping or a list of mappings"))
    };
    match &node.content {
        Content::List(items) => items.iter().map(map).collect(),
        Content::Map(_) | Content::Null | Content::Text(_) => Ok(vec![map(node)?]),
    }
}

fn going_on(mut own: Map, merged: Vec<Map>) -> Map {
    for entry in merged.into_iter().flat_map(|map| map.0) {
        if own.entry(&entry.key).is_none() {
            own.put(entry);
        }
    }
    own
}

fn fault(place: &Place, message: &str) -> Error {
    ConfigurationError::new(message)
        .at(place.to_string())
        .into()
}
