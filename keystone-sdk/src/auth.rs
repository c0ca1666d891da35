//! Authentication: the plugin trait, and the plugins of this crate.

pub mod access;
mod access_plugin;
mod address;
mod attempt;
mod cache;
mod cache_id;
mod cached;
#[doc(hidden)]
pub mod expansion;
pub mod federation;
pub mod fixed;
pub mod generic;
mod identity;
pub mod load;
mod login;
mod lookup;
pub mod method;
#[cfg(feature = "kerberos")]
pub mod negotiate;
pub mod options;
mod plugin;
mod plugin_macros;
pub mod scope;
mod service_token;
mod state;
pub mod token;
pub mod v2;
pub mod v3;

pub use crate::catalog::{Endpoint, EndpointFilter, Interface};
pub use access::{AccessInfo, ServiceProvider};
pub use access_plugin::AccessInfoPlugin;
pub use cache_id::CacheId;
pub use cached::{Cached, LogIn, LogInFuture};
pub use identity::{DomainIdentity, ProjectIdentity, UserIdentity};
pub use load::{LoadMethod, LoadPlugin, PluginLoader};
pub use login::Login;
pub use method::{AuthMethod, AuthRequest, Payload};
pub use options::{FieldValue, OptionReader, PluginOption, PluginOptions, ValueKind};
pub use plugin::AuthPlugin;
pub use scope::Scope;
pub use service_token::ServiceToken;
pub use state::AuthState;
pub use token::{AccessFuture, EndpointFuture, PluginFuture, Token, TokenFuture};
