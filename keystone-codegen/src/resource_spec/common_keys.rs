//! The keys of every operation: its policies, statuses and documentation.

use keystone_document::Node;

use super::reader::{Keys, Reader, ReferenceKind};
use crate::model::Notes;
use crate::text::problem_of_policy;
use crate::version::problem_of_order;

/// An operation without any policy must say so: `public`.
pub(super) fn policies(reader: &mut Reader, node: &Node, keys: &Keys<'_>) -> Vec<String> {
    let Some(policy) = keys.get("policy") else {
        let message =
            "the key `policy` is missing; an operation that is open to all says `policy: public`";
        reader.problem(node.position, message);
        return Vec::new();
    };
    match (policy.text(), policy.sequence()) {
        (Some("public"), _) => Vec::new(),
        (Some(""), _) => {
            reader.problem(policy.position, "a policy has a name, or is `public`");
            Vec::new()
        }
        (Some(_), _) => vec![named(reader, policy)],
        (None, Some(names)) => names.iter().map(|name| named(reader, name)).collect(),
        (None, None) => {
            reader.problem(
                policy.position,
                "expected a policy, a list of them, or `public`",
            );
            Vec::new()
        }
    }
}

fn named(reader: &mut Reader, node: &Node) -> String {
    let name = reader.text(node);
    if let Some(problem) = problem_of_policy(&name) {
        reader.problem(node.position, problem);
    }
    name
}

pub(super) fn doc(reader: &mut Reader, keys: &Keys<'_>) -> String {
    keys.get("doc")
        .map(|node| reader.text(node))
        .unwrap_or_default()
}

/// The statuses of success.
pub(super) fn statuses(reader: &mut Reader, keys: &Keys<'_>, usual: u16) -> Vec<u16> {
    let Some(node) = keys.get("status") else {
        return vec![usual];
    };
    let nodes = node.sequence().unwrap_or(std::slice::from_ref(*node));
    let mut statuses = Vec::new();
    for node in nodes {
        match node.text().and_then(|text| text.parse().ok()) {
            Some(status) if (200..400).contains(&status) => statuses.push(status),
            _ => reader.problem(node.position, "expected a status of success, such as 204"),
        }
    }
    statuses
}

/// The notes of an operation, or of a resource. `outer` are those of the resource around an operation.
pub(super) fn notes(reader: &mut Reader, keys: &Keys<'_>, outer: &Notes) -> Notes {
    let notes = Notes {
        deprecated: keys.get("deprecated").map(|node| reader.text(node)),
        since: keys.get("since").map(|node| version(reader, node)),
        until: keys.get("until").map(|node| version(reader, node)),
    };
    let since = notes.since.as_ref().or(outer.since.as_ref());
    let until = notes.until.as_ref().or(outer.until.as_ref());
    let problem = problem_of_order(since.map(String::as_str), until.map(String::as_str));
    if let (Some(problem), Some(node)) = (problem, keys.get("until").or(keys.get("since"))) {
        reader.problem(node.position, problem);
    }
    notes
}

fn version(reader: &mut Reader, node: &Node) -> String {
    let version = reader.text(node);
    reader.refer(ReferenceKind::Version, &version, node.position);
    version
}
