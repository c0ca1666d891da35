//! The paths of a document, and the operations at each.

use std::collections::{BTreeMap, BTreeSet};

use super::action;
use super::node_ref::NodeRef;
use super::operation_entry::{OperationEntry, group, name_all};
use super::reader::Reader;
use super::service::Base;
use crate::model::Method;
use crate::text::problem_of_path;

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
