//! Examples of a caller and a target.

use std::collections::BTreeMap;
use std::fmt;

use crate::value::credentials::{CredentialName, Credentials, RoleSet, system};
use crate::value::{AttrValue, Map, Value};

/// The scope of a caller's token.
#[expect(clippy::exhaustive_enums, reason = "the scopes of Keystone's tokens")]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TokenScope {
    /// The whole deployment: `system_scope` is set.
    System,
    /// A domain: `domain_id` is set.
    Domain,
    /// A project: `project_id` is set.
    Project,
    /// Unscoped. Policies treat it like project scope.
    Unscoped,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::System, Self::Domain, Self::Project, Self::Unscoped];

    /// The scope of a caller's token, determined as policies determine it.
    pub fn of(creds: &dyn Credentials) -> Self {
        let set = |name| creds.standard(name).is_some_and(Value::is_truthy);
        if system(creds).is_some_and(Value::is_truthy) {
            Self::System
        } else if set(CredentialName::DomainId) {
            Self::Domain
        } else if set(CredentialName::ProjectId) {
            Self::Project
        } else {
            Self::Unscoped
        }
    }

    /// The name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Project => "project",
            Self::System => "system",
            Self::Unscoped => "unscoped",
        }
    }
}

/// An example of a caller and a target.
///
/// It is made up from what the rules compare: values that no rule names are called `some-…`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Witness {
    pub(super) scope: TokenScope,
    pub(super) credentials: ExampleCredentials,
    pub(super) target: BTreeMap<String, Example>,
}

impl Witness {
    /// The scope of the caller's token.
    pub fn scope(&self) -> TokenScope {
        self.scope
    }

    /// The caller.
    pub fn credentials(&self) -> &ExampleCredentials {
        &self.credentials
    }

    /// The attributes of the target.
    pub fn target(&self) -> &BTreeMap<String, Example> {
        &self.target
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            TokenScope::Unscoped => f.write_str("an unscoped token with")?,
            scope => write!(f, "a {}-scoped token with", scope.name())?,
        }
        write!(f, " roles [{}]", self.credentials.roles.names().join(", "))?;
        for (name, value) in &self.credentials.values {
            if *value != Example::Null {
                write!(f, ", {name}={value}")?;
            }
        }
        if !self.target.is_empty() {
            f.write_str(" on a target with ")?;
            let mut between = "";
            for (name, value) in &self.target {
                match value {
                    Example::Null => write!(f, "{between}{name} null")?,
                    value => write!(f, "{between}{name}={value}")?,
                }
                between = ", ";
            }
        }
        Ok(())
    }
}

/// The credentials of a [`Witness`].
#[derive(Clone, Debug)]
pub struct ExampleCredentials {
    pub(super) roles: RoleSet,
    pub(super) values: BTreeMap<String, Example>,
}

/// A made-up value.
#[expect(clippy::exhaustive_enums, reason = "what the made-up values can be")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Example {
    /// Several values.
    List(Vec<Example>),
    /// Values by name.
    Map(BTreeMap<String, Example>),
    /// No value.
    Null,
    /// A text.
    Text(String),
}

impl ExampleCredentials {
    /// The values by name, apart from the roles.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Example)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }
}

impl PartialEq for ExampleCredentials {
    fn eq(&self, other: &Self) -> bool {
        self.roles.names() == other.roles.names() && self.values == other.values
    }
}

impl Eq for ExampleCredentials {}

impl Credentials for ExampleCredentials {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        match self.values.get(name) {
            Some(value) => Some(value.attr_value()),
            None => (name == "roles").then_some(Value::List(&self.roles)),
        }
    }

    fn roles(&self) -> &RoleSet {
        &self.roles
    }
}

impl AttrValue for Example {
    fn attr_value(&self) -> Value<'_> {
        match self {
            Self::List(items) => Value::List(items),
            Self::Map(map) => Value::Map(map as &dyn Map),
            Self::Null => Value::Null,
            Self::Text(text) => Value::Str(text),
        }
    }
}

impl fmt::Display for Example {
    /// As Python's `str` writes it, which is what rules compare.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.attr_value().text())
    }
}
