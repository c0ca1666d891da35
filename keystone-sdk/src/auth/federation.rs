//! Federated logins: an identity provider proves who the user is, and Keystone gives an unscoped
//! token for that, which is then exchanged for a token of the wanted scope.
//!
//! Source: Identity API v3, "Request an unscoped OS-FEDERATION token" and "Request a scoped
//! OS-FEDERATION token".

use std::fmt;

use url::Url;

#[cfg(feature = "config")]
use super::PluginLoader;
use super::{CacheId, Cached, LogInFuture, Scope};
use crate::transport::Transport;

mod access_token;
mod cookies;
mod endpoint;
mod exchange;
mod k2k;
#[cfg(feature = "kerberos")]
mod kerberos;
#[cfg(feature = "oidc")]
mod oidc;
mod reason;
mod rescoped;
#[cfg(feature = "saml2")]
mod saml2;
#[cfg(feature = "websso")]
mod websso;

pub use access_token::{OidcAccessToken, OidcAccessTokenBuilder};
pub use endpoint::FederationEndpoint;
pub use k2k::{Keystone2Keystone, Keystone2KeystoneBuilder};
#[cfg(feature = "kerberos")]
pub use kerberos::{MappedKerberos, MappedKerberosBuilder};
#[cfg(feature = "oidc")]
pub use oidc::{
    AccessTokenType, AuthorizedCode, ChallengeMethod, ClientAuthMethod, DeviceAuthorization,
    DevicePrompt, OidcAuthCode, OidcAuthCodeBuilder, OidcAuthorization, OidcAuthorizationBuilder,
    OidcClientCredentials, OidcClientCredentialsBuilder, OidcDeviceAuthz, OidcDeviceAuthzBuilder,
    OidcPassword, OidcPasswordBuilder, OidcTokenExchange, OidcTokenExchangeBuilder,
    SharedDevicePrompt,
};
pub use rescoped::Rescoped;
#[cfg(feature = "saml2")]
pub use saml2::{AdfsPassword, AdfsPasswordBuilder, Saml2Password, Saml2PasswordBuilder};
#[cfg(feature = "websso")]
pub use websso::{BrowserOpener, SharedBrowserOpener, WebSso, WebSsoBuilder};

/// The loaders of the plugins in this module.
#[cfg(feature = "config")]
pub(crate) const LOADERS: &[&[PluginLoader]] = &[
    &[Keystone2Keystone::loader(), OidcAccessToken::loader()],
    #[cfg(feature = "kerberos")]
    &[MappedKerberos::loader()],
    #[cfg(feature = "oidc")]
    oidc::LOADERS,
    #[cfg(feature = "saml2")]
    &[AdfsPassword::loader(), Saml2Password::loader()],
    #[cfg(feature = "websso")]
    &[WebSso::loader()],
];

/// The plugin of a [`FederatedLogin`]: it keeps the unscoped token beside the scoped one.
pub type Federated<L> = Cached<Rescoped<L>>;

/// How to get an unscoped token from an identity provider. [`Rescoped`] makes a
/// [`LogIn`](super::LogIn) of it, which asks for the scope; [`Federated`] is its plugin.
///
/// ```
/// use keystone_sdk::auth::federation::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
/// use keystone_sdk::auth::{CacheId, LoadPlugin, LogInFuture, Scope};
/// use keystone_sdk::transport::Transport;
/// use keystone_sdk::{SecretString, Url, auth_plugin};
///
/// /// Shows the identity provider's web server a ticket.
/// #[auth_plugin("v3ticket", inner = Federated<Self>, make = Rescoped::plugin)]
/// struct TicketLogin {
///     auth_url: Url,
///     /// The identity provider, by its id in Keystone.
///     identity_provider: String,
///     /// The protocol, by its id in Keystone.
///     protocol: String,
///     #[auth(scope)]
///     scope: Scope,
///     /// The ticket.
///     #[auth(secret)]
///     ticket: SecretString,
/// }
///
/// impl FederatedLogin for TicketLogin {
///     fn auth_url(&self) -> &Url {
///         &self.auth_url
///     }
///
///     fn scope(&self) -> &Scope {
///         &self.scope
///     }
///
///     fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
///         LogInFuture::wire(async {
///             let endpoint =
///                 FederationEndpoint::new(&self.auth_url, &self.identity_provider, &self.protocol)?;
///             endpoint.log_in_by_bearer(transport, &self.ticket).await
///         })
///     }
///
///     fn cache_id(&self) -> Option<CacheId> {
///         Some(self.identity())
///     }
/// }
///
/// fn main() -> Result<(), keystone_sdk::Error> {
///     let auth = Ticket::builder("https://cloud.example/identity/v3")
///         .identity_provider("acme")
///         .protocol("ticket")
///         .ticket("s3cr3t")
///         .project_name("demo")
///         .project_domain_name("Default")
///         .build()?;
///     assert!(!format!("{auth:?}").contains("s3cr3t"));
///     Ok(())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a federated login",
    label = "how does it get an unscoped token?",
    note = "write `impl FederatedLogin for {Self}`, with `auth_url`, `scope` and `unscoped`"
)]
pub trait FederatedLogin: fmt::Debug + Send + Sync {
    /// The address of the Keystone that trusts the identity provider, as it was given.
    fn auth_url(&self) -> &Url;

    /// The scope to exchange the unscoped token for. With [`Scope::Default`] and
    /// [`Scope::Unscoped`] the unscoped token itself is the result.
    fn scope(&self) -> &Scope;

    /// Logs in at the identity provider, and at Keystone with what it gave.
    /// [`FederationEndpoint`] has the steps at Keystone.
    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a>;

    /// As [`LogIn::cache_id`](super::LogIn::cache_id).
    fn cache_id(&self) -> Option<CacheId> {
        None
    }

    /// As [`LogIn::reauthenticates`](super::LogIn::reauthenticates).
    fn reauthenticates(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
