//! Configuration from files and the environment, and plugins by name.

pub mod authtoken;
pub mod clouds;
pub mod conf;
mod domain;
pub mod env;
pub mod ini;
mod located;
mod network;
mod permissions;
pub mod registry;
mod settings;
#[cfg(feature = "token-files")]
pub mod tokens;
mod variables;
mod yaml;

use std::time::Duration;

pub use clouds::Clouds;
pub use registry::{Registry, load};

use crate::Error;
pub use crate::auth::options::{Origin, PluginOption, PluginOptions};
use crate::error::ConfigurationError;

/// Adds the place of the value to an error about it.
fn place(error: Error, place: String) -> Error {
    match error {
        Error::Configuration(error) => error.at(place).into(),
        other => other,
    }
}

/// A truth value as files and variables write it.
fn word(text: &str) -> Option<bool> {
    crate::auth::options::truth(text.trim())
}

fn truth(name: &str, text: &str, place: String) -> Result<bool, Error> {
    word(text).ok_or_else(|| malformed(name, text, "`true` or `false`", place))
}

/// A timeout; zero means the default, since there is no "for ever".
fn seconds(name: &str, text: &str, place: String) -> Result<Option<Duration>, Error> {
    let number = text.trim().parse().ok();
    let time = number.and_then(|number| Duration::try_from_secs_f64(number).ok());
    match time {
        Some(time) => Ok(Some(time).filter(|time| !time.is_zero())),
        None => Err(malformed(name, text, "a number of seconds", place)),
    }
}

/// The error for a malformed value that is no secret.
fn malformed(name: &str, text: &str, wanted: &str, place: String) -> Error {
    let text = text.escape_debug();
    ConfigurationError::new(format!("`{name}` is `{text}`, which is not {wanted}"))
        .at(place)
        .into()
}
