//! Tokens without Keystone, for tests of services.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keystone_sdk::SecretString;
use keystone_sdk::auth::AccessInfo;
use serde_json::{Value, json};

use crate::Error;
use crate::auth_token::{ValidateToken, ValidationFuture};
use crate::error::{InvalidTokenError, UnavailableError};

#[cfg(feature = "service")]
pub use crate::service_api::declared_only;

/// A validator with tokens in memory. Cheap to clone; all clones share the tokens, so that a test
/// can change them while the service runs.
///
/// ```
/// use keystone_middleware::testing::{TestToken, Tokens};
/// use keystone_middleware::{AuthToken, Config};
///
/// # fn main() -> Result<(), keystone_middleware::Error> {
/// let tokens = Tokens::new();
/// tokens.add("alice", TestToken::user("u1").project("p1").roles(["member"]));
/// let config = Config::with_validator("http://keystone:5000/v3", tokens.clone()).build()?;
/// let layer = AuthToken::layer(config);
/// # let _ = layer;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Tokens(Arc<TokenTable>);

#[derive(Default)]
struct TokenTable {
    tokens: Mutex<HashMap<String, Value>>,
    validations: AtomicUsize,
    down: AtomicBool,
}

impl Tokens {
    /// No tokens yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes `id` a valid token with this body, replacing an older one.
    pub fn add(&self, id: impl Into<String>, token: TestToken) {
        self.lock().insert(id.into(), token.0);
    }

    /// Revokes a token. A service that has validated it before may still accept it for its
    /// `token_cache_time`.
    pub fn revoke(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Sets whether all validations fail as if Keystone could not be reached.
    pub fn set_unavailable(&self, down: bool) {
        self.0.down.store(down, Ordering::SeqCst);
    }

    /// The number of validations so far.
    pub fn validations(&self) -> usize {
        self.0.validations.load(Ordering::SeqCst)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn validate_now(&self, token: &SecretString) -> Result<AccessInfo, Error> {
        self.0.validations.fetch_add(1, Ordering::SeqCst);
        if self.0.down.load(Ordering::SeqCst) {
            return Err(UnavailableError::new("the test says that Keystone is down").into());
        }
        let body = self.lock().get(token.expose()).cloned();
        let body = body.ok_or_else(|| InvalidTokenError::new("the test has no such token"))?;
        serde_json::from_value(body).map_err(|error| {
            UnavailableError::new("the test token is not a token body")
                .caused_by(error)
                .into()
        })
    }
}

impl ValidateToken for Tokens {
    fn validate<'a>(&'a self, token: &'a SecretString) -> ValidationFuture<'a> {
        Box::pin(async move { self.validate_now(token) })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("tokens", &self.lock().len())
            .finish_non_exhaustive()
    }
}

/// The body of a token in [`Tokens`]: by default unscoped, without roles, and valid until the year
/// 9999.
#[derive(Clone, Debug)]
#[must_use]
pub struct TestToken(Value);

impl TestToken {
    /// A token of the user with this id, which is also the name, in the domain `default`.
    pub fn user(id: &str) -> Self {
        Self(json!({
            "expires_at": "9999-01-01T00:00:00.000000Z",
            "user": {"id": id, "name": id, "domain": {"id": "default", "name": "Default"}},
        }))
    }

    /// Scopes it to the project with this id.
    pub fn project(self, id: &str) -> Self {
        let domain = json!({"id": "default", "name": "Default"});
        self.with("project", json!({"id": id, "name": id, "domain": domain}))
    }

    /// Scopes it to the domain with this id.
    pub fn domain(self, id: &str) -> Self {
        self.with("domain", json!({"id": id, "name": id}))
    }

    /// Scopes it to the system.
    pub fn system(self) -> Self {
        self.with("system", json!({"all": true}))
    }

    /// Adds roles with these names.
    pub fn roles<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let roles: Vec<Value> = names
            .into_iter()
            .map(|name| json!({"id": name, "name": name}))
            .collect();
        self.with("roles", roles.into())
    }

    /// Sets the expiry.
    pub fn expires_at(self, when: jiff::Timestamp) -> Self {
        self.with("expires_at", when.to_string().into())
    }

    /// Sets a member of the body, as in Identity API v3.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        if let Some(body) = self.0.as_object_mut() {
            body.insert(name.to_owned(), value);
        }
        self
    }
}
