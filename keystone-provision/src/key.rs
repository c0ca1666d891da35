//! The names of resources and links in files and plans.

use std::fmt;

/// A resource or a link, by names.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Key {
    Assignment(Box<Assignment>),
    Domain(String),
    Endpoint {
        service: String,
        interface: String,
        region: Option<String>,
    },
    Group(InDomain),
    Implied {
        prior: String,
        implied: String,
    },
    Member {
        group: InDomain,
        user: InDomain,
    },
    Project(InDomain),
    Region(String),
    Role(String),
    Service(String),
    User(InDomain),
}

/// A name in a domain.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct InDomain {
    pub(crate) domain: String,
    pub(crate) name: String,
}

impl InDomain {
    pub(crate) fn new(domain: &str, name: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// Who has which role where; `actor` is a user or a group, `target` a project or a domain, or
/// nothing for the system.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Assignment {
    pub(crate) role: String,
    pub(crate) actor: Key,
    pub(crate) target: Option<Key>,
    pub(crate) inherited: bool,
}

impl fmt::Display for InDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assignment(assignment) => assignment.fmt(f),
            Self::Domain(name) => write!(f, "domain {name}"),
            Self::Endpoint {
                service,
                interface,
                region,
            } => {
                let region = region.as_deref().unwrap_or("no region");
                write!(f, "endpoint {service} {interface} in {region}")
            }
            Self::Group(name) => write!(f, "group {name}"),
            Self::Implied { prior, implied } => write!(f, "role {prior} implies {implied}"),
            Self::Member { group, user } => write!(f, "member {user} of group {group}"),
            Self::Project(name) => write!(f, "project {name}"),
            Self::Region(name) => write!(f, "region {name}"),
            Self::Role(name) => write!(f, "role {name}"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::User(name) => write!(f, "user {name}"),
        }
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "role {} for {} ", self.role, self.actor)?;
        let below = if self.inherited { "below " } else { "on " };
        match &self.target {
            Some(target) => write!(f, "{below}{target}"),
            None => f.write_str("on the system"),
        }
    }
}
