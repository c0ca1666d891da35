//! Plugins and sessions from what is written outside the program.

pub mod registry;

pub use registry::{Registry, load};

pub use crate::auth::options::{Options, Origin, PluginOption};
