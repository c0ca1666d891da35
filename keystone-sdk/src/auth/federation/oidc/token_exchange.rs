//! A login by a token that a caller brought, which the provider exchanges for one for Keystone.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use oauth2::HttpRequest;
use url::Url;
use url::form_urlencoded::Serializer;

use super::login::{Grant, Oidc};
use super::provider::{Provider, TokenResponse, Tokens};
use super::settings::{self, AccessTokenType};
use super::wire::Step;
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

oidc_plugin! {
    /// Exchanges a token, such as that of a service's caller, for one for Keystone (RFC 8693).
    /// Loaded as `v3oidctokenexchange`.
    ///
    /// ```
    /// use keystone_sdk::auth::federation::OidcTokenExchange;
    ///
    /// let auth = OidcTokenExchange::builder("https://cloud.example/identity/v3")
    ///     .identity_provider("acme")
    ///     .protocol("openid")
    ///     .discovery_endpoint("https://op.example/.well-known/openid-configuration")
    ///     .client_id("service")
    ///     .client_secret("s3cr3t")
    ///     .subject_token("eyJh..")
    ///     .audience("keystone")
    ///     .project_name("demo")
    ///     .project_domain_name("Default")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    name = "v3oidctokenexchange", OidcTokenExchange,
    make = Oidc::plugin, check = settings::check, grant = TokenExchangeLogin;
    struct TokenExchangeLogin {
        /// The token to exchange.
        #[auth(secret)]
        subject_token: SecretString,
        /// What kind of token it is.
        #[auth(default = "urn:ietf:params:oauth:token-type:access_token")]
        subject_token_type: String,
        /// For whom the new token is, by the name that the OpenID Provider knows.
        audience: Option<String>,
        /// For what the new token is, by its address.
        resource: Option<String>,
    }
}

impl TokenExchangeLogin {
    fn form(&self, provider: &Provider<'_>) -> Serializer<'static, String> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", Self::TYPE)
            .append_pair("subject_token", self.subject_token.expose())
            .append_pair("subject_token_type", &self.subject_token_type);
        let scope = Some(provider.settings.openid_scope.trim());
        let wanted = self.asks_for_id_token(provider).then_some(ID_TOKEN);
        for (name, value) in [
            ("audience", self.audience.as_deref()),
            ("resource", self.resource.as_deref()),
            ("scope", scope.filter(|scope| !scope.is_empty())),
            ("requested_token_type", wanted),
        ] {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        form
    }

    /// The request, which the library does not make.
    fn request(&self, provider: &Provider<'_>) -> Result<HttpRequest, Error> {
        let mut request = HttpRequest::new(Vec::new());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = provider.token_endpoint().as_str().parse().map_err(
            |error: http::uri::InvalidUri| {
                let message = "the address of the token endpoint cannot be read";
                ConfigurationError::new(message).caused_by(error)
            },
        )?;
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        let mut form = self.form(provider);
        let (client_id, assertion) = (provider.settings.client_id, provider.assertion()?);
        let headers = request.headers_mut();
        provider
            .auth()
            .prove(client_id, &assertion, &mut form, headers)?;
        *request.body_mut() = form.finish().into_bytes();
        Ok(request)
    }

    fn asks_for_id_token(&self, provider: &Provider<'_>) -> bool {
        provider.settings.access_token_type == AccessTokenType::IdToken
    }
}

impl Grant for TokenExchangeLogin {
    const TYPE: &'static str = "urn:ietf:params:oauth:grant-type:token-exchange";

    async fn tokens(&self, provider: &Provider<'_>) -> Result<Tokens, Error> {
        let request = self.request(provider)?;
        let wire = provider.wire(Step::Token).hiding([&self.subject_token]);
        let response = wire.send(request).await?;
        let remedy = "check `subject_token`, `audience`, `resource` and the client";
        if response.status() != StatusCode::OK {
            return Err(wire.refused(None, remedy));
        }
        let response: TokenResponse = serde_json::from_slice(response.body())
            // The library's error may repeat a part of a token.
            .map_err(|_| wire.refused(None, remedy))?;
        let mut tokens = Tokens::from(response);
        if self.asks_for_id_token(provider) {
            // Whatever was issued stands there (RFC 8693, section 2.2.1).
            tokens.id = Some(tokens.access.clone());
        }
        Ok(tokens)
    }
}
