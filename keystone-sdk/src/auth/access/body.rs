//! The fields of a token's body, as Keystone writes them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalog::CatalogService;

/// The fields of a token's body.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenBody {
    /// When the token expires.
    pub expires_at: Timestamp,
    /// When it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Timestamp>,
    /// The methods that led to it.
    #[serde(default)]
    pub methods: Vec<String>,
    /// The user.
    pub user: TokenUser,
    /// The roles on the scope.
    #[serde(default)]
    pub roles: Vec<TokenRole>,
    /// The project, in project scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<TokenProject>,
    /// The domain, in domain scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<TokenDomain>,
    /// Present in system scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<TokenSystem>,
    /// The catalog; absent when it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<Vec<CatalogService>>,
    /// Audit ids: the token's own, then that of the first in its chain.
    #[serde(default)]
    pub audit_ids: Vec<String>,
    /// False when the project is not the cloud's admin project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_admin_project: Option<bool>,
    /// In project scope: whether the project acts as a domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_domain: Option<bool>,
    /// The application credential behind the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_credential: Option<TokenApplicationCredential>,
    /// The trust behind the token.
    #[serde(
        default,
        rename = "OS-TRUST:trust",
        skip_serializing_if = "Option::is_none"
    )]
    pub trust: Option<TokenTrust>,
    /// Other fields.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// The user of a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenUser {
    /// The user's id.
    pub id: String,
    /// The user's name.
    #[serde(default)]
    pub name: String,
    /// The user's domain; a federated user may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<TokenDomain>,
    /// When the password expires, as Keystone writes it: UTC without a zone. Read it by
    /// [`AccessInfo::password_expires_at`](super::AccessInfo::password_expires_at).
    #[serde(default)]
    pub password_expires_at: Option<String>,
    /// Identity provider, protocol and groups of a federated user.
    #[serde(
        default,
        rename = "OS-FEDERATION",
        skip_serializing_if = "Option::is_none"
    )]
    pub federation: Option<Value>,
}

/// A role of a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenRole {
    /// The role's id.
    #[serde(default)]
    pub id: String,
    /// The role's name.
    pub name: String,
}

/// The project of a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenProject {
    /// The project's id.
    pub id: String,
    /// The project's name.
    #[serde(default)]
    pub name: String,
    /// The project's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<TokenDomain>,
}

/// A domain in a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenDomain {
    /// The domain's id; absent for some federated users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The domain's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The system scope of a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenSystem {
    /// Always `true`: there are no other system scopes.
    #[serde(default)]
    pub all: bool,
}

/// The application credential behind a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenApplicationCredential {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Whether it cannot be used to create application credentials and trusts.
    #[serde(default)]
    pub restricted: bool,
    /// What it may call; absent means no limit, an empty list means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_rules: Option<Vec<Value>>,
}

/// The trust behind a token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenTrust {
    /// Its id.
    pub id: String,
    /// Whether the trustee acts as the trustor.
    #[serde(default)]
    pub impersonation: bool,
    /// Who gave the trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trustor_user: Option<TokenTrustUser>,
    /// Who may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trustee_user: Option<TokenTrustUser>,
}

/// A party of a trust.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct TokenTrustUser {
    /// The user's id.
    pub id: String,
}

impl TokenBody {
    /// An unscoped token of `user`.
    pub fn new(user: TokenUser, expires_at: Timestamp) -> Self {
        Self {
            expires_at,
            issued_at: None,
            methods: Vec::new(),
            user,
            roles: Vec::new(),
            project: None,
            domain: None,
            system: None,
            catalog: None,
            audit_ids: Vec::new(),
            is_admin_project: None,
            is_domain: None,
            application_credential: None,
            trust: None,
            extra: BTreeMap::new(),
        }
    }

    /// Says when the token was issued.
    #[must_use]
    pub fn issued_at(mut self, moment: Timestamp) -> Self {
        self.issued_at = Some(moment);
        self
    }

    /// Adds a method that led to the token.
    #[must_use]
    pub fn method(mut self, name: impl Into<String>) -> Self {
        self.methods.push(name.into());
        self
    }

    /// Adds a role on the scope.
    #[must_use]
    pub fn role(mut self, role: TokenRole) -> Self {
        self.roles.push(role);
        self
    }

    /// Scopes the token to a project.
    #[must_use]
    pub fn in_project(mut self, project: TokenProject) -> Self {
        self.project = Some(project);
        self
    }

    /// Scopes the token to a domain.
    #[must_use]
    pub fn in_domain(mut self, domain: TokenDomain) -> Self {
        self.domain = Some(domain);
        self
    }

    /// Scopes the token to the system.
    #[must_use]
    pub fn in_system(mut self) -> Self {
        self.system = Some(TokenSystem { all: true });
        self
    }

    /// Adds a service to the catalog.
    #[must_use]
    pub fn service(mut self, service: CatalogService) -> Self {
        self.catalog.get_or_insert_default().push(service);
        self
    }
}

impl TokenUser {
    /// A user outside any domain.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            ..Self::default()
        }
    }

    /// Puts the user into a domain.
    #[must_use]
    pub fn in_domain(mut self, domain: TokenDomain) -> Self {
        self.domain = Some(domain);
        self
    }
}

impl TokenRole {
    /// A role.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
        }
    }
}

impl TokenProject {
    /// A project outside any domain.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            domain: None,
        }
    }

    /// Puts the project into a domain.
    #[must_use]
    pub fn in_domain(mut self, domain: TokenDomain) -> Self {
        self.domain = Some(domain);
        self
    }
}

impl TokenDomain {
    /// A domain.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            name: Some(name.into()),
        }
    }
}
