//! Behaviour of the embedded Keystone as its clients see it.

mod client;
mod delegation;
mod faults;
mod resources;
mod routes;
mod second_factors;
mod tokens;
