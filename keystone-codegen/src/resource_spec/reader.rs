//! Reads nodes as what they should be, and collects what is wrong.

use std::collections::BTreeMap;

use keystone_document::{Node, Position, hint};

use super::table::Table;
use crate::error::Problem;
use crate::model::Path;

/// A name that another file may define, to be looked up when all are read.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) wants: ReferenceKind,
    pub(super) name: String,
    file: usize,
    position: Position,
}

/// What a name should be the name of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ReferenceKind {
    /// A resource with responses, so that it has a Rust type.
    Entity,
    /// A resource that has an id.
    Identified,
    /// An action that no other has the name of, at the same path.
    Action,
    /// A resource that can be polled.
    Task,
    /// A record, or a resource by the name of its type.
    Type,
    /// A version of the API.
    Version,
    /// Nothing: an attribute of a record that is always there, and has a version.
    VersionedRecordField,
}

/// A name in an operation, with the operation's path.
#[derive(Debug)]
pub(super) struct OperationReference {
    reference: Reference,
    pub(super) path: Path,
}

impl OperationReference {
    pub(super) fn name(&self) -> &str {
        &self.reference.name
    }

    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    files: Vec<String>,
    /// With the place in a form that can be sorted: file, line, column.
    problems: Vec<((usize, usize, usize), Problem)>,
    pub(super) references: Vec<Reference>,
    pub(super) of_operations: Vec<OperationReference>,
}

/// Words of earlier versions of the format, and what they are called now. They are too far from the new ones for a
/// suggestion by spelling.
const RENAMED: &[(&str, &str)] = &[("answer", "response"), ("answer?", "response?")];

/// The values of a mapping by key.
pub(super) type Keys<'a> = BTreeMap<&'a str, &'a Node>;

impl Reader {
    pub(super) fn begin(&mut self, file: &str) {
        self.files.push(file.to_owned());
    }

    pub(super) fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// All that is wrong, in the order of files and places.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|(key, _)| *key);
        self.problems
            .into_iter()
            .map(|(_, problem)| problem)
            .collect()
    }

    /// Adds a problem with its place in words.
    pub(super) fn push(&mut self, problem: Problem) {
        let file = self.files.len().saturating_sub(1);
        self.problems.push(((file, 0, 0), problem));
    }

    pub(super) fn problem(&mut self, position: Position, message: impl Into<String>) {
        self.problem_in(self.files.len().saturating_sub(1), position, message.into());
    }

    /// Adds a problem of a name that was looked up when all files were read.
    pub(super) fn unresolved(&mut self, reference: &Reference, message: String) {
        self.problem_in(reference.file, reference.position, message);
    }

    fn problem_in(&mut self, file: usize, position: Position, message: String) {
        let name = self.files.get(file).map(String::as_str).unwrap_or_default();
        let place = position.place(name);
        let key = (file, position.line, position.column);
        let problem = Problem {
            place,
            pointer: String::new(),
            message,
        };
        self.problems.push((key, problem));
    }

    pub(super) fn problem_at_start(&mut self, message: &str) {
        self.problem(Position { line: 1, column: 1 }, message);
    }

    /// `name` is none of `known`.
    pub(super) fn unknown(&mut self, position: Position, what: &str, name: &str, known: &[&str]) {
        let renamed = RENAMED.iter().find(|(old, _)| *old == name);
        if let Some((_, new)) = renamed.filter(|(_, new)| known.contains(new)) {
            self.problem(
                position,
                format!("`{name}` is now called `{new}`; write `{new}`"),
            );
            return;
        }
        let hint = hint(name, known);
        self.problem(position, format!("`{name}` is not {what}{hint}"));
    }

    pub(super) fn refer(&mut self, wants: ReferenceKind, name: &str, position: Position) {
        let reference = self.reference(wants, name, position);
        self.references.push(reference);
    }

    /// As [`refer`](Self::refer), from the operation at this path.
    pub(super) fn refer_from(
        &mut self,
        wants: ReferenceKind,
        name: &str,
        position: Position,
        path: &Path,
    ) {
        self.of_operations.push(OperationReference {
            reference: self.reference(wants, name, position),
            path: path.clone(),
        });
    }

    fn reference(&self, wants: ReferenceKind, name: &str, position: Position) -> Reference {
        Reference {
            wants,
            name: name.to_owned(),
            file: self.files.len().saturating_sub(1),
            position,
        }
    }

    /// The values of a mapping whose keys stand in `table`.
    pub(super) fn keys<'a>(&mut self, node: &'a Node, table: &Table) -> Option<Keys<'a>> {
        let Some(entries) = node.mapping() else {
            let message = format!("{} must be a mapping", table.what);
            self.problem(node.position, message);
            return None;
        };
        let known: Vec<&str> = table.rows.iter().map(|row| row.key).collect();
        let mut keys = Keys::new();
        for entry in entries {
            if known.contains(&entry.name()) {
                keys.insert(entry.name(), &entry.value);
            } else {
                let what = format!("a key of {}", table.what);
                self.unknown(entry.key.position, &what, entry.name(), &known);
            }
        }
        Some(keys)
    }

    /// The entries of a mapping with free names.
    pub(super) fn entries<'a>(&mut self, node: &'a Node, what: &str) -> Vec<(&'a Node, &'a Node)> {
        match node.mapping() {
            Some(entries) => entries
                .iter()
                .map(|entry| (&entry.key, &entry.value))
                .collect(),
            None => {
                self.problem(node.position, format!("{what} must be a mapping"));
                Vec::new()
            }
        }
    }

    /// The one entry of a mapping that may have no other.
    pub(super) fn entry<'a>(&mut self, node: &'a Node, what: &str) -> Option<(&'a Node, &'a Node)> {
        let entries = self.entries(node, what);
        match entries.as_slice() {
            [one] => Some(*one),
            _ => {
                let message = format!("{what} has exactly one key, which wraps the body");
                self.problem(node.position, message);
                None
            }
        }
    }

    pub(super) fn text(&mut self, node: &Node) -> String {
        match node.text() {
            Some(text) => text.to_owned(),
            None => {
                self.problem(node.position, "expected a text");
                String::new()
            }
        }
    }

    pub(super) fn required_text(&mut self, node: &Node, keys: &Keys<'_>, key: &str) -> String {
        match keys.get(key) {
            Some(node) => self.text(node),
            None => {
                self.problem(node.position, format!("the key `{key}` is missing"));
                String::new()
            }
        }
    }

    pub(super) fn bool(&mut self, node: &Node) -> bool {
        match node.text() {
            Some("true") => true,
            Some("false") => false,
            _ => {
                self.problem(node.position, "expected `true` or `false`");
                false
            }
        }
    }
}
