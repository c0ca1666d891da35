//! Code first: handlers with `#[operation]`, their OpenAPI document, the client of it, and drift.

keystone_middleware::policies!("../../specs/policies/proxies.yaml");

mod document;
mod service;
