//! What every part of the reader needs: the documents, and what is wrong with them.

use keystone_document::{Content, Position, suggest};

use super::node_ref::{Document, NodeRef, follow};
use crate::error::Problem;

/// How many problems are reported.
const MOST: usize = 100;

/// How many references may lead from one to the next.
const MOST_REFERENCES: usize = 32;

#[derive(Debug)]
pub(super) struct Reader<'a> {
    documents: &'a [Document],
    /// With the place in a form that can be sorted: file, line, column.
    problems: Vec<((usize, usize, usize), Problem)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(documents: &'a [Document]) -> Self {
        Self {
            documents,
            problems: Vec::new(),
        }
    }

    /// The documents, from their roots.
    pub(super) fn roots(&self) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
        let documents = self.documents.iter().enumerate();
        documents.map(|(file, document)| NodeRef::root(file, document))
    }

    pub(super) fn file_name(&self, file: usize) -> &'a str {
        let document = self.documents.get(file);
        document.map_or("", |document| document.name.as_str())
    }

    pub(super) fn problem(&mut self, place: &NodeRef<'_>, message: impl Into<String>) {
        self.problem_at(place, place.node.position, message);
    }

    fn problem_at(&mut self, place: &NodeRef<'_>, at: Position, message: impl Into<String>) {
        let problem = Problem {
            place: at.place(self.file_name(place.file)),
            pointer: format!("#{}", place.pointer),
            message: message.into(),
        };
        let key = (place.file, at.line, at.column);
        if self.problems.len() < MOST && !self.problems.contains(&(key, problem.clone())) {
            self.problems.push((key, problem));
        }
    }

    /// All that is wrong, in the order of files and places.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|(key, _)| *key);
        self.problems
            .into_iter()
            .map(|(_, problem)| problem)
            .collect()
    }

    /// Refuses keys that OpenAPI does not have here; `x-` begins those of anybody's own.
    pub(super) fn known_keys(&mut self, place: &NodeRef<'_>, what: &str, known: &[&str]) {
        let Some(entries) = place.node.mapping() else {
            self.problem(place, format!("expected {what}, with its keys"));
            return;
        };
        for entry in entries {
            let name = entry.name();
            if known.contains(&name) || name.starts_with("x-") {
                continue;
            }
            let hint = match near_of_few(name, known) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => "; extension keys begin with `x-`".to_owned(),
            };
            let message = format!("{what} has no key `{name}`{hint}");
            self.problem_at(place, entry.key.position, message);
        }
    }

    /// The mapping under a key; anything else is a problem, nothing is none.
    pub(super) fn mapping(&mut self, place: &NodeRef<'a>, key: &str) -> Option<NodeRef<'a>> {
        let found = place.get(key)?;
        match &found.node.value {
            Content::Mapping(_) => Some(found),
            _ => {
                self.problem(&found, format!("`{key}` is not an object"));
                None
            }
        }
    }

    /// The items of the list under a key.
    pub(super) fn list(&mut self, place: &NodeRef<'a>, key: &str) -> Vec<NodeRef<'a>> {
        let Some(found) = place.get(key) else {
            return Vec::new();
        };
        if !matches!(found.node.value, Content::Sequence(_)) {
            self.problem(&found, format!("`{key}` is not a list"));
        }
        found.items().collect()
    }

    /// The target of a `$ref`, through further ones; the place itself without one.
    pub(super) fn resolve(&mut self, place: &NodeRef<'a>) -> Option<NodeRef<'a>> {
        let mut place = place.clone();
        for _ in 0..MOST_REFERENCES {
            let Some(reference) = place.get("$ref") else {
                return Some(place);
            };
            // A property may be called so.
            if reference.is_mapping() {
                return Some(place);
            }
            place = self.target(&reference)?;
        }
        self.problem(
            &place,
            "the references form a cycle, or a chain that is too long",
        );
        None
    }

    /// The target of a text that is a reference or the bare name of a schema.
    pub(super) fn named(&mut self, place: &NodeRef<'a>) -> Option<NodeRef<'a>> {
        let name = place.node.text().unwrap_or_default();
        let bare = !name.contains(['/', '#', '.']);
        let schemas = self.roots().nth(place.file)?;
        let schemas = schemas.get("components").and_then(|one| one.get("schemas"));
        match schemas
            .and_then(|schemas| schemas.get(name))
            .filter(|_| bare)
        {
            Some(found) => self.resolve(&found),
            None => self.target(place).and_then(|found| self.resolve(&found)),
        }
    }

    /// The target of one reference.
    fn target(&mut self, reference: &NodeRef<'a>) -> Option<NodeRef<'a>> {
        let Some(text) = reference.node.text() else {
            self.problem(reference, "`$ref` is not a string");
            return None;
        };
        let (file, pointer) = text.split_once('#').unwrap_or((text, ""));
        let root = if file.is_empty() {
            self.roots().nth(reference.file)
        } else {
            self.other(reference.file, file)
        };
        let Some(root) = root else {
            let message = format!("`{file}` is not among the given files; pass it too");
            self.problem(reference, message);
            return None;
        };
        if !pointer.is_empty() && !pointer.starts_with('/') {
            let message =
                format!("`{text}` names an anchor; write a path such as `#/components/..`");
            self.problem(reference, message);
            return None;
        }
        let found = follow(root, pointer);
        if found.is_none() {
            let message = format!(
                "`{text}` does not resolve{}",
                self.neighbour(reference, pointer)
            );
            self.problem(reference, message);
        }
        found
    }

    /// Another document, named as from the first.
    fn other(&self, from: usize, file: &str) -> Option<NodeRef<'a>> {
        let from = self.file_name(from);
        let directory = from.rsplit_once('/').map_or("", |(directory, _)| directory);
        let wanted = join(directory, file);
        self.roots()
            .find(|root| join("", self.file_name(root.file)) == wanted)
    }

    /// The name that was probably meant.
    fn neighbour(&self, reference: &NodeRef<'a>, pointer: &str) -> String {
        let Some((parent, name)) = pointer.rsplit_once('/') else {
            return String::new();
        };
        let parent = self
            .roots()
            .nth(reference.file)
            .and_then(|root| follow(root, parent));
        let names: Vec<&str> = parent
            .iter()
            .flat_map(NodeRef::entries)
            .filter_map(|(key, _)| key.text())
            .collect();
        match near_of_few(name, &names) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => String::new(),
        }
    }
}

/// The name that was probably meant. Among thousands none is looked for: that would take too long.
fn near_of_few<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    (known.len() <= 2000)
        .then(|| suggest(name, known))
        .flatten()
}

/// A path below a directory, without `.` and `..`.
fn join(directory: &str, path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    parts
}
