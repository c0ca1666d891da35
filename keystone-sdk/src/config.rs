//! Settings from outside the program: configuration files, the environment, and plugins by name.

pub mod conf;
pub mod env;
pub mod ini;
pub mod registry;
mod wire;

pub use registry::{Registry, load};

use crate::Error;
pub use crate::auth::options::{Options, Origin, PluginOption};

/// Says where the value stands that an error is about.
fn place(error: Error, place: String) -> Error {
    match error {
        Error::Configuration(error) => error.at(place).into(),
        other => other,
    }
}
