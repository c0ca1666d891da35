//! What can be judged only when all files are read: names that point into other files.

use std::collections::BTreeMap;

use super::reader::{Reader, ReferenceKind};
use super::{microversion, task};
use crate::model::{Api, Method, Resource, Shape};

/// Looks up every name, and gives lists the key around their items.
pub(super) fn references(reader: &mut Reader, api: &mut Api) {
    let resources: Vec<&Resource> = api
        .modules
        .iter()
        .flat_map(|module| &module.resources)
        .collect();
    for reference in std::mem::take(&mut reader.references) {
        let name = reference.name.as_str();
        let (known, what) = match reference.wants {
            ReferenceKind::Entity => (
                names(&resources, Resource::has_entity),
                "a resource with responses",
            ),
            ReferenceKind::Identified => {
                (names(&resources, Resource::has_id), "a resource with an id")
            }
            ReferenceKind::Type => (types(&resources), "a record or a resource"),
            ReferenceKind::Version => {
                microversion::check(reader, api, &reference);
                continue;
            }
            ReferenceKind::VersionedRecordField => {
                microversion::check_optional(reader, api, &reference);
                continue;
            }
            // These come from operations, below.
            ReferenceKind::Action | ReferenceKind::Task => continue,
        };
        if known.iter().any(|known| known == name) {
            continue;
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = keystone_document::hint_or(name, &known, "describe it in one of the files");
        reader.unresolved(&reference, format!("`{name}` is not {what}{hint}"));
    }
    let keys: BTreeMap<String, String> = resources
        .iter()
        .filter(|resource| resource.has_entity())
        .map(|resource| (resource.type_name(), resource.keys.clone()))
        .collect();
    duplicates(reader, &resources);
    of_operations(reader, api, &resources);
    // After the look-ups above, which hold references to the resources of the API.
    microversion::limit(api);
    task::add_keys(api);
    for module in &mut api.modules {
        for resource in &mut module.resources {
            for operation in &mut resource.operations {
                if let Shape::List {
                    item, keys: key, ..
                } = &mut operation.shape
                    && let Some(known) = keys.get(item)
                {
                    key.clone_from(known);
                }
            }
        }
    }
}

/// Actions of one path differ in their names, and are all that is sent there; tasks can be polled.
fn of_operations(reader: &mut Reader, api: &Api, resources: &[&Resource]) {
    let others: Vec<String> = resources
        .iter()
        .flat_map(|resource| &resource.operations)
        .filter(|operation| operation.action.is_none() && operation.method == Method::Post)
        .map(|operation| operation.path.nameless())
        .collect();
    let mut seen = BTreeMap::new();
    for reference in std::mem::take(&mut reader.of_operations) {
        if reference.reference().wants == ReferenceKind::Task {
            task::check(reader, resources, &reference);
            continue;
        }
        let path = reference.path.nameless();
        let address = api.address(&reference.path);
        let name = reference.name().to_owned();
        if others.contains(&path) {
            let message = format!(
                "`POST {address}` is described as an operation of its own too; make that an action, or give it another path"
            );
            reader.unresolved(reference.reference(), message);
        } else if seen.insert((path, name), ()).is_some() {
            let message = format!(
                "the action `{}` of `POST {address}` is described twice; choose another name",
                reference.name()
            );
            reader.unresolved(reference.reference(), message);
        }
    }
}

fn duplicates(reader: &mut Reader, resources: &[&Resource]) {
    let mut seen = BTreeMap::new();
    for resource in resources {
        if seen.insert(&resource.name, ()).is_some() {
            let message = format!("the resource `{}` is described twice", resource.name);
            reader.problem_at_start(&message);
        }
    }
}

fn names(resources: &[&Resource], which: fn(&Resource) -> bool) -> Vec<String> {
    resources
        .iter()
        .filter(|resource| which(resource))
        .map(|resource| resource.name.clone())
        .collect()
}

fn types(resources: &[&Resource]) -> Vec<String> {
    let entities = resources
        .iter()
        .filter(|resource| resource.has_entity())
        .map(|resource| resource.type_name());
    let records = resources
        .iter()
        .flat_map(|resource| &resource.records)
        .map(|record| record.name.clone());
    entities.chain(records).collect()
}
