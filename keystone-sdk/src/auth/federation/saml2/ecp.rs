//! A password at a SAML 2.0 identity provider, by the Enhanced Client or Proxy profile.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use url::Url;

use super::paos::{self, AuthnRequest, AuthnResponse, Unproved};
use crate::auth::attempt::place;
use crate::auth::federation::endpoint::FEDERATION_ENDPOINT;
use crate::auth::federation::exchange::{
    Exchange, Handover, IDENTITY_PROVIDER, LONGEST, PAOS, SERVICE_PROVIDER, failed,
};
use crate::auth::federation::reason::Sent;
use crate::auth::federation::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use crate::auth::{CacheId, LoadPlugin as _, LogInFuture, Login, Scope, fixed};
use crate::error::{AuthenticationError, FederationFailure, FederationStep};
use crate::transport::{Request, Response, Transport, redact};
use crate::{Error, SecretString, auth_plugin};

const PAOS_HEADER: HeaderName = HeaderName::from_static("paos");

/// Logs in by a password at a SAML 2.0 identity provider, without a browser: by the Enhanced Client
/// or Proxy profile (ECP). Loaded as `v3samlpassword`.
///
/// The web server in front of Keystone has to offer the profile (mod_shib with `ECP="true"`,
/// mod_auth_mellon), and so has the identity provider. The password goes to the identity provider
/// alone, by HTTP Basic authentication.
///
/// Source: SAML V2.0 Enhanced Client or Proxy Profile Version 2.0.
///
/// ```
/// use keystone_sdk::auth::federation::Saml2Password;
///
/// let auth = Saml2Password::builder("https://cloud.example/identity/v3")
///     .identity_provider("acme")
///     .protocol("saml2")
///     .identity_provider_url("https://idp.example/idp/profile/SAML2/SOAP/ECP")
///     .username("alice")
///     .password("s3cr3t")
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3samlpassword",
    plugin = pub Saml2Password,
    inner = Federated<Self>,
    make = Rescoped::plugin,
    spec = "specs/auth-methods.yaml"
)]
struct EcpLogin {
    auth_url: Url,
    /// The identity provider, by its id in Keystone.
    identity_provider: String,
    /// The federation protocol, by its id in Keystone.
    protocol: String,
    #[auth(scope)]
    scope: Scope,
    /// The address of the identity provider's ECP service.
    identity_provider_url: Url,
    /// The user's name at the identity provider.
    username: String,
    /// The user's password at the identity provider.
    #[auth(secret)]
    password: SecretString,
}

impl EcpLogin {
    async fn log_in_at(&self, transport: &Transport) -> Result<Login, Error> {
        let (provider, protocol) = (&self.identity_provider, &self.protocol);
        let endpoint = FederationEndpoint::new(&self.auth_url, provider, protocol)?;
        let mut exchange = Exchange::new(transport);
        let first = exchange
            .send(FEDERATION_ENDPOINT, first_request(endpoint.url()))
            .await?;
        if first.status != StatusCode::OK || !is_paos(&first) {
            return endpoint.read(&first);
        }
        let request = AuthnRequest::read(&first)?;
        let consumer = consumer(&request.consumer, endpoint.url(), &first)?;
        let second = exchange
            .send(IDENTITY_PROVIDER, self.to_identity_provider(&request)?)
            .await?;
        let response = self.read_response(&second, &request)?;
        if response.consumer != request.consumer {
            return Err(mismatch(&mut exchange, &consumer, &response.consumer, &second).await);
        }
        let handover = Handover {
            to: &consumer,
            content_type: PAOS,
            body: response.envelope.clone().into(),
            message: &response.envelope,
            for_token: endpoint.url(),
            leads_back: true,
        };
        let last = exchange.hand_over(handover).await?;
        endpoint.read(&last)
    }

    fn to_identity_provider(&self, request: &AuthnRequest) -> Result<Request, Error> {
        let mut to_provider = Request::new(Method::POST, self.identity_provider_url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("text/xml"))
            .header(AUTHORIZATION, fixed::basic(&self.username, &self.password)?)
            // A second assertion does no harm.
            .replayable(true);
        to_provider.body = Some(request.envelope.clone().into());
        to_provider.max_body = Some(LONGEST);
        Ok(to_provider)
    }

    fn read_response(
        &self,
        response: &Response,
        request: &AuthnRequest,
    ) -> Result<AuthnResponse, Error> {
        let sent = Sent {
            password: self.password.expose(),
            ..Sent::default()
        };
        let refused = |reason: Option<String>| {
            let message = "the identity provider did not accept the login; check user and password";
            failed(FederationStep::IdentityProvider, message, reason, response)
        };
        match AuthnResponse::read(response, request) {
            Err(Unproved::Refused(reason)) => Err(refused(sent.clean(&reason))),
            _ if !response.status.is_success() => Err(refused(sent.reason_of(response))),
            Err(Unproved::Unexpected(error)) => Err(error),
            Ok(read) => Ok(read),
        }
    }
}

impl FederatedLogin for EcpLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(self.log_in_at(transport))
    }

    fn cache_id(&self) -> Option<CacheId> {
        Some(self.identity())
    }
}

/// Asks for a token as one who can talk to the identity provider.
fn first_request(url: &Url) -> Request {
    let accept = HeaderValue::from_static("application/json, application/vnd.paos+xml");
    let mut request = Request::new(Method::GET, url.clone())
        .header(ACCEPT, accept)
        .header(PAOS_HEADER, HeaderValue::from_static(paos::VERSION));
    request.max_body = Some(LONGEST);
    request
}

fn is_paos(response: &Response) -> bool {
    let content_type = response.headers.get(CONTENT_TYPE);
    let declared = content_type.and_then(|value| value.to_str().ok()?.split(';').next());
    declared.is_some_and(|it| it.trim().eq_ignore_ascii_case("application/vnd.paos+xml"))
}

/// The address of the assertion consumer. It has to be on Keystone's own server: the session that it
/// begins is good for that server only, and the assertion is for nobody else.
fn consumer(text: &str, keystone: &Url, response: &Response) -> Result<Url, Error> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| url.origin() == keystone.origin());
    url.ok_or_else(|| {
        let message = format!(
            "the service provider wants the assertion at `{}`, which is not on Keystone's server \
             `{}`, so the identity provider is not asked for one ({}); the operator has to correct \
             the address of the assertion consumer",
            shown(text),
            keystone.origin().ascii_serialization(),
            place(response),
        );
        let failure = FederationFailure::new(FederationStep::ConsumerAddress, None);
        AuthenticationError::new(message).failed_at(failure).into()
    })
}

/// An address that a server named, as an error may tell it.
fn shown(text: &str) -> String {
    Url::parse(text).map_or_else(|_| text.to_owned(), |url| redact::address(&url))
}

/// The error for addresses that differ. The service provider is told so, as the profile wants it;
/// what it says to that changes nothing.
async fn mismatch(
    exchange: &mut Exchange<'_>,
    consumer: &Url,
    other: &str,
    response: &Response,
) -> Error {
    let mut fault = Request::new(Method::POST, consumer.clone()).header(CONTENT_TYPE, PAOS);
    fault.body = Some(paos::mismatch_fault().into());
    if let Err(error) = exchange.send(SERVICE_PROVIDER, fault).await {
        tracing::debug!(%error, "the service provider was not told of the mismatch");
    }
    let message = format!(
        "the service provider wants the assertion at `{}`, but the identity provider made it for \
         `{}`, so it was not handed over ({}); the identity provider has to know the metadata of \
         this service provider",
        redact::address(consumer),
        shown(other),
        place(response),
    );
    let failure = FederationFailure::new(FederationStep::ConsumerAddress, None);
    AuthenticationError::new(message).failed_at(failure).into()
}
