//! The extension keys of OpenStack APIs: which there are, and that they fit what stands around them.

use super::node_ref::NodeRef;
use super::operation_entry::OperationEntry;
use super::reader::Reader;
use crate::model::{Definition, Method, Module, Operation, Service};
use crate::text::problem_of_policy;
use crate::version::{problem_of_order, problem_of_version};

/// All extension keys. Documents of others may have more.
const KEYS: &[&str] = &[
    "x-openstack-actions",
    "x-openstack-always",
    "x-openstack-deprecated",
    "x-openstack-gone",
    "x-openstack-hide",
    "x-openstack-name",
    "x-openstack-once",
    "x-openstack-page",
    "x-openstack-policies",
    "x-openstack-resource",
    "x-openstack-scope-types",
    "x-openstack-service",
    "x-openstack-shape",
    "x-openstack-since",
    "x-openstack-task",
    "x-openstack-type",
    "x-openstack-until",
];

/// Values under these keys are data.
const DATA: &[&str] = &["example", "examples", "default", "enum", "const"];

/// The headers that the runtimes of clients and services know by themselves, in small letters.
const HEADERS: &[&str] = &["openstack-api-version", "vary", "x-openstack-request-id"];

/// Whether no operation of our own documents describes this header.
pub(super) fn is_header(lower: &str) -> bool {
    HEADERS.contains(&lower)
}

/// Whether keystone-codegen wrote the document, or its author follows it.
pub(super) fn is_own_document(root: &NodeRef<'_>) -> bool {
    let info = root.get("info");
    let key = "x-openstack-service";
    root.get(key)
        .or(info.and_then(|info| info.get(key)))
        .is_some()
}

/// Looks at every extension key of a document: its name, and its versions.
pub(super) fn check(reader: &mut Reader<'_>, service: &Service) {
    for root in reader.roots() {
        let is_own = is_own_document(&root);
        let mut open = vec![(root, false)];
        while let Some((place, free)) = open.pop() {
            // Where names are free, they are not keys.
            if !free {
                versions(reader, &place, service);
            }
            for (key, child) in place.entries() {
                let name = key.text().unwrap_or_default();
                let is_extension = name.starts_with("x-openstack-");
                if is_own && !free && is_extension && !KEYS.contains(&name) {
                    let hint = keystone_document::hint_or(name, KEYS, "remove it");
                    reader.problem(&child, format!("there is no extension key `{name}`{hint}"));
                }
                let is_data =
                    DATA.contains(&name) || name.starts_with("x-") && name != "x-openstack-actions";
                if free || !is_data {
                    let names = [
                        "properties",
                        "schemas",
                        "patternProperties",
                        "mapping",
                        "x-openstack-actions",
                    ];
                    open.push((child, !free && names.contains(&name)));
                }
            }
            open.extend(place.items().map(|child| (child, false)));
        }
    }
}

/// `since` is not after `until`, and both are microversions of the service, if it has any.
fn versions<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>, service: &Service) {
    let [since, until] = ["x-openstack-since", "x-openstack-until"].map(|key| place.get(key));
    for version in [&since, &until].into_iter().flatten() {
        let problem = match (version.node.text(), &service.microversions) {
            (None, _) => Some("expected a version such as `1.2`".to_owned()),
            (Some(text), Some(range)) => problem_of_version(text, range),
            (Some(_), None) => None,
        };
        if let Some(problem) = problem {
            reader.problem(version, problem);
        }
    }
    let text = |place: &Option<NodeRef<'a>>| place.as_ref().and_then(|place| place.node.text());
    if let (Some(problem), Some(until)) = (problem_of_order(text(&since), text(&until)), &until) {
        reader.problem(until, problem);
    }
}

/// Marks the attributes that some responses lack because of their policy or of the microversion.
pub(super) fn limit(service: &Service, modules: &mut [Module]) {
    let has_microversions = service.microversions.is_some();
    for definition in modules.iter_mut().flat_map(|module| &mut module.types) {
        if let Definition::Record(record) = definition {
            for field in &mut record.fields {
                field.limited |= field.is_limited(has_microversions);
            }
        }
    }
}

/// The policy of a property: a list with one name.
pub(super) fn field_policy<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>) -> Option<String> {
    let policies = reader.list(place, "x-openstack-policies");
    let [policy] = policies.as_slice() else {
        if let Some(key) = place.get("x-openstack-policies") {
            reader.problem(
                &key,
                "a property has exactly one policy; write a list of one",
            );
        }
        return None;
    };
    let name = policy.node.text().unwrap_or_default();
    match problem_of_policy(name) {
        Some(problem) => {
            reader.problem(policy, problem);
            None
        }
        None => Some(name.to_owned()),
    }
}

/// Reads whether an operation hides its object, and refuses what its extension keys cannot mean.
pub(super) fn check_operation<'a>(
    reader: &mut Reader<'a>,
    entry: &OperationEntry<'a>,
    operation: &mut Operation,
) {
    if let Some(place) = entry.place.get("x-openstack-hide") {
        let problem = match place.node.text() {
            Some("true") => operation.problem_of_hide(),
            Some("false") => None,
            _ => Some("expected `true` or `false`"),
        };
        operation.hide = place.node.text() == Some("true") && problem.is_none();
        if let Some(problem) = problem {
            reader.problem(&place, problem);
        }
    }
    let Some(place) = entry.place.get("x-openstack-task") else {
        return;
    };
    if matches!(operation.method, Method::Get | Method::Head) {
        let message = "`get` starts no work; leave `x-openstack-task` out";
        reader.problem(&place, message);
    } else if operation.statuses != [202] {
        let message = "an operation with a task responds with 202 and no other success";
        reader.problem(&place, message);
    }
}

/// Every task is one of the resources that can be polled.
pub(super) fn check_tasks<'a>(
    reader: &mut Reader<'a>,
    entries: &[OperationEntry<'a>],
    tasks: &[&str],
) {
    for entry in entries {
        let Some(place) = entry.place.get("x-openstack-task") else {
            continue;
        };
        let name = place.node.text().unwrap_or_default();
        if !tasks.contains(&name) {
            let hint =
                keystone_document::hint_or(name, tasks, "describe it under a tag of its own");
            reader.problem(
                &place,
                format!("`{name}` is not a resource with `get`{hint}"),
            );
        }
    }
}
