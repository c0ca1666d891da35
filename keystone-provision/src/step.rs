//! One resource or link that a file declares.

use keystone_document::Position;

use crate::document::DesiredState;
use crate::key::{InDomain, Key};
use crate::secrets::PasswordSource;

/// A resource or a link, and the state that it is brought to.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) key: Key,
    pub(crate) desired: DesiredState,
    pub(crate) attributes: Attributes,
    pub(crate) position: Position,
    /// Steps of one level do not depend on each other; lower levels come first.
    pub(crate) level: Level,
}

/// By kind, then by depth.
pub(crate) type Level = (u8, usize);

/// The declared attributes of a resource.
#[derive(Clone, Debug)]
pub(crate) enum Attributes {
    Domain {
        description: Option<String>,
        enabled: Option<bool>,
    },
    Endpoint {
        url: String,
        enabled: Option<bool>,
    },
    Group {
        description: Option<String>,
    },
    /// A link has no attributes.
    Link,
    Project {
        description: Option<String>,
        enabled: Option<bool>,
        tags: Option<Vec<String>>,
        parent: Option<InDomain>,
    },
    Region {
        description: Option<String>,
        parent: Option<String>,
    },
    Role {
        description: Option<String>,
    },
    Service {
        service_type: String,
        description: Option<String>,
        enabled: Option<bool>,
    },
    User {
        description: Option<String>,
        email: Option<String>,
        enabled: Option<bool>,
        default_project: Option<InDomain>,
        password: Option<PasswordSource>,
    },
}

impl Attributes {
    /// Whether there are no attributes beyond those that identify the resource.
    pub(crate) fn is_bare(&self) -> bool {
        matches!(
            self,
            Self::Domain {
                description: None,
                enabled: None,
            } | Self::Endpoint { enabled: None, .. }
                | Self::Group { description: None }
                | Self::Link
                | Self::Project {
                    description: None,
                    enabled: None,
                    tags: None,
                    ..
                }
                | Self::Region {
                    description: None,
                    ..
                }
                | Self::Role { description: None }
                | Self::Service {
                    description: None,
                    enabled: None,
                    ..
                }
                | Self::User {
                    description: None,
                    email: None,
                    enabled: None,
                    default_project: None,
                    password: None,
                }
        )
    }
}

impl Key {
    /// The level of a resource: above those that it depends on.
    pub(crate) fn level(&self, depth: usize) -> Level {
        let kind = match self {
            Self::Domain(_) | Self::Region(_) | Self::Role(_) | Self::Service(_) => 0,
            Self::Group(_) | Self::Implied { .. } | Self::Endpoint { .. } => 1,
            Self::Project(_) => 1,
            Self::User(_) => 2,
            Self::Assignment(_) | Self::Member { .. } => 3,
        };
        (kind, depth)
    }
}

/// Deletions come last, in the opposite order.
pub(crate) fn deleting((kind, depth): Level) -> Level {
    (u8::MAX - kind, usize::MAX - depth)
}
