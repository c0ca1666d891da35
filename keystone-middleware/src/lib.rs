//! OpenStack Keystone for services: token validation, request context and policy for tower and axum.

extern crate self as keystone_middleware;

mod access_rule;
#[cfg(feature = "axum")]
mod axum;
mod cache;
mod config;
mod context;
mod enforce;
pub mod error;
mod gate;
#[cfg(feature = "axum")]
mod guard;
pub mod headers;
mod identity;
mod layer;
mod respond;
#[cfg(feature = "axum")]
mod routes;
#[cfg(feature = "axum")]
pub mod routing;
mod service;
pub mod testing;
mod validate;
mod validated;

pub use keystone_macros::policy;
pub use keystone_policy as policy;
pub use keystone_sdk as sdk;

#[cfg(feature = "axum")]
pub use self::axum::{EnforcerLayer, Found, Late, Later, Load, Public, WithRules, Witness};
pub use self::config::{Config, ConfigBuilder};
pub use self::context::{RequestContext, RequestContextBuilder};
pub use self::enforce::{Authorized, Authorizing, Denied};
pub use self::error::Error;
pub use self::identity::Identity;
pub use self::layer::AuthTokenLayer;
#[cfg(feature = "axum")]
pub use self::routes::{Protected, RouteEntry, RouteTable, Routes, Witnessed};
pub use self::service::{AuthToken, ResponseFuture};
pub use self::validate::{ValidateToken, ValidationFuture};

/// What the macros of this crate write in their expansions. Not part of the public API.
#[cfg(feature = "axum")]
#[doc(hidden)]
pub mod __private {
    pub use crate::guard::{CarryRefusal, Either, Plain};
}
