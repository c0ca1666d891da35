//! A route as the document needs it.

use http::Method;
use keystone_policy::ScopeType;

use super::macro_support::Described;

/// A route whose handler has `#[operation]`.
pub(crate) struct DescribedRoute {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) policy: Option<&'static str>,
    pub(crate) scope_types: &'static [ScopeType],
    pub(crate) described: Described,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::axum::openapi::macro_support::Facts;

    /// A route with a handler that reads nothing.
    pub(in super::super) fn route(handler: &'static str, path: &'static str) -> DescribedRoute {
        let facts = Facts {
            handler,
            path,
            ..Facts::NONE
        };
        DescribedRoute {
            method: Method::GET,
            path: path.to_owned(),
            policy: None,
            scope_types: &[],
            described: Described {
                facts: Box::leak(Box::new(facts)),
                describe: |_| {},
            },
        }
    }
}
