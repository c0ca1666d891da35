//! Serialises secrets into a request body, the one place where they are written in clear.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::Patch;
use crate::SecretString;

/// Writes a secret in clear, for `#[serde(serialize_with)]` on a request's field.
///
/// # Errors
///
/// Those of the serialiser.
pub fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Writes an optional secret in clear.
///
/// # Errors
///
/// Those of the serialiser.
pub fn expose_option<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret
        .as_ref()
        .map(SecretString::expose)
        .serialize(serializer)
}

/// Writes a secret in clear, or null.
///
/// # Errors
///
/// Those of the serialiser.
pub fn expose_patch<S: Serializer>(
    secret: &Patch<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Patch::Set(secret) => expose(secret, serializer),
        Patch::Keep | Patch::Null => serializer.serialize_none(),
    }
}

/// JSON that contains secrets, such as a token request; `Debug` does not show it.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct SecretJson(Value);

impl SecretJson {
    /// Wraps JSON that contains secrets.
    pub fn new(value: Value) -> Self {
        Self(value)
    }
}

impl From<Value> for SecretJson {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

/// In clear, because a request body is the one thing that is made of it.
impl Serialize for SecretJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for SecretJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretJson(***)")
    }
}
