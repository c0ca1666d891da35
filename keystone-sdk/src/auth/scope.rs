//! The scope of a token: a project, a domain, the system, a trust, or none.

use std::fmt;

use serde_json::{Value, json};

use super::{CacheId, DomainIdentity, ProjectIdentity};

/// The scope in a token request.
///
/// Source: Identity API v3, "Password authentication with scoped authorization".
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Scope {
    /// None requested: Keystone uses the user's default project, if there is one.
    #[default]
    Default,
    /// No scope, even if the user has a default project.
    Unscoped,
    /// A project.
    Project(ProjectIdentity),
    /// A domain.
    Domain(DomainIdentity),
    /// The whole system.
    System,
    /// The project and roles of a trust, by its id.
    Trust(String),
}

impl Scope {
    /// The JSON under `auth.scope` of a token request; `None` for the default.
    pub fn to_json(&self) -> Option<Value> {
        match self {
            Self::Default => None,
            Self::Unscoped => Some(json!("unscoped")),
            Self::Project(project) => Some(json!({ "project": project.to_json() })),
            Self::Domain(domain) => Some(json!({ "domain": domain.to_json() })),
            Self::System => Some(json!({ "system": { "all": true } })),
            Self::Trust(id) => Some(json!({ "OS-TRUST:trust": { "id": id } })),
        }
    }

    /// Adds the scope to a cache id.
    pub(crate) fn cache_id(&self, id: &mut CacheId) {
        if let Some(scope) = self.to_json() {
            id.add("scope", &scope.to_string());
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default scope"),
            Self::Unscoped => f.write_str("no scope"),
            Self::Project(ProjectIdentity::Id(name) | ProjectIdentity::Name { name, .. }) => {
                write!(f, "project `{name}`")
            }
            Self::Domain(DomainIdentity::Id(name) | DomainIdentity::Name(name)) => {
                write!(f, "domain `{name}`")
            }
            Self::System => f.write_str("the system scope"),
            Self::Trust(id) => write!(f, "trust `{id}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_has_its_wire_form() {
        let by_name = ProjectIdentity::Name {
            name: "p".to_owned(),
            domain: DomainIdentity::Name("D".to_owned()),
        };
        let cases = [
            (Scope::Default, None),
            (Scope::Unscoped, Some(json!("unscoped"))),
            (
                Scope::Project(ProjectIdentity::Id("p".to_owned())),
                Some(json!({"project": {"id": "p"}})),
            ),
            (
                Scope::Project(by_name),
                Some(json!({"project": {"name": "p", "domain": {"name": "D"}}})),
            ),
            (
                Scope::Domain(DomainIdentity::Id("d".to_owned())),
                Some(json!({"domain": {"id": "d"}})),
            ),
            (Scope::System, Some(json!({"system": {"all": true}}))),
            (
                Scope::Trust("t".to_owned()),
                Some(json!({"OS-TRUST:trust": {"id": "t"}})),
            ),
        ];
        for (scope, wire) in cases {
            assert_eq!(scope.to_json(), wire, "{scope}");
        }
    }
}
