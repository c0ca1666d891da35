//! The typed Identity client against the embedded and the real Keystone.
//!
//! `both` holds what the embedded server serves too; `real` the rest.

mod both;
#[cfg(feature = "real-servers")]
mod real;
mod shape;
mod world;
