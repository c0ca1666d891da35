//! The operations of a document, their groups and names.

use std::collections::{BTreeMap, BTreeSet};

use super::action;
use super::names::{self, UsedNames};
use super::node_ref::NodeRef;
use super::reader::Reader;
use super::service::Base;
use crate::model::Method;
use crate::text::problem_of_path;

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

const METHODS: &[(&str, Method)] = &[
    ("get", Method::Get),
    ("head", Method::Head),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("delete", Method::Delete),
];

/// Methods that no client of a service calls.
const OTHER_METHODS: &[&str] = &["options", "trace", "query", "additionalOperations"];

const ITEM_KEYS: &[&str] = &["$ref", "summary", "description", "servers", "parameters"];

/// All operations of a document. `is_own` is whether we wrote it.
pub(super) fn operation_entries<'a>(
    reader: &mut Reader<'a>,
    root: &NodeRef<'a>,
    base: &Base,
    is_own: bool,
) -> Vec<OperationEntry<'a>> {
    let Some(paths) = reader.mapping(root, "paths") else {
        if root.get("webhooks").is_none() && root.get("components").is_none() {
            reader.problem(
                root,
                "the document has no `paths`, so there is nothing to call",
            );
        }
        return Vec::new();
    };
    let mut entries: Vec<_> = paths.entries().collect();
    // Our own documents keep the order of the specs. In others, generated code must not change with the order of keys.
    if !is_own {
        entries.sort_by(|(a, _), (b, _)| a.text().cmp(&b.text()));
    }
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for (key, entry) in entries {
        let path = key.text().unwrap_or_default();
        if path.starts_with("x-") {
            continue;
        }
        if let Some(item) = path_item(reader, path, &entry) {
            of_path(reader, (path, &item), base, &mut seen, &mut found);
        }
    }
    let found = match is_own {
        true => without_counterparts(found),
        false => found,
    };
    unique_ids(reader, &found);
    name_all(found, is_own)
}

/// The item of a path, if the path can be called.
fn path_item<'a>(reader: &mut Reader<'a>, path: &str, entry: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    if !path.starts_with('/') || path.contains(['?', '#']) {
        let message = format!("`{path}` is not a path such as `/users/{{id}}`");
        reader.problem(entry, message);
        return None;
    }
    if let Some(problem) = problem_of_path(path) {
        reader.problem(entry, problem);
        return None;
    }
    let item = reader.resolve(entry)?;
    let methods = METHODS.iter().map(|(name, _)| *name);
    let known = methods.chain(OTHER_METHODS.iter().chain(ITEM_KEYS).copied());
    reader.known_keys(&item, "a path", &known.collect::<Vec<_>>());
    Some(item)
}

/// Adds the operations of one path. `seen` holds paths without the names of their parameters.
fn of_path<'a>(
    reader: &mut Reader<'a>,
    (path, item): (&'a str, &NodeRef<'a>),
    base: &Base,
    seen: &mut BTreeMap<(String, &'static str), &'a str>,
    found: &mut Vec<OperationEntry<'a>>,
) {
    let (rest, at_root) = base.split(path);
    for (name, method) in METHODS {
        let Some(place) = reader.mapping(item, name) else {
            continue;
        };
        if let Some(first) = seen.insert((nameless(path), *name), path) {
            let message = format!("`{name}` of `{path}` is described at `{first}` already");
            reader.problem(&place, message);
            continue;
        }
        let entry = OperationEntry {
            path: rest.to_owned(),
            at_root,
            method: *method,
            item: item.clone(),
            group: group(&place, rest),
            id: place.text("operationId").map(str::to_owned),
            name: String::new(),
            request: place.clone(),
            action: None,
            place,
        };
        match entry.place.get("x-openstack-actions") {
            Some(actions) => found.extend(action::entries(reader, &entry, &actions)),
            None => found.push(entry),
        }
    }
}

/// A path whose parameters have no names: two of these are the same path.
fn nameless(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '{' => inside = true,
            '}' => {
                inside = false;
                out.push_str("{}");
            }
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    out
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

/// Our documents describe HEAD beside each GET; a client has one method for both.
fn without_counterparts(found: Vec<OperationEntry<'_>>) -> Vec<OperationEntry<'_>> {
    let ids: BTreeSet<String> = found.iter().filter_map(|one| one.id.clone()).collect();
    let is_counterpart = |one: &OperationEntry<'_>| {
        let id = one.id.as_deref().unwrap_or_default();
        let base = id.strip_suffix(".head").or(id.strip_suffix(".get"));
        base.is_some_and(|base| base.contains('.') && ids.contains(base))
    };
    found
        .into_iter()
        .filter(|one| !is_counterpart(one))
        .collect()
}

fn unique_ids<'a>(reader: &mut Reader<'a>, found: &[OperationEntry<'a>]) {
    let mut seen = BTreeMap::new();
    for operation in found {
        let Some(id) = operation.place.get("operationId") else {
            continue;
        };
        let text = id.node.text().unwrap_or_default();
        if let Some(first) = seen.insert(text, &operation.place.pointer) {
            let message = format!("the operation `{text}` is described at `#{first}` already");
            reader.problem(&id, message);
        }
    }
}

/// Gives every operation a name that its group has only once.
fn name_all(mut found: Vec<OperationEntry<'_>>, is_own: bool) -> Vec<OperationEntry<'_>> {
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
