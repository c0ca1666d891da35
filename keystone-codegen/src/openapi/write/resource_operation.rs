//! An operation in the place where a document has it.

use crate::model::{Method, Operation, Resource};

/// An operation and the resource that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct ResourceOperation<'a> {
    pub(super) resource: &'a Resource,
    pub(super) operation: &'a Operation,
}

/// Adds HEAD where there is GET, and GET where there is HEAD: Keystone serves both by one handler.
pub(super) fn with_counterparts(
    mut operations: Vec<(Method, Vec<ResourceOperation<'_>>)>,
) -> Vec<(Method, Vec<ResourceOperation<'_>>)> {
    for (one, other) in [(Method::Get, Method::Head), (Method::Head, Method::Get)] {
        let has = |method| operations.iter().position(|(at, _)| *at == method);
        if let (Some(index), None) = (has(one), has(other))
            && let Some((_, parts)) = operations.get(index)
        {
            // A check is the same with and without a body; of several media types, the first counts.
            let parts = parts.iter().take(1).copied().collect();
            operations.insert(index + 1, (other, parts));
        }
    }
    operations
}
