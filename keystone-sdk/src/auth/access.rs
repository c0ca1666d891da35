//! What Keystone says of a token: the one type for a token body.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalog::CatalogService;

/// A token's body: who, in which scope, with which roles, until when, and the catalog.
///
/// Source: Identity API v3, "Token" (`POST /v3/auth/tokens`, `GET /v3/auth/tokens`). Holds no
/// token id. Cheap to clone.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct AccessInfo(Arc<TokenBody>);

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
    /// Everything else.
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
    /// When the password expires: UTC, written without a zone.
    #[serde(default)]
    pub password_expires_at: Option<String>,
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
    /// Whether the whole system is meant; nothing else exists.
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
    /// Whether it is barred from making further credentials and trusts.
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
}

impl AccessInfo {
    /// Wraps a token's body.
    pub fn new(body: TokenBody) -> Self {
        Self(Arc::new(body))
    }
}

impl std::ops::Deref for AccessInfo {
    type Target = TokenBody;

    fn deref(&self) -> &TokenBody {
        &self.0
    }
}
