//! The PostgreSQL server, as `postgres_lab.py` tells of it.

use std::error::Error;
use std::fmt;
use std::fs;

use serde::Deserialize;

use crate::variable;

/// The variable with the path of the file of facts.
pub const POSTGRES: &str = "KEYSTONE_TEST_POSTGRES";

/// A PostgreSQL server, and a user who may make databases. There is no `Debug`, since the URL holds
/// the password.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Postgres {
    /// `postgresql://USER:PASSWORD@HOST:PORT`, to which the name of a database is added.
    pub url: String,
}

impl Postgres {
    /// The server that `cargo xtask test` or `cargo xtask lab up` started.
    ///
    /// # Errors
    ///
    /// When the variable is not set, or the file that it names cannot be read.
    pub fn from_env() -> Result<Self, Box<dyn Error>> {
        let path = variable(POSTGRES)?;
        let wrong = |error: &dyn fmt::Display| {
            format!(
                "`{path}`, of the variable `{POSTGRES}`: {error}; run `cargo xtask lab up` again"
            )
        };
        let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
        Ok(serde_json::from_str(&text).map_err(|error| wrong(&error))?)
    }
}
