//! Microversions: the range that a service knows, and what came and went with one of them.

use keystone_document::Node;

use super::reader::{Reader, Reference};
use super::table::MICROVERSIONS;
use crate::model::Api;
use crate::version::{self, numbers};

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

/// Of a service with microversions, `since` and `until` name one of them.
pub(super) fn check(reader: &mut Reader, api: &Api, reference: &Reference) {
    let range = api.service.microversions.as_ref();
    let problem = range.and_then(|range| version::problem_of_version(&reference.name, range));
    if let Some(problem) = problem {
        reader.unresolved(reference, problem);
    }
}

/// Marks the attributes that some responses lack: those to other microversions, and those to callers whom the policy of
/// the attribute refuses.
pub(super) fn limit(api: &mut Api) {
    let has_microversions = api.service.microversions.is_some();
    let resources = api
        .modules
        .iter_mut()
        .flat_map(|module| &mut module.resources);
    for field in resources.flat_map(|resource| &mut resource.fields) {
        field.limited = field.is_limited(has_microversions);
    }
}

/// An attribute of a record that only some microversions have cannot be required.
pub(super) fn check_optional(reader: &mut Reader, api: &Api, reference: &Reference) {
    if api.service.microversions.is_some() {
        let message = format!(
            "`{}` is required, but some microversions lack it; add `optional`",
            reference.name
        );
        reader.unresolved(reference, message);
    }
}
