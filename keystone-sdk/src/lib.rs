//! OpenStack Keystone for applications: sessions, authentication plugins and a typed Identity v3
//! client.

extern crate self as keystone_sdk;

pub mod auth;
pub mod catalog;
pub mod clock;
pub mod discovery;
pub mod error;
pub mod microversion;
pub mod secret;
pub mod session;
pub mod transport;

pub use error::Error;
pub use secret::SecretString;
pub use session::Session;

/// What the macros of this crate write in their expansions. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use serde;
    pub use serde_json;
}
