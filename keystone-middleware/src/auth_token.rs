//! The filter that validates tokens: what keystonemiddleware calls `auth_token`.

pub(crate) mod access_rule;
pub(crate) mod authenticate;
mod cache;
mod config;
pub mod headers;
mod layer;
mod service;
mod validated_token;
mod validator;

pub use config::{Config, ConfigBuilder};
pub use layer::AuthTokenLayer;
pub use service::{AuthToken, ResponseFuture};
pub use validator::{ValidateToken, ValidationFuture};
