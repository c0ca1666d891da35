//! The proxies API of the Flask article, as an annotated Rust service.
//!
//! `specs/policies/proxies.yaml` says who may do what; [`mod@policies`] binds the handlers of
//! [`api`] to it. `specs/services/proxies.yaml` describes the API; [`client`] is generated from it.

#![expect(
    clippy::exhaustive_structs,
    reason = "an application: nobody builds on its types"
)]

pub mod api;
#[rustfmt::skip]
pub mod client;
pub mod cloud;
pub mod demo;
pub mod microversion;
pub mod operator_log;
pub mod server;
pub mod store;
pub mod usage;
pub mod world;

keystone_middleware::policies!("../../specs/policies/proxies.yaml");

/// The code in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The code on the page about proofs compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/proofs.md")]
pub struct Proofs;
