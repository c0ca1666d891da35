//! A login by an access token that somebody else got.

use url::Url;

use super::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use crate::auth::{CacheId, LoadPlugin as _, LogInFuture, Scope};
use crate::transport::Transport;
use crate::{SecretString, auth_plugin};

/// Logs in by an access token of an OpenID Provider. Loaded as `v3oidcaccesstoken`.
///
/// The token is not renewed: when it has expired, a new login is refused.
///
/// ```
/// use keystone_sdk::auth::federation::OidcAccessToken;
///
/// let auth = OidcAccessToken::builder("https://cloud.example/identity/v3")
///     .identity_provider("acme")
///     .protocol("openid")
///     .access_token("eyJh..")
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3oidcaccesstoken",
    plugin = pub OidcAccessToken,
    inner = Federated<Self>,
    make = Rescoped::plugin,
    spec = "specs/auth-methods.yaml"
)]
struct AccessTokenLogin {
    auth_url: Url,
    /// The identity provider, by its id in Keystone.
    identity_provider: String,
    /// The federation protocol, by its id in Keystone.
    protocol: String,
    #[auth(scope)]
    scope: Scope,
    /// The access token.
    #[auth(secret)]
    access_token: SecretString,
}

impl FederatedLogin for AccessTokenLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let (provider, protocol) = (&self.identity_provider, &self.protocol);
            let endpoint = FederationEndpoint::new(&self.auth_url, provider, protocol)?;
            endpoint
                .log_in_by_bearer(transport, &self.access_token)
                .await
        })
    }

    fn cache_id(&self) -> Option<CacheId> {
        Some(self.identity())
    }
}
