//! Microversions: the range that a service knows, and what came with one of them.

use keystone_document::Node;

use super::reader::{Reader, Reference};
use super::table::MICROVERSIONS;
use crate::model::{Api, Presence};

/// Reads `{min: "1.0", max: "1.2"}`.
pub(super) fn range(reader: &mut Reader, node: &Node) -> Option<(String, String)> {
    let keys = reader.keys(node, &MICROVERSIONS)?;
    let min = reader.required_text(node, &keys, "min");
    let max = reader.required_text(node, &keys, "max");
    match (numbers(&min), numbers(&max)) {
        (Some(lowest), Some(highest)) if lowest <= highest => {}
        _ => {
            let message = "a range of microversions is two of them, such as `1.0` and `1.2`, the lower one as `min`";
            reader.problem(node.position, message);
        }
    }
    Some((min, max))
}

/// Of a service with microversions, `since` names one of them.
pub(super) fn check(reader: &mut Reader, api: &Api, reference: &Reference) {
    let Some((min, max)) = &api.service.microversions else {
        return;
    };
    let version = numbers(&reference.name);
    if version.is_none() || version < numbers(min) || version > numbers(max) {
        let message = format!(
            "`{}` is not a microversion of this service; it supports {min} to {max}",
            reference.name
        );
        reader.unresolved(reference, message);
    }
}

/// Makes attributes with `since` optional in responses: a client that asks for a lower microversion gets responses
/// without them, and must still be able to read them.
pub(super) fn loosen(api: &mut Api) {
    if api.service.microversions.is_none() {
        return;
    }
    let resources = api
        .modules
        .iter_mut()
        .flat_map(|module| &mut module.resources);
    for resource in resources {
        let records = resource.records.iter_mut();
        let in_records = records.flat_map(|record| &mut record.fields);
        for field in resource.fields.iter_mut().chain(in_records) {
            if field.since.is_some() && field.response == Some(Presence::Always) {
                field.response = Some(Presence::Maybe);
            }
        }
    }
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
