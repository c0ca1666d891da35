//! A v3 authentication method: what stands under `auth.identity` of a token request.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// One way to prove an identity, such as `password` or `totp`. Written by
/// `#[auth_method]`.
pub trait AuthMethod: fmt::Debug + Send + Sync {
    /// The name on the wire, under `auth.identity.methods`.
    fn name(&self) -> &'static str;

    /// What stands under the name. Headers that the method needs go into `request`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when a field contradicts another.
    fn auth_data(&self, request: &mut AuthRequest) -> Result<Value, Error>;

    /// Adds all that tells one user of this method from another.
    fn cache_id(&self, id: &mut CacheId);

    /// Whether the method must stand alone in its request.
    fn alone(&self) -> bool {
        false
    }
}

/// The token request that methods add to.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct AuthRequest {
    headers: HeaderMap,
}

impl AuthRequest {
    /// Adds a header that carries a secret; it is marked sensitive.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value cannot stand in a header.
    pub fn secret_header(&mut self, name: &'static str, value: &SecretString) -> Result<(), Error> {
        let mut header = HeaderValue::from_str(value.expose()).map_err(|_| {
            ConfigurationError::new(format!(
                "the value for header `{name}` holds characters that no header can carry"
            ))
        })?;
        header.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), header);
        Ok(())
    }

    /// The headers so far.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// Collects what tells one login from another, and becomes a digest that shows none of it.
#[derive(Default)]
pub struct CacheId(Vec<(String, String)>);

impl CacheId {
    /// Adds an element. Keys are prefixed by the method: `password_username`.
    pub fn add(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.push((key.into(), value.into()));
    }

    /// SHA-256 over the sorted elements, as hexadecimal digits.
    pub fn digest(mut self) -> String {
        self.0.sort();
        let mut hash = Sha256::new();
        for (key, value) in &self.0 {
            for part in [key, value] {
                hash.update(part.len().to_le_bytes());
                hash.update(part.as_bytes());
            }
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Debug for CacheId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheId").finish_non_exhaustive()
    }
}

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
    /// As a token request writes it: `{id}` or `{name, domain}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({ "id": id }),
            Self::Name { name, domain } => json!({ "name": name, "domain": domain.to_json() }),
        }
    }
}

impl DomainIdentity {
    /// As a token request writes it: `{id}` or `{name}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({ "id": id }),
            Self::Name(name) => json!({ "name": name }),
        }
    }
}
