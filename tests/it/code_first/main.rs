//! Code first: handlers with `#[operation]`, their OpenAPI document, the client of it, and drift.

keystone_middleware::policies!("code_first/policies.yaml");

mod client;
mod document;
mod drift;
mod service;
