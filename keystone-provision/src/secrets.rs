//! Where passwords come from. This crate reads neither the environment nor files; its users do.

use keystone_sdk::SecretString;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where the file says that a password comes from.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum PasswordSource {
    /// An environment variable.
    Env(String),
    /// A file whose first line it is; a path relative to the provisioning file.
    File(String),
    /// A file to write a generated password to, unless it exists; a path relative to the provisioning file.
    Generate(String),
}

/// Provides passwords. It is called only for users who are created, before anything is changed.
pub trait Secrets: Send + Sync {
    /// The password from `source`.
    ///
    /// # Errors
    ///
    /// Why there is none, in words that do not contain it.
    fn secret(&self, source: &PasswordSource) -> Result<SecretString, String>;
}

/// Provides no passwords: for files without any.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing, and will not")]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, _: &PasswordSource) -> Result<SecretString, String> {
        Err("no passwords were provided; pass a `Secrets` that has them".to_owned())
    }
}

impl<F: Fn(&PasswordSource) -> Result<SecretString, String> + Send + Sync> Secrets for F {
    fn secret(&self, source: &PasswordSource) -> Result<SecretString, String> {
        self(source)
    }
}
