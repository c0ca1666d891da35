//! Who may do what: the default policies of the service.

use crate::refusal::Refusal;
use crate::store::{Record, Scope, Store, Token};

/// A caller with a valid token.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) token_id: String,
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
    /// Role `reader` on the system.
    SystemReader,
    /// This user.
    User(&'a str),
    /// This user, with a token of a project.
    UserOnProject(&'a str),
}

impl Caller {
    pub(crate) fn of(token_id: &str, token: &Token, store: &Store) -> Self {
        let roles = store.token_roles(token);
        let roles = roles
            .iter()
            .filter_map(|id| store.roles.look(id)?.text("name"));
        let credential = token
            .application_credential
            .as_ref()
            .and_then(|id| store.application_credentials.look(id));
        Self {
            token_id: token_id.to_owned(),
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
            Allow::SystemReader => self.has("reader") && self.place == Place::System,
            Allow::User(id) => self.user_id == id,
            Allow::UserOnProject(id) => self.user_id == id && self.project().is_some(),
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

    pub(crate) fn is_admin(&self) -> bool {
        self.has("admin")
    }

    pub(crate) fn is_scoped(&self) -> bool {
        self.place != Place::Nowhere
    }

    /// 403 for a token that came from a restricted application credential, or from a trust.
    pub(crate) fn refuse_if_restricted(&self, action: &str) -> Result<(), Refusal> {
        let trusted = matches!(self.token.scope, Scope::Trust(_));
        if self.restricted || trusted {
            Err(Refusal::denied(&format!("identity:{action}")))
        } else {
            Ok(())
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
