//! Token validation: keystonemiddleware's `auth_token` filter.

pub(crate) mod access_rule;
pub(crate) mod authenticate;
mod cache;
mod config;
mod future;
pub mod headers;
mod layer;
mod service;
mod validated_token;
mod validator;

pub use cache::{CachedToken, MemoryStore, StoreError, StoreFuture, TokenDigest, TokenStore};
pub use config::{Config, ConfigBuilder};
pub use future::ResponseFuture;
pub use layer::AuthTokenLayer;
pub use service::AuthToken;
pub use validator::{ValidateToken, ValidationFuture};
