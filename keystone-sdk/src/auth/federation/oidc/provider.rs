//! An OpenID Provider, as one login knows it, and the requests to it.

use std::sync::Arc;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AccessToken, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, RefreshToken,
    StandardRevocableToken, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::client_auth::ClientAuth;
use super::client_key::ClientKey;
use super::discovery::{self, Endpoint, Metadata};
use super::settings::Settings;
use super::wire::{Step, Wire};
use crate::error::ConfigurationError;
use crate::transport::Transport;
use crate::{Error, SecretString};

/// The type of the client's proof by a signature.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The response to a token request: what logins need of it, and no more. Providers write
/// `expires_in` and `scope` in ways of their own, and neither is looked at.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct TokenResponse {
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    // Not shown by `Debug`, as the library's own types.
    id_token: Option<RefreshToken>,
}

impl oauth2::TokenResponse for TokenResponse {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<oauth2::Scope>> {
        None
    }
}

/// The library's client.
pub(super) type Client = oauth2::Client<
    BasicErrorResponse,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What an OpenID Provider gave.
pub(super) struct Tokens {
    pub(super) access: SecretString,
    pub(super) id: Option<SecretString>,
    pub(super) refresh: Option<SecretString>,
}

impl From<TokenResponse> for Tokens {
    fn from(response: TokenResponse) -> Self {
        let secret = |token: RefreshToken| SecretString::new(token.into_secret());
        Self {
            access: SecretString::new(response.access_token.into_secret()),
            id: response.id_token.map(secret),
            refresh: response.refresh_token.map(secret),
        }
    }
}

/// An OpenID Provider, with all that one login needs of it.
pub(super) struct Provider<'a> {
    pub(super) settings: Settings<'a>,
    pub(super) transport: &'a Transport,
    metadata: Option<Arc<Metadata>>,
    token_endpoint: Url,
    auth: ClientAuth<'a>,
}

impl<'a> Provider<'a> {
    /// Finds the provider's addresses, and how the client proves itself.
    pub(super) async fn find(
        settings: Settings<'a>,
        key: Option<&'a ClientKey>,
        transport: &'a Transport,
    ) -> Result<Self, Error> {
        let metadata = match settings.discovery_endpoint {
            Some(url) => Some(discovery::discover(transport, url, settings.issuer).await?),
            None => None,
        };
        let auth = ClientAuth::choose(&settings, key, metadata.as_deref());
        let configured = settings.access_token_endpoint;
        let known = known(&settings, metadata.as_deref(), Endpoint::Token, configured);
        Ok(Self {
            token_endpoint: known?,
            settings,
            transport,
            metadata,
            auth,
        })
    }

    /// Refuses a grant that the provider does not offer.
    pub(super) fn check_grant(&self, grant: &str) -> Result<(), Error> {
        match (&self.metadata, self.settings.discovery_endpoint) {
            (Some(metadata), Some(from)) => metadata.check_grant(grant, from),
            _ => Ok(()),
        }
    }

    /// An address: the configured one, or that of the discovery document.
    pub(super) fn endpoint(
        &self,
        endpoint: Endpoint,
        configured: Option<&Url>,
    ) -> Result<Url, Error> {
        known(
            &self.settings,
            self.metadata.as_deref(),
            endpoint,
            configured,
        )
    }

    pub(super) fn token_endpoint(&self) -> &Url {
        &self.token_endpoint
    }

    /// Whom the provider says to be.
    pub(super) fn issuer(&self) -> Option<&str> {
        let found = self
            .metadata
            .as_ref()
            .map(|metadata| metadata.issuer.as_str());
        self.settings.issuer.or(found)
    }

    /// The library's client.
    pub(super) fn client(&self) -> Client {
        let client = oauth2::Client::new(ClientId::new(self.settings.client_id.to_owned()))
            .set_token_uri(TokenUrl::from_url(self.token_endpoint.clone()));
        let secret = |secret: &SecretString| ClientSecret::new(secret.expose().to_owned());
        match self.auth {
            ClientAuth::Basic(it) => client
                .set_client_secret(secret(it))
                .set_auth_type(AuthType::BasicAuth),
            ClientAuth::Post(it) => client
                .set_client_secret(secret(it))
                .set_auth_type(AuthType::RequestBody),
            ClientAuth::Public | ClientAuth::Signed(_) => {
                client.set_auth_type(AuthType::RequestBody)
            }
        }
    }

    pub(super) fn auth(&self) -> ClientAuth<'a> {
        self.auth
    }

    /// What a request carries beside what the library puts there: the client's signed assertion.
    pub(super) fn assertion(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let ClientAuth::Signed(key) = self.auth else {
            return Ok(Vec::new());
        };
        let now = self.transport.clock().now();
        // By the address of the token endpoint, which a document tells, one provider could have an
        // assertion made for another. Without discovery there is often nothing else.
        let audience = self.issuer().unwrap_or(self.token_endpoint.as_str());
        let assertion = key.assertion(self.settings.client_id, audience, now)?;
        Ok(vec![
            ("client_assertion_type", JWT_BEARER.to_owned()),
            ("client_assertion", assertion.expose().to_owned()),
        ])
    }

    /// A request that carries the client's proof.
    pub(super) fn wire(&self, step: Step) -> Wire<'a> {
        let wire = Wire::new(self.transport, step).hiding(self.settings.client_secret);
        match self.auth {
            // An assertion is good for one time.
            ClientAuth::Signed(_) => wire.once(),
            _ => wire,
        }
    }

    /// Renews the tokens. A refresh token may be good for one time.
    pub(super) async fn refresh(&self, refresh: &SecretString) -> Result<Tokens, Error> {
        let token = RefreshToken::new(refresh.expose().to_owned());
        let client = self.client();
        let mut request = client.exchange_refresh_token(&token);
        for (name, value) in self.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let wire = self.wire(Step::Token).once().hiding([refresh]);
        let response = request.request_async(&wire).await;
        let remedy = "the refresh token may have expired or been revoked";
        Ok(response.map_err(|error| wire.failed(error, remedy))?.into())
    }

    /// The scopes that are asked for.
    pub(super) fn scopes(&self) -> impl Iterator<Item = oauth2::Scope> + use<'a> {
        let scopes = self.settings.openid_scope.split_whitespace();
        scopes.map(|scope| oauth2::Scope::new(scope.to_owned()))
    }
}

fn known(
    settings: &Settings<'_>,
    metadata: Option<&Metadata>,
    endpoint: Endpoint,
    configured: Option<&Url>,
) -> Result<Url, Error> {
    match (configured, metadata, settings.discovery_endpoint) {
        (Some(url), ..) => Ok(url.clone()),
        (None, Some(metadata), Some(from)) => metadata.endpoint(endpoint, from),
        _ => {
            let option = endpoint.option();
            let error = ConfigurationError::new(format!("`{option}` is not known"));
            let remedy = format!("set `{option}` or `discovery_endpoint`");
            Err(error.remedy(remedy).into())
        }
    }
}
