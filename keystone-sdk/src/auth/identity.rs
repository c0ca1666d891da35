//! Users, projects and domains, by id or by name.

use serde_json::{Value, json};

/// A user by id, or by name within a domain.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UserIdentity {
    /// The user's id, unique in the cloud.
    Id(String),
    /// The user's name, unique in a domain.
    Name {
        /// The user's name.
        name: String,
        /// The domain of the user.
        domain: DomainIdentity,
    },
}

/// A project by id, or by name within a domain.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProjectIdentity {
    /// The project's id, unique in the cloud.
    Id(String),
    /// The project's name, unique in a domain.
    Name {
        /// The project's name.
        name: String,
        /// The domain of the project.
        domain: DomainIdentity,
    },
}

/// A domain by id or by name.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DomainIdentity {
    /// The domain's id, such as `default`.
    Id(String),
    /// The domain's name.
    Name(String),
}

impl UserIdentity {
    /// A user by id.
    pub fn id(id: impl Into<String>) -> Self {
        Self::Id(id.into())
    }

    /// A user by name, in a domain.
    pub fn name(name: impl Into<String>, domain: DomainIdentity) -> Self {
        Self::Name {
            name: name.into(),
            domain,
        }
    }

    /// The JSON in a token request: `{id}` or `{name, domain}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({ "id": id }),
            Self::Name { name, domain } => json!({ "name": name, "domain": domain.to_json() }),
        }
    }
}

impl DomainIdentity {
    /// A domain by id, such as `default`.
    pub fn id(id: impl Into<String>) -> Self {
        Self::Id(id.into())
    }

    /// A domain by name.
    pub fn name(name: impl Into<String>) -> Self {
        Self::Name(name.into())
    }

    /// The JSON in a token request: `{id}` or `{name}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({ "id": id }),
            Self::Name(name) => json!({ "name": name }),
        }
    }
}

impl ProjectIdentity {
    /// The JSON in a token request: `{id}` or `{name, domain}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({ "id": id }),
            Self::Name { name, domain } => json!({ "name": name, "domain": domain.to_json() }),
        }
    }
}
