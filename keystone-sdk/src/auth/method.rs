//! A v3 authentication method: what stands under `auth.identity` of a token request.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::FieldValue;
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// One way to prove an identity, such as `password` or `totp`. Written by
/// [`#[auth_method]`](macro@crate::auth_method).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an authentication method",
    note = "put `#[auth_method(\"name\")]` above the struct that holds its fields"
)]
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

    /// Whether what the method proves is good for one login, as a passcode is. The request with it
    /// is never sent twice, and after a login no other is tried with it.
    fn once(&self) -> bool {
        false
    }
}

/// The token request that methods add to.
#[derive(Debug)]
#[non_exhaustive]
pub struct AuthRequest {
    url: Url,
    now: Timestamp,
    headers: HeaderMap,
    once: bool,
}

impl AuthRequest {
    /// A token request that will be posted to `url`, at the time `now`.
    pub fn new(url: Url, now: Timestamp) -> Self {
        Self {
            url,
            now,
            headers: HeaderMap::new(),
            once: false,
        }
    }

    /// The address to which the request is posted, for methods that sign it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The time, for methods that sign the request.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Adds a header that carries a secret; it is marked sensitive.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value cannot stand in a header.
    pub fn secret_header(&mut self, name: HeaderName, value: &SecretString) -> Result<(), Error> {
        let mut header = HeaderValue::from_str(value.expose()).map_err(|_| {
            ConfigurationError::new(format!(
                "the value for header `{name}` holds characters that no header can carry"
            ))
        })?;
        header.set_sensitive(true);
        self.headers.insert(name, header);
        Ok(())
    }

    /// Adds the header that carries a field, unless the field has no value.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the value cannot stand in a header.
    pub fn header_field(
        &mut self,
        name: &'static str,
        value: &impl FieldValue,
    ) -> Result<(), Error> {
        match value.to_json() {
            Some(_) => self.secret_header(HeaderName::from_static(name), &value.to_text()),
            None => Ok(()),
        }
    }

    /// Says that this request must not be sent twice: it is signed with a nonce, for one. A second
    /// login makes a new one.
    pub fn send_once(&mut self) {
        self.once = true;
    }

    pub(crate) fn is_sent_once(&self) -> bool {
        self.once
    }

    /// The headers so far.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn into_headers(self) -> HeaderMap {
        self.headers
    }
}

/// What a method puts under its name in a token request.
#[derive(Debug)]
pub struct Payload {
    user: Option<Value>,
    fields: Map<String, Value>,
    nested: bool,
}

impl Payload {
    /// Fields beside a `user`, if there is one.
    pub fn flat() -> Self {
        Self {
            user: None,
            fields: Map::new(),
            nested: false,
        }
    }

    /// Fields inside `user`.
    pub fn nested() -> Self {
        Self {
            nested: true,
            ..Self::flat()
        }
    }

    /// Sets the user.
    pub fn user(&mut self, user: &UserIdentity) {
        self.user = Some(user.to_json());
    }

    /// Adds a field, unless it has no value.
    pub fn field(&mut self, name: &str, value: &impl FieldValue) {
        if let Some(value) = value.to_json() {
            self.fields.insert(name.to_owned(), value);
        }
    }

    /// Adds a field that is `true` or left out.
    pub fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.field(name, &set);
        }
    }

    /// As the token request writes it.
    pub fn into_json(self) -> Value {
        let mut fields = self.fields;
        if let Some(mut user) = self.user {
            if self.nested
                && let Some(user) = user.as_object_mut()
            {
                user.append(&mut fields);
            }
            fields.insert("user".to_owned(), user);
        }
        fields.into()
    }
}

/// Collects what tells one login from another, and becomes a digest that shows none of it.
#[derive(Default)]
pub struct CacheId {
    elements: Vec<[u8; 32]>,
    /// The key of a secret that is blank.
    pub(super) blank: Option<String>,
}

impl CacheId {
    /// Adds an element. Keys are prefixed by the method: `password_username`.
    pub fn add(&mut self, key: &str, value: &str) {
        // Digested at once, so that no secret is kept. Lengths keep `ab`, `c` from `a`, `bc`.
        let mut hash = Sha256::new();
        for part in [key, value] {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
        self.elements.push(hash.finalize().into());
    }

    /// SHA-256 over the elements in any order, as hexadecimal digits.
    pub fn digest(mut self) -> String {
        self.elements.sort_unstable();
        let mut hash = Sha256::new();
        for element in &self.elements {
            hash.update(element);
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

    /// As a token request writes it: `{id}` or `{name, domain}`.
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

    /// As a token request writes it: `{id}` or `{name}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({ "id": id }),
            Self::Name(name) => json!({ "name": name }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(elements: &[(&str, &str)]) -> String {
        let mut id = CacheId::default();
        for (key, value) in elements {
            id.add(key, value);
        }
        id.digest()
    }

    #[test]
    fn a_digest_tells_logins_apart_whatever_the_order() {
        let one = digest(&[("a", "1"), ("b", "2")]);
        assert_eq!(one, digest(&[("b", "2"), ("a", "1")]));
        assert_ne!(one, digest(&[("a", "1"), ("b", "3")]));
        assert_ne!(digest(&[("ab", "c")]), digest(&[("a", "bc")]));
    }

    #[test]
    fn a_secret_that_no_header_can_carry_is_not_repeated() {
        let url = Url::parse("http://h/v3/auth/tokens").unwrap();
        let mut request = AuthRequest::new(url, Timestamp::UNIX_EPOCH);
        let error = request
            .secret_header(HeaderName::from_static("x-auth-token"), &"canary\n".into())
            .unwrap_err()
            .to_string();
        assert!(error.contains("x-auth-token"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn fields_stand_inside_the_user_or_beside_it() {
        let fill = |mut payload: Payload| {
            payload.user(&UserIdentity::id("u"));
            payload.field("secret", &"s".to_owned());
            payload.flag("loud", false);
            payload.into_json()
        };
        assert_eq!(
            fill(Payload::nested()),
            json!({"user": {"id": "u", "secret": "s"}})
        );
        assert_eq!(
            fill(Payload::flat()),
            json!({"user": {"id": "u"}, "secret": "s"})
        );
    }
}
