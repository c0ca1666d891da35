//! OpenStack Keystone for services: token validation, request context and policy for tower and axum.
//!
//! A request passes three steps. [`AuthToken`], a tower layer, removes identity headers that the
//! client sent and validates its token with Keystone. [`RequestContext`] gives the handler the
//! identity of the caller. `#[policy("..")]` decides whether the caller is authorized, by rules
//! that the service declares with `policies!` and that its operator may override; [`Routes`]
//! accepts no handler without a policy.
//!
//! ```
//! use axum::Json;
//! use keystone_middleware::policy::Enforcer;
//! use keystone_middleware::routing::get;
//! use keystone_middleware::{AuthToken, Config, RequestContext, Routes, policies, policy};
//!
//! policies!("../specs/policies/proxies.yaml");
//!
//! #[policy("proxy:index")]
//! async fn index(ctx: RequestContext) -> Json<String> {
//!     Json(format!("the proxies of project {:?}", ctx.project_id))
//! }
//!
//! #[policy("proxy:create")]                  // a misspelt name does not compile
//! async fn create(Json(domain): Json<String>) -> Json<String> {
//!     Json(domain)
//! }
//!
//! fn app(conf: &str) -> Result<axum::Router, Box<dyn std::error::Error>> {
//!     let enforcer = Enforcer::builder(&policies::DEFAULTS)
//!         .optional_policy_file("/etc/proxies/policy.yaml")
//!         .build()?;
//!     let routes = Routes::new(enforcer).route("/v1/proxies", get(index).post(create));
//!     Ok(routes.into_router_with(AuthToken::layer(Config::from_conf(conf)?)))
//! }
//!
//! fn main() {
//!     let error = app("/nonexistent/proxies.ini").unwrap_err();
//!     assert!(error.to_string().contains("/nonexistent/proxies.ini"));
//! }
//! ```
//!
//! # Handlers and policies
//!
//! `#[policy("name")]` decides before the body of the request is read. `#[policy("name", target =
//! &object)]` decides about an object, after all arguments of the handler are extracted and before
//! the first statement runs: the arguments may come from [`Found`], and the return type must be
//! able to carry a [`Denied`]. `proof = name` gives the handler the [`Authorized`] of its decision,
//! for storage functions that require one. `#[policy(public)]` declares that a handler is open to
//! everybody. Policies are looked up in the table of `policies!` in the root of the crate, or in
//! another one with `table = path`; `crate = path` is the path of this crate, if it cannot be found
//! in `Cargo.toml`.
//!
//! `#[policy]` adds the proof as the first argument of the handler, or behind the `self` of a method,
//! whose caller makes the decision: `proxies.update(ctx.authorizing()?, proxy)`. So other attributes that
//! inspect the arguments, such as `#[axum::debug_handler]`, must be placed below it; those that
//! replace the function, such as `#[async_trait]`, cannot be combined with it.
//!
//! # Logging
//!
//! Each refusal is logged at level INFO with the policy, the position of its rule and the checks
//! that were made; the response to the caller reveals none of it. At level DEBUG the target
//! `keystone_middleware::explain` adds the whole rule, check by check, with the compared values
//! (likely secrets are masked).
//!
//! # When Keystone fails
//!
//! It refuses requests. If a token cannot be validated, the response is 503, and the reason is
//! logged for the operator; if it is invalid, 401. A validated token is accepted for
//! [`token_cache_time`](ConfigBuilder::token_cache_time) without another validation, so a revoked
//! one may be accepted for that long.

extern crate self as keystone_middleware;

// Imports go one way: axum → auth_token → context, axum → enforce → context → denied → response, and
// all of them → error. `testing` stands above `auth_token`, `service_api` above all.

mod auth_token;
#[cfg(feature = "axum")]
mod axum;
mod context;
mod denied;
mod enforce;
pub mod error;
mod response;
#[cfg(feature = "service")]
pub mod service_api;
pub mod testing;

#[cfg(feature = "openapi")]
pub use keystone_macros::operation;
#[cfg(feature = "axum")]
pub use keystone_macros::policy;
#[cfg(feature = "service-macro")]
pub use keystone_macros::service;
pub use keystone_macros::{PolicyTarget, policies};
pub use keystone_policy as policy;
pub use keystone_policy::PolicyTarget;
pub use keystone_sdk as sdk;

pub use self::auth_token::{
    AuthToken, AuthTokenLayer, CachedToken, Config, ConfigBuilder, MemoryStore, ResponseFuture,
    StoreError, StoreFuture, TokenDigest, TokenStore, ValidateToken, ValidationFuture, headers,
};
#[cfg(feature = "openapi")]
pub use self::axum::openapi;
#[cfg(feature = "axum")]
pub use self::axum::{
    DocsPage, Found, Later, LaterRejection, Load, Protected, Public, RouteEntry, RouteTable,
    Routes, RoutesError, Witness, routing,
};
pub use self::context::{Identity, RemoteChecks, RequestContext, RequestContextBuilder};
pub use self::denied::Denied;
pub use self::enforce::{
    Authorized, Deciding, EnforcerLayer, Filter, PolicyConfig, WithRules, follow_policy_files,
    reload_policy_files,
};
pub use self::error::Error;
#[cfg(feature = "service")]
pub use self::service_api::{ApiError, Limit, Microversion, Page, ServiceSettings, Status};

/// Used by the expansions of the macros. Not part of the public API.
#[cfg(feature = "axum")]
#[doc(hidden)]
pub mod __private {
    pub use crate::axum::macro_support::{
        Broken, CarryRefusal, HandlerResponse, PublicWith, WithoutTarget, arguments, without_target,
    };
    #[cfg(feature = "openapi")]
    pub use crate::axum::openapi::macro_support as openapi;
    pub use crate::enforce::Authorizing;
    pub use keystone_macros::service_contract;
}
