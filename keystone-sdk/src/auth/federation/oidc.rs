//! Logins by an OpenID Provider: its token is shown to the web server in front of Keystone.
//!
//! The flows of OAuth 2.0 and the validation of id tokens are those of the crates `oauth2` and
//! `openidconnect`, sent by the [`Transport`](crate::transport::Transport) and timed by its clock.
//! What they lack is here: `private_key_jwt`, token exchange, renewal, the checks of a redirect.
//!
//! Source: OpenID Connect Core 1.0 and Discovery 1.0; RFC 6749, RFC 7523 (`private_key_jwt`),
//! RFC 7636 (PKCE), RFC 8628 (devices), RFC 8693 (token exchange), RFC 9207 (`iss` in redirects).

#[cfg(feature = "config")]
use crate::auth::PluginLoader;
use crate::error::{AuthenticationError, FederationFailure, FederationStep, ResponseError};

#[macro_use]
mod plugin_macro;

mod auth_code;
mod authorization;
mod client_auth;
mod client_credentials;
mod client_key;
mod device;
mod discovery;
mod id_token;
mod login;
mod password;
mod prompt;
mod provider;
mod settings;
mod token_exchange;
mod wire;

pub use auth_code::{OidcAuthCode, OidcAuthCodeBuilder};
pub use authorization::{AuthorizedCode, OidcAuthorization, OidcAuthorizationBuilder};
pub use client_credentials::{OidcClientCredentials, OidcClientCredentialsBuilder};
pub use device::{ChallengeMethod, OidcDeviceAuthz, OidcDeviceAuthzBuilder};
pub use password::{OidcPassword, OidcPasswordBuilder};
pub use prompt::{DeviceAuthorization, DevicePrompt, SharedDevicePrompt};
pub use settings::{AccessTokenType, ClientAuthMethod};
pub use token_exchange::{OidcTokenExchange, OidcTokenExchangeBuilder};

/// The loaders of the plugins in this module.
#[cfg(feature = "config")]
pub(crate) const LOADERS: &[PluginLoader] = &[
    OidcPassword::loader(),
    OidcClientCredentials::loader(),
    OidcAuthCode::loader(),
    OidcDeviceAuthz::loader(),
    OidcTokenExchange::loader(),
];

/// A login that failed at the OpenID Provider, for its own reason if it gave one.
fn refusal(message: impl Into<String>, reason: Option<String>) -> AuthenticationError {
    let failure = FederationFailure::new(FederationStep::IdentityProvider, reason);
    AuthenticationError::new(message).failed_at(failure)
}

/// `error` and `error_description` of a response (RFC 6749, section 5.2).
fn reason(response: &ResponseError) -> Option<String> {
    let parts = [response.title(), response.message()];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}
