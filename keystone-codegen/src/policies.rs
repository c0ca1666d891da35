//! What the policies of an API are for.

use std::fmt;

use crate::model::{Api, Method, Operation, Resource};
use crate::text::visible;

/// What an API asks a policy about.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyUse {
    /// The name of the policy.
    pub policy: String,
    /// Who uses it.
    pub user: PolicyUser,
}

/// An operation or an attribute that a policy guards.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyUser {
    /// An attribute: seen and set by those whom the policy allows.
    Attribute {
        /// The resource, in snake case.
        resource: String,
        /// The name in JSON.
        name: String,
    },
    /// An operation.
    Operation {
        /// The HTTP method; `GET` for a check by `HEAD`.
        method: &'static str,
        /// The whole path, with the name of the action behind it if it is one: `/v1/zones/{zone_id}/action (pause)`.
        path: String,
    },
}

impl fmt::Display for PolicyUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute { resource, name } => {
                let name = visible(name);
                write!(f, "the attribute `{name}` of `{resource}`")
            }
            Self::Operation { method, path } => write!(f, "{method} {}", visible(path)),
        }
    }
}

/// The policies that the operations and attributes of an API name, in the order of the description, each pair
/// once.
///
/// ```
/// use keystone_codegen::resource_spec::{SpecFile, read};
///
/// let api = read(&[SpecFile::new(
///     "notes.yaml",
///     "service: {type: notes, version: v1}\n\
///      resources:\n\
///      \x20 note:\n\
///      \x20   operations: {list: 'notes:list', delete: ['notes:delete', 'notes:purge']}\n\
///      \x20   fields: {id: 'id, response'}\n",
/// )])?;
/// let uses = keystone_codegen::policy_uses(&api);
/// assert_eq!(uses[1].policy, "notes:delete");
/// assert_eq!(uses[1].user.to_string(), "DELETE /v1/notes/{note_id}");
/// # Ok::<(), keystone_codegen::Error>(())
/// ```
#[must_use]
pub fn policy_uses(api: &Api) -> Vec<PolicyUse> {
    let mut uses: Vec<PolicyUse> = Vec::new();
    for resource in api.resources() {
        let operations = resource.operations.iter();
        let operations = operations.flat_map(|operation| operation_uses(api, operation));
        for found in operations.chain(attribute_uses(resource)) {
            if !uses.contains(&found) {
                uses.push(found);
            }
        }
    }
    uses
}

fn operation_uses<'a>(
    api: &Api,
    operation: &'a Operation,
) -> impl Iterator<Item = PolicyUse> + use<'a> {
    let method = match operation.method {
        Method::Head => Method::Get,
        method => method,
    };
    let mut path = api.address(&operation.path);
    if let Some(action) = &operation.action {
        path.push_str(&format!(" ({action})"));
    }
    operation.policies.iter().map(move |policy| PolicyUse {
        policy: policy.clone(),
        user: PolicyUser::Operation {
            method: method.as_str(),
            path: path.clone(),
        },
    })
}

fn attribute_uses(resource: &Resource) -> impl Iterator<Item = PolicyUse> {
    resource.fields.iter().filter_map(|field| {
        Some(PolicyUse {
            policy: field.policy.clone()?,
            user: PolicyUser::Attribute {
                resource: resource.name.clone(),
                name: field.name.clone(),
            },
        })
    })
}
