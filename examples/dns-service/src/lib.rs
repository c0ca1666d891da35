//! A small DNS API, written from its description.
//!
//! `specs/services/dns.yaml` describes the API and `specs/policies/dns.yaml` who may use it: [`api`]
//! and [`mod@policies`] are made from them. [`Dns`] implements the operations, one method each. The
//! tests call all of them by the typed client of the same description.

pub mod api;
mod check;
mod cloud;
mod dns;
mod export;
mod table;

pub use cloud::Cloud;
pub use dns::Dns;

use axum::Router;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{AuthToken, Config, DocsPage, Error};

keystone_middleware::policies!("../../specs/policies/dns.yaml");

/// The service, without zones yet: its operations and `/docs` behind token validation.
///
/// # Errors
///
/// When the document of the API could not be shown at `/docs`.
pub fn app(config: Config, enforcer: Enforcer) -> Result<Router, Error> {
    Ok(Dns::default()
        .into_routes(enforcer)
        .docs_page("/docs", DocsPage::new(api::SERVICE.document)?)
        .into_router_with(AuthToken::layer(config)))
}
