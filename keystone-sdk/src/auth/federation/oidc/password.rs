//! A login by the user's name and password at the OpenID Provider.

use oauth2::{ResourceOwnerPassword, ResourceOwnerUsername};
use url::Url;

use super::login::{Grant, Oidc};
use super::provider::{Provider, Tokens};
use super::settings;
use super::wire::Step;
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

oidc_plugin! {
    /// Logs in by the user's name and password at the OpenID Provider (the grant `password`).
    /// Loaded as `v3oidcpassword`.
    ///
    /// ```
    /// use keystone_sdk::auth::federation::OidcPassword;
    ///
    /// let auth = OidcPassword::builder("https://cloud.example/identity/v3")
    ///     .identity_provider("acme")
    ///     .protocol("openid")
    ///     .discovery_endpoint("https://op.example/.well-known/openid-configuration")
    ///     .client_id("keystone")
    ///     .client_secret("s3cr3t")
    ///     .username("alice")
    ///     .password("wonderland")
    ///     .project_name("demo")
    ///     .project_domain_name("Default")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    name = "v3oidcpassword", OidcPassword, make = Oidc::plugin, check = check, grant = PasswordLogin;
    struct PasswordLogin {
        /// The user's name at the OpenID Provider.
        username: String,
        /// The user's password at the OpenID Provider.
        #[auth(secret)]
        password: SecretString,
        /// The form field in which the OpenID Provider wants a one-time password.
        idp_otp_key: Option<String>,
        /// The one-time password, which is good for one login.
        #[auth(secret)]
        idp_otp: Option<SecretString>,
    }
}

/// The fields of a token request that a one-time password must not take the place of.
const TAKEN: [&str; 4] = ["grant_type", "password", "scope", "username"];

fn check(login: &PasswordLogin) -> Result<(), Error> {
    settings::check(login)?;
    let (message, remedy) = match (&login.idp_otp_key, &login.idp_otp) {
        (Some(key), Some(_)) if key.trim().is_empty() || TAKEN.contains(&key.as_str()) => {
            let message =
                format!("`idp_otp_key` is `{key}`, which is no field for a one-time password");
            (
                message,
                "write the form field that the OpenID Provider wants",
            )
        }
        (Some(_), None) => (
            "`idp_otp_key` is set, without a one-time password".to_owned(),
            "set `idp_otp`",
        ),
        (None, Some(_)) => (
            "`idp_otp` is set, without the form field for it".to_owned(),
            "set `idp_otp_key`",
        ),
        _ => return Ok(()),
    };
    Err(ConfigurationError::new(message).remedy(remedy).into())
}

impl Grant for PasswordLogin {
    const TYPE: &'static str = "password";

    fn once(&self) -> Option<&'static str> {
        self.idp_otp.as_ref().map(|_| "the one-time password")
    }

    async fn tokens(&self, provider: &Provider<'_>) -> Result<Tokens, Error> {
        let client = provider.client();
        let username = ResourceOwnerUsername::new(self.username.clone());
        let password = ResourceOwnerPassword::new(self.password.expose().to_owned());
        let mut request = client
            .exchange_password(&username, &password)
            .add_scopes(provider.scopes());
        for (name, value) in provider.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let mut wire = provider.wire(Step::Token).hiding([&self.password]);
        if let (Some(key), Some(passcode)) = (&self.idp_otp_key, &self.idp_otp) {
            request = request.add_extra_param(key.clone(), passcode.expose());
            wire = wire.once().hiding([passcode]);
        }
        let response = request.request_async(&wire).await;
        let remedy = "check `username` and `password`, and the client";
        Ok(response.map_err(|error| wire.failed(error, remedy))?.into())
    }
}
