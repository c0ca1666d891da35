//! A login by the client's own proof, without a user.

use url::Url;

use super::login::{Grant, Oidc};
use super::provider::{Provider, Tokens};
use super::settings;
use super::wire::Step;
use crate::{Error, SecretString};

oidc_plugin! {
    /// Logs in as the client itself (the grant `client_credentials`). Loaded as
    /// `v3oidcclientcredentials`.
    ///
    /// ```
    /// use keystone_sdk::auth::federation::OidcClientCredentials;
    ///
    /// let auth = OidcClientCredentials::builder("https://cloud.example/identity/v3")
    ///     .identity_provider("acme")
    ///     .protocol("openid")
    ///     .discovery_endpoint("https://op.example/.well-known/openid-configuration")
    ///     .client_id("backup")
    ///     .client_secret("s3cr3t")
    ///     .openid_scope("openid")
    ///     .project_name("demo")
    ///     .project_domain_name("Default")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    name = "v3oidcclientcredentials", OidcClientCredentials,
    make = Oidc::plugin, check = settings::check, grant = ClientCredentialsLogin;
    struct ClientCredentialsLogin {}
}

impl Grant for ClientCredentialsLogin {
    const TYPE: &'static str = "client_credentials";

    async fn tokens(&self, provider: &Provider<'_>) -> Result<Tokens, Error> {
        let client = provider.client();
        let mut request = client
            .exchange_client_credentials()
            .add_scopes(provider.scopes());
        for (name, value) in provider.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let wire = provider.wire(Step::Token);
        let response = request.request_async(&wire).await;
        let remedy = "check the client's id and proof, and `openid_scope`";
        Ok(response.map_err(|error| wire.failed(error, remedy))?.into())
    }
}
