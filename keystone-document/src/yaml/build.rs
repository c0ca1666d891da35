//! Builds the tree from nodes: expands aliases and merge keys within limits.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::MAX_DEPTH;
use crate::fault::Fault;
use crate::node::{Content, Entry, Mapping, Node, Style, Tag};
use crate::position::Position;
use crate::scalar::Scalar;

/// The limit for the expansion of aliases: bytes of text, plus [`WEIGHT`] for each value.
const MAX_REPEATED: usize = 8 << 20;
const WEIGHT: usize = 64;

/// The merge key.
const MERGE: &str = "<<";

pub(super) struct Builder<'a> {
    file: &'a Arc<str>,
    open: Vec<Open>,
    root: Option<Node>,
    begun: bool,
    done: bool,
    anchors: HashMap<usize, Node>,
    repeated: usize,
}

/// A collection that is not complete yet.
struct Open {
    position: Position,
    start: usize,
    anchor: usize,
    kind: CollectionKind,
}

pub(super) enum CollectionKind {
    Mapping {
        entries: Vec<Entry>,
        key: Option<Node>,
        /// The names so far, by their typed values.
        seen: HashMap<Name, Position>,
        merged: Vec<Mapping>,
    },
    Sequence(Vec<Node>),
}

/// The identity of a name: numbers and booleans are equal regardless of how they are written.
#[derive(Eq, Hash, PartialEq)]
pub(super) enum Name {
    Merge,
    Number(u64),
    Text(String),
}

impl CollectionKind {
    pub(super) fn mapping() -> Self {
        Self::Mapping {
            entries: Vec::new(),
            key: None,
            seen: HashMap::new(),
            merged: Vec::new(),
        }
    }
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a Arc<str>) -> Self {
        Self {
            file,
            open: Vec::new(),
            root: None,
            begun: false,
            done: false,
            anchors: HashMap::new(),
            repeated: 0,
        }
    }

    pub(super) fn finish(self) -> Option<Node> {
        self.root
    }

    fn fault(&self, position: Position, problem: &str) -> Fault {
        Fault::new(self.file, position, problem)
    }

    pub(super) fn begin(&mut self, position: Position) -> Result<(), Fault> {
        if std::mem::replace(&mut self.begun, true) || self.done {
            return Err(self.fault(position, "a second document begins here, keep to one"));
        }
        Ok(())
    }

    pub(super) fn end(&mut self) {
        self.done = true;
    }

    pub(super) fn open(
        &mut self,
        position: Position,
        start: usize,
        anchor: usize,
        tag: Option<&saphyr_parser::Tag>,
        kind: CollectionKind,
    ) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fault(position, "the document is nested too deeply"));
        }
        let own = match kind {
            CollectionKind::Mapping { .. } => "map",
            CollectionKind::Sequence(_) => "seq",
        };
        if tag.is_some_and(|tag| !(tag.is_yaml_core_schema() && tag.suffix == own)) {
            return Err(self.fault(position, UNKNOWN_TAG));
        }
        self.open.push(Open {
            position,
            start,
            anchor,
            kind,
        });
        Ok(())
    }

    pub(super) fn close(&mut self, end: usize) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = match open.kind {
            CollectionKind::Sequence(items) => Content::Sequence(items),
            CollectionKind::Mapping {
                entries,
                seen,
                merged,
                ..
            } => Content::Mapping(going_on(entries, seen, merged)),
        };
        let node = Node {
            position: open.position,
            span: (open.start, end),
            file: Arc::clone(self.file),
            ..Node::of(value, Style::Collection)
        };
        self.add(node, open.anchor)
    }

    pub(super) fn alias(
        &mut self,
        anchor: usize,
        position: Position,
        end: usize,
    ) -> Result<(), Fault> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(self.fault(position, "the alias stands inside what it repeats"));
        };
        let (weight, depth) = extent(node);
        self.repeated = self.repeated.saturating_add(weight);
        if self.repeated > MAX_REPEATED {
            return Err(self.fault(position, "aliases repeat too much in this document"));
        }
        if self.open.len() + depth > MAX_DEPTH {
            return Err(self.fault(position, "the document is nested too deeply"));
        }
        let mut node = node.clone();
        if node.style == Style::Collection {
            node.position = position;
        }
        node.span.1 = end;
        self.add(node, 0)
    }

    pub(super) fn add(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let file = self.file;
        match self.open.last_mut().map(|open| &mut open.kind) {
            None => self.root = Some(node),
            Some(CollectionKind::Sequence(items)) => items.push(node),
            Some(CollectionKind::Mapping {
                entries,
                key,
                seen,
                merged,
            }) => match key.take() {
                None => {
                    let name = name(file, &node)?;
                    if let Some(first) = seen.insert(name, node.position) {
                        let text = node.text().unwrap_or_default();
                        return Err(Fault::twice(file, node.position, text, first));
                    }
                    *key = Some(node);
                }
                Some(key) if is_merge(&key) => merged.extend(sources(file, node)?),
                Some(key) => entries.push(Entry { key, value: node }),
            },
        }
        Ok(())
    }
}

const UNKNOWN_TAG: &str = "this tag is not known here, or does not fit its value: leave it out, or \
                           put the value in quotes if the `!` is part of it";

/// The tag of a scalar. A redundant one is dropped.
pub(super) fn fit(node: &Node, tag: Option<&saphyr_parser::Tag>) -> Result<Option<Tag>, Fault> {
    let Some(tag) = tag else { return Ok(None) };
    if !tag.is_yaml_core_schema() {
        let is_bare = format!("{}{}", tag.handle, tag.suffix) == "!";
        if is_bare && node.text() == Some("") {
            return Ok(Some(Tag::Bare));
        }
        return Err(Fault::new(&node.file, node.position, UNKNOWN_TAG));
    }
    let is = node.scalar();
    match (tag.suffix.as_str(), is) {
        ("str", _) => Ok(Some(Tag::Str)),
        ("bool", Some(Scalar::Bool(_)))
        | ("float", Some(Scalar::Float(_)))
        | ("int", Some(Scalar::Int(_)))
        | ("null", Some(Scalar::Null))
        | ("timestamp", Some(Scalar::Timestamp(_))) => Ok(None),
        _ => Err(Fault::new(&node.file, node.position, UNKNOWN_TAG)),
    }
}

fn is_merge(key: &Node) -> bool {
    key.style == Style::Plain && key.tag.is_none() && key.text() == Some(MERGE)
}

fn name(file: &Arc<str>, node: &Node) -> Result<Name, Fault> {
    let number = |value: f64| Name::Number(if value == 0.0 { 0.0_f64 } else { value }.to_bits());
    match node.scalar() {
        None => Err(Fault::new(file, node.position, "a name must be a string")),
        Some(Scalar::Null) => Err(Fault::new(
            file,
            node.position,
            "the name before the colon is null, write it in quotes",
        )),
        Some(_) if is_merge(node) => Ok(Name::Merge),
        Some(Scalar::Bool(value)) => Ok(number(f64::from(u8::from(value)))),
        #[expect(
            clippy::cast_precision_loss,
            reason = "names that are near are refused too"
        )]
        Some(Scalar::Int(value)) => Ok(number(value as f64)),
        Some(Scalar::Float(value)) => Ok(number(value)),
        Some(_) => Ok(Name::Text(node.text().unwrap_or_default().to_owned())),
    }
}

/// The weight and the depth of a node.
fn extent(node: &Node) -> (usize, usize) {
    let add = |(weight, depth): (usize, usize), node: &Node| {
        let (more, deeper) = extent(node);
        (weight.saturating_add(more), depth.max(deeper))
    };
    match &node.value {
        Content::Scalar(text) => (WEIGHT + text.len(), 0),
        Content::Sequence(items) => {
            let (weight, depth) = items.iter().fold((WEIGHT, 0), add);
            (weight, depth + 1)
        }
        Content::Mapping(entries) => {
            let nodes = entries.iter().flat_map(|entry| [&entry.key, &entry.value]);
            let (weight, depth) = nodes.fold((WEIGHT, 0), add);
            (weight, depth + 1)
        }
    }
}

/// The mappings of a merge key, in order of precedence.
fn sources(file: &Arc<str>, node: Node) -> Result<Vec<Mapping>, Fault> {
    let map = |node: Node| match node.value {
        Content::Mapping(map) => Ok(map),
        Content::Scalar(_) | Content::Sequence(_) => Err(Fault::new(
            file,
            node.position,
            "`<<` takes a mapping or a list of mappings",
        )),
    };
    match node.value {
        Content::Sequence(items) => items.into_iter().map(map).collect(),
        Content::Mapping(_) | Content::Scalar(_) => Ok(vec![map(node)?]),
    }
}

fn going_on(own: Vec<Entry>, mut seen: HashMap<Name, Position>, merged: Vec<Mapping>) -> Mapping {
    let mut all = own;
    for entry in merged.into_iter().flatten() {
        let name = name(&entry.key.file, &entry.key);
        if let Ok(name) = name
            && seen.insert(name, entry.key.position).is_none()
        {
            all.push(entry);
        }
    }
    Mapping(all)
}
