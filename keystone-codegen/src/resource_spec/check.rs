//! What can be judged only when all files are read: names that point into other files.

use std::collections::BTreeMap;

use super::microversion;
use super::reader::{Reader, ReferenceKind};
use crate::model::{Api, Resource, Shape};

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
    // After the look-ups above, which hold references to the resources of the API.
    microversion::loosen(api);
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
