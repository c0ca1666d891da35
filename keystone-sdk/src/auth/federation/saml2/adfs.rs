//! A password at Active Directory Federation Services, by WS-Trust.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use url::Url;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::soap;
use super::trust::{self, TokenRequest};
use super::xml::escaped;
use crate::auth::federation::exchange::{Exchange, Handover, IDENTITY_PROVIDER, LONGEST, failed};
use crate::auth::federation::reason::Sent;
use crate::auth::federation::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use crate::auth::{CacheId, LoadPlugin as _, LogInFuture, Login, Scope};
use crate::error::FederationStep;
use crate::transport::{Request, Response, Transport};
use crate::{Error, SecretString, auth_plugin};

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const SOAP: HeaderValue = HeaderValue::from_static("application/soap+xml; charset=utf-8");

/// Logs in by a password at Active Directory Federation Services (ADFS): by WS-Trust 1.3 there, and
/// by WS-Federation at the service provider. Loaded as `v3adfspassword`.
///
/// The password goes to the identity provider alone, in a request that is good for two minutes by
/// the clock of the session.
///
/// ```
/// use keystone_sdk::auth::federation::AdfsPassword;
///
/// let auth = AdfsPassword::builder("https://cloud.example/identity/v3")
///     .identity_provider("acme")
///     .protocol("saml2")
///     .identity_provider_url("https://adfs.example/adfs/services/trust/13/usernamemixed")
///     .service_provider_endpoint("https://cloud.example/Shibboleth.sso/ADFS")
///     .service_provider_entity_id("https://cloud.example/shibboleth")
///     .username("alice@corp.example")
///     .password("s3cr3t")
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3adfspassword",
    plugin = pub AdfsPassword,
    inner = Federated<Self>,
    make = Rescoped::plugin,
    spec = "specs/auth-methods.yaml"
)]
struct AdfsLogin {
    auth_url: Url,
    /// The identity provider, by its id in Keystone.
    identity_provider: String,
    /// The federation protocol, by its id in Keystone.
    protocol: String,
    #[auth(scope)]
    scope: Scope,
    /// The address of the `usernamemixed` service of ADFS.
    identity_provider_url: Url,
    /// The address at which the service provider takes security tokens, on Keystone's own server.
    service_provider_endpoint: Url,
    /// The name of the service provider at ADFS.
    service_provider_entity_id: String,
    /// The user's name at ADFS.
    username: String,
    /// The user's password at ADFS.
    #[auth(secret)]
    password: SecretString,
}

impl AdfsLogin {
    async fn log_in_at(&self, transport: &Transport) -> Result<Login, Error> {
        let (provider, protocol) = (&self.identity_provider, &self.protocol);
        let endpoint = FederationEndpoint::new(&self.auth_url, provider, protocol)?;
        let mut exchange = Exchange::new(transport);
        let first = exchange
            .send(IDENTITY_PROVIDER, self.to_identity_provider(transport))
            .await?;
        let token = self.read_response(&first)?;
        let handover = Handover {
            to: &self.service_provider_endpoint,
            content_type: FORM,
            body: form(&token).into(),
            message: &token,
            for_token: endpoint.url(),
            // It leads to the start page as a rule, which is nothing to us.
            leads_back: false,
        };
        let last = exchange.hand_over(handover).await?;
        endpoint.read(&last)
    }

    fn to_identity_provider(&self, transport: &Transport) -> Request {
        let id = Uuid::new_v4().to_string();
        let envelope = TokenRequest {
            to: self.identity_provider_url.as_str(),
            username: &self.username,
            password: &self.password,
            applies_to: &self.service_provider_entity_id,
            message_id: &id,
            now: transport.clock().now(),
        };
        let mut request = Request::new(Method::POST, self.identity_provider_url.clone())
            .header(CONTENT_TYPE, SOAP)
            // A second token does no harm.
            .replayable(true);
        request.body = Some(envelope.envelope().expose().to_owned().into());
        request.max_body = Some(LONGEST);
        // A server may repeat it as it is, or as it stands in the message.
        let escaped = escaped(self.password.expose()).into_owned();
        request.secrets = vec![self.password.clone(), escaped.into()];
        request
    }

    fn read_response(&self, response: &Response) -> Result<String, Error> {
        let sent = Sent {
            password: self.password.expose(),
            ..Sent::default()
        };
        let refused = |reason| {
            let message = "the identity provider did not accept the login; check user and password";
            failed(FederationStep::IdentityProvider, message, reason, response)
        };
        let document = match trust::IDENTITY_PROVIDER.read(response) {
            Ok(document) => document,
            Err(_) if !response.status.is_success() => {
                return Err(refused(sent.reason_of(response)));
            }
            Err(error) => return Err(error),
        };
        // ADFS says so with status 500.
        if let Some(fault) = soap::fault(&document) {
            return Err(refused(sent.clean(&fault)));
        }
        if !response.status.is_success() {
            return Err(refused(None));
        }
        trust::token_response(&document, response)
    }
}

/// What a browser would send from the page that ADFS gives it.
fn form(token: &str) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("wa", "wsignin1.0");
    form.append_pair("wresult", token);
    form.finish()
}

impl FederatedLogin for AdfsLogin {
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
