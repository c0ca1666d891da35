//! An operation where a document has it, its group and its name.

use std::collections::BTreeMap;

use super::names::{self, UsedNames};
use super::node_ref::NodeRef;
use crate::model::Method;

/// An operation before its parameters, bodies and responses are read.
#[derive(Clone, Debug)]
pub(super) struct OperationEntry<'a> {
    /// The template of the path, without the version.
    pub(super) path: String,
    pub(super) at_root: bool,
    pub(super) method: Method,
    /// The path item, whose parameters are the operation's too.
    pub(super) item: NodeRef<'a>,
    pub(super) place: NodeRef<'a>,
    /// The place of parameters, body and security: the operation, or for an action the one that it is part of.
    pub(super) request: NodeRef<'a>,
    /// The key of the body, if it is an action.
    pub(super) action: Option<&'a str>,
    /// The group, in snake case and as the document writes it.
    pub(super) group: String,
    pub(super) id: Option<String>,
    /// The name of the method in Rust.
    pub(super) name: String,
}

/// The first tag, or the first word of the path.
pub(super) fn group(place: &NodeRef<'_>, path: &str) -> String {
    let tag = place.get("tags").and_then(|tags| tags.items().next());
    let tag = tag.and_then(|tag| tag.node.text());
    let tag = tag.map(|tag| names::snake(&names::words(tag), ""));
    let segment = path
        .split('/')
        .find(|part| !part.is_empty() && !part.starts_with('{'));
    let segment = names::snake(&names::words(segment.unwrap_or_default()), "root");
    tag.filter(|tag| !tag.is_empty()).unwrap_or(segment)
}

/// Gives every operation a name that its group has only once.
pub(super) fn name_all(
    mut found: Vec<OperationEntry<'_>>,
    is_own: bool,
) -> Vec<OperationEntry<'_>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, operation) in found.iter().enumerate() {
        groups
            .entry(operation.group.clone())
            .or_default()
            .push(index);
    }
    for members in groups.values() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for operation in members.iter().filter_map(|index| found.get(*index)) {
            *counts.entry(short_name(operation, is_own)).or_default() += 1;
        }
        let mut taken = UsedNames::of_resource_clients();
        for index in members {
            let Some(operation) = found.get_mut(*index) else {
                continue;
            };
            let short = short_name(operation, is_own);
            let name = match counts.get(&short) {
                Some(1) if !taken.has(&short) => short,
                _ => long_name(operation),
            };
            operation.name = taken.take(&name, "_");
        }
    }
    found
}

/// The name without the words of the group.
fn short_name(operation: &OperationEntry<'_>, is_own: bool) -> String {
    let Some(id) = &operation.id else {
        return match operation.action {
            Some(action) => names::snake(&names::words(action), "call"),
            None => name_of_path(operation, false),
        };
    };
    if let Some((_, name)) = id.rsplit_once('.').filter(|_| is_own) {
        return names::snake(&names::words(name), "call");
    }
    let words = names::words(id);
    let group = names::words(&operation.group);
    let same = |a: &str, b: &str| names::singular(a) == names::singular(b);
    let starts = |at: usize| {
        let rest = words.get(at..).unwrap_or_default();
        rest.len() >= group.len() && rest.iter().zip(&group).all(|(a, b)| same(a, b))
    };
    let mut short = words.clone();
    if let Some(at) = (0..words.len()).find(|at| starts(*at)) {
        short.drain(at..at + group.len());
    }
    let digit = |word: &String| word.starts_with(|first: char| first.is_ascii_digit());
    match short.first() {
        Some(first) if !digit(first) => names::snake(&short, "call"),
        _ => names::snake(&words, "call"),
    }
}

fn long_name(operation: &OperationEntry<'_>) -> String {
    match &operation.id {
        Some(id) => names::snake(&names::words(id), "call"),
        None => name_of_path(operation, true),
    }
}

/// A name from method and path; `whole` adds the parameters.
fn name_of_path(operation: &OperationEntry<'_>, whole: bool) -> String {
    let parts: Vec<&str> = operation
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let on_item = parts.last().is_some_and(|part| part.starts_with('{'));
    let verb = match (operation.method, on_item) {
        (Method::Delete, _) => "delete",
        (Method::Get, true) => "get",
        (Method::Get, false) => "list",
        (Method::Head, _) => "check",
        (Method::Patch, _) => "update",
        (Method::Post, _) => "create",
        (Method::Put, _) => "put",
    };
    let mut words = vec![verb.to_owned()];
    for (index, part) in parts.iter().enumerate() {
        let literal = !part.starts_with('{');
        if literal && (index > 0 || whole) {
            words.extend(names::words(part));
        } else if !literal && whole {
            words.push("by".to_owned());
            words.extend(names::words(part));
        }
    }
    names::snake(&words, "call")
}
