//! The extension keys of OpenStack APIs that have to fit what stands around them.

use super::node_ref::NodeRef;
use super::reader::Reader;
use crate::text::problem_of_policy;

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
