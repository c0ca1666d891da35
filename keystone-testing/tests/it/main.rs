//! Behaviour of the embedded Keystone as its clients see it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod client;
mod delegation;
mod faults;
mod lost_roles;
mod resources;
mod routes;
mod second_factors;
mod tokens;
