//! The proxies API of the Flask article, as an annotated Rust service.
//!
//! `specs/services/proxies.yaml` describes the API and `specs/policies/proxies.yaml` who may use it:
//! [`api`] and [`mod@policies`] are made from them, [`proxies`] implements them, and [`client`] calls
//! them.

#![expect(
    clippy::exhaustive_structs,
    reason = "an application: nobody builds on its types"
)]

pub mod api;
#[rustfmt::skip]
pub mod client;
pub mod cloud;
pub mod demo;
pub mod operator_log;
pub mod proxies;
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

/// The code on the page about the docs page compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/docs-page.md")]
pub struct DocsPage;

/// The code on the page about services compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/services.md")]
pub struct Services;
