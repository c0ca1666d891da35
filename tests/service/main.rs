//! Services that a document describes: `service!`, `#[service]` and their runtime, and the clients
//! of the same documents.

keystone_middleware::policies!("../../specs/policies/proxies.yaml");

/// What `keystone codegen server` writes.
#[rustfmt::skip]
pub mod checked_in;
mod malformed;
mod notes;
mod requests;
mod round_trip;
mod serving;
mod ways;
