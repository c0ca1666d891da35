//! Who may do what: the default policies of the service.

use crate::store::{Record, Scope, Store, Token};

/// The roles that the manager of a domain may hand out.
pub(crate) const MANAGED_ROLES: [&str; 3] = ["manager", "member", "reader"];

/// A caller with a valid token.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) token: Token,
    pub(crate) user_id: String,
    /// Names, in small letters.
    roles: Vec<String>,
    place: Place,
    /// Made from an application credential that may not manage credentials and trusts.
    pub(crate) restricted: bool,
}

/// Where a token counts.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Place {
    Domain(String),
    Nowhere,
    Project { id: String, domain_id: String },
    System,
}

/// One of the ways in which an action may be allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Allow<'a> {
    /// Role `admin`, scoped to anything.
    Admin,
    /// Role `admin`, where the policy knows no domain scope.
    AdminOfCloud,
    /// Anyone with a valid token.
    Anyone,
    /// A token of this domain, whatever its roles.
    Domain(&'a str),
    /// This role, with a token of this domain.
    DomainRole(&'a str, &'a str),
    /// A token of this project.
    Project(&'a str),
    /// A token of a project of this domain.
    ProjectIn(&'a str),
    /// Role `service`.
    Service,
    /// Role `admin` on the system.
    SystemAdmin,
    /// Role `reader` on the system.
    SystemReader,
    /// This user.
    User(&'a str),
}

impl Caller {
    pub(crate) fn of(token: &Token, store: &Store) -> Self {
        let roles = store.token_roles(token);
        let roles = roles
            .iter()
            .filter_map(|id| store.roles.look(id)?.text("name"));
        let credential = token
            .application_credential
            .as_ref()
            .and_then(|id| store.application_credentials.look(id));
        Self {
            token: token.clone(),
            user_id: acting_user(token, store),
            roles: roles.map(str::to_lowercase).collect(),
            place: Place::of(&token.scope, store),
            restricted: credential.is_some_and(|credential| !credential.flag("unrestricted")),
        }
    }

    pub(crate) fn fits(&self, allow: &Allow<'_>) -> bool {
        match *allow {
            Allow::Admin => self.has("admin"),
            Allow::AdminOfCloud => self.has("admin") && !matches!(self.place, Place::Domain(_)),
            Allow::Anyone => true,
            Allow::Domain(id) => self.domain() == Some(id),
            Allow::DomainRole(role, id) => self.has(role) && self.domain() == Some(id),
            Allow::Project(id) => self.project() == Some(id),
            Allow::ProjectIn(id) => {
                matches!(&self.place, Place::Project { domain_id, .. } if domain_id == id)
            }
            Allow::Service => self.has("service"),
            Allow::SystemAdmin => self.has("admin") && self.place == Place::System,
            Allow::SystemReader => self.has("reader") && self.place == Place::System,
            Allow::User(id) => self.user_id == id,
        }
    }

    /// The domain that the token is for.
    pub(crate) fn domain(&self) -> Option<&str> {
        match &self.place {
            Place::Domain(id) => Some(id),
            _ => None,
        }
    }

    /// The project that the token is for.
    pub(crate) fn project(&self) -> Option<&str> {
        match &self.place {
            Place::Project { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The domain of the project that the token is for.
    pub(crate) fn domain_of_project(&self) -> Option<String> {
        match &self.place {
            Place::Project { domain_id, .. } => Some(domain_id.clone()),
            _ => None,
        }
    }

    fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }
}

impl Place {
    fn of(scope: &Scope, store: &Store) -> Self {
        match scope {
            Scope::Unscoped => Self::Nowhere,
            Scope::System => Self::System,
            Scope::Domain(id) => Self::Domain(id.clone()),
            Scope::Project(id) => Self::project(id, store),
            Scope::Trust(id) => {
                let project = store
                    .trusts
                    .look(id)
                    .and_then(|trust| trust.text("project_id"));
                project.map_or(Self::Nowhere, |id| Self::project(id, store))
            }
        }
    }

    fn project(id: &str, store: &Store) -> Self {
        let project = store.project_or_domain(id);
        let domain_id = project
            .as_ref()
            .and_then(|project| project.text("domain_id"))
            .unwrap_or_default();
        Self::Project {
            id: id.to_owned(),
            domain_id: domain_id.to_owned(),
        }
    }
}

/// The user in whose name a token acts: the trustor where a trust impersonates.
pub(crate) fn acting_user(token: &Token, store: &Store) -> String {
    let trust = match &token.scope {
        Scope::Trust(id) => store.trusts.look(id),
        _ => None,
    };
    let trustor = trust
        .filter(|trust: &&Record| trust.flag("impersonation"))
        .and_then(|trust| trust.text("trustor_user_id"));
    trustor.unwrap_or(&token.user_id).to_owned()
}
