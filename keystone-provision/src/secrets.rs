//! Where passwords come from. This crate reads no environment and no files: whoever uses it does.

use keystone_sdk::SecretString;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where a password comes from, as the file says.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A variable of the environment.
    Env(String),
    /// A file that holds it, in its first line; relative to the declaring file.
    File(String),
    /// A file to put a new one into, unless it is there; relative to the declaring file.
    Generate(String),
}

/// Brings passwords. It is asked only for users who are made, before anything is changed.
pub trait Secrets: Send + Sync {
    /// The password from `source`.
    ///
    /// # Errors
    ///
    /// Why it cannot be had, in words that do not hold it.
    fn secret(&self, source: &Source) -> Result<SecretString, String>;
}

/// Has no passwords: for files without any.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing, and will not")]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, _: &Source) -> Result<SecretString, String> {
        Err("nobody said where passwords are".to_owned())
    }
}

impl<F: Fn(&Source) -> Result<SecretString, String> + Send + Sync> Secrets for F {
    fn secret(&self, source: &Source) -> Result<SecretString, String> {
        self(source)
    }
}
