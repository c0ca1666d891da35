//! A v3 authentication method: what stands under `auth.identity` of a token request.

use std::fmt;

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::{CacheId, FieldValue, UserIdentity};
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
        let header = value.to_header().ok_or_else(|| {
            ConfigurationError::new(format!(
                "the value for header `{name}` holds characters that no header can carry"
            ))
        })?;
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
