//! A login by an authorization code, which a browser brought.

use std::borrow::Cow;

use oauth2::{AuthorizationCode, PkceCodeVerifier, RedirectUrl};
use url::Url;

use super::authorization::AuthorizedCode;
use super::login::{Grant, Oidc};
use super::provider::{Provider, Tokens};
use super::settings::{self, Configured as _};
use super::wire::Step;
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

oidc_plugin! {
    /// Logs in by an authorization code, which a browser brought from the OpenID Provider. Loaded
    /// as `v3oidcauthcode`.
    ///
    /// A code is good for one login. With a refresh token (`offline_access`) the login is renewed;
    /// without one a further login is refused. [`OidcAuthorization`](crate::auth::federation::OidcAuthorization) makes
    /// the address for the browser, and checks what comes back.
    ///
    /// ```
    /// use keystone_sdk::auth::federation::OidcAuthCode;
    ///
    /// let auth = OidcAuthCode::builder("https://cloud.example/identity/v3")
    ///     .identity_provider("acme")
    ///     .protocol("openid")
    ///     .discovery_endpoint("https://op.example/.well-known/openid-configuration")
    ///     .client_id("dashboard")
    ///     .redirect_uri("http://127.0.0.1:8080/callback")
    ///     .code("SplxlOBeZQQYbYS6WxSbIA")
    ///     .code_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    ///     .project_name("demo")
    ///     .project_domain_name("Default")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    name = "v3oidcauthcode", OidcAuthCode, make = Oidc::plugin, check = check, grant = AuthCodeLogin;
    struct AuthCodeLogin {
        /// The address to which the OpenID Provider sent the browser, if the code was asked for with
        /// one.
        redirect_uri: Option<Url>,
        /// The authorization code.
        #[auth(secret)]
        code: SecretString,
        /// The verifier, if the code was asked for with a challenge (PKCE).
        #[auth(secret)]
        code_verifier: Option<SecretString>,
        /// The nonce with which the code was asked for; the id token has to repeat it.
        #[auth(secret)]
        nonce: Option<SecretString>,
    }
}

impl OidcAuthCodeBuilder {
    /// Takes the code, the verifier, the nonce and the address of the redirect from an
    /// authorization.
    pub fn authorized(self, code: &AuthorizedCode) -> Self {
        self.redirect_uri(code.redirect_uri.as_str())
            .code(code.code.clone())
            .code_verifier(code.verifier.clone())
            .nonce(code.nonce.clone())
    }
}

fn check(login: &AuthCodeLogin) -> Result<(), Error> {
    settings::check(login)?;
    if login.nonce.is_some() {
        settings::can_validate(&login.settings(), "`nonce` is set")?;
    }
    match &login.code_verifier {
        Some(verifier) if !is_verifier(verifier.expose()) => {
            let error = ConfigurationError::new("the value of `code_verifier` is malformed");
            let remedy = "write 43 to 128 letters, digits, `-`, `.`, `_` or `~` (RFC 7636)";
            Err(error.remedy(remedy).into())
        }
        _ => Ok(()),
    }
}

fn is_verifier(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(is_allowed)
}

impl Grant for AuthCodeLogin {
    const TYPE: &'static str = "authorization_code";

    fn once(&self) -> Option<&'static str> {
        Some("an authorization code")
    }

    fn nonce(&self) -> Option<&str> {
        self.nonce.as_ref().map(SecretString::expose)
    }

    async fn tokens(&self, provider: &Provider<'_>) -> Result<Tokens, Error> {
        let client = provider.client();
        let code = AuthorizationCode::new(self.code.expose().to_owned());
        let mut request = client.exchange_code(code);
        if let Some(verifier) = &self.code_verifier {
            let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
            request = request.set_pkce_verifier(verifier);
        }
        if let Some(redirect) = &self.redirect_uri {
            let redirect = RedirectUrl::from_url(redirect.clone());
            request = request.set_redirect_uri(Cow::Owned(redirect));
        }
        for (name, value) in provider.assertion()? {
            request = request.add_extra_param(name, value);
        }
        // A code that comes twice costs the tokens of the first time (RFC 6749, section 4.1.2).
        let wire = provider.wire(Step::Token).once();
        let wire = wire.hiding([&self.code]).hiding(&self.code_verifier);
        let response = request.request_async(&wire).await;
        let remedy = "the code may have expired or been used; check `redirect_uri` and \
                      `code_verifier`, and the client";
        Ok(response.map_err(|error| wire.failed(error, remedy))?.into())
    }
}
