//! A login that a person approves on another device.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use oauth2::{
    DeviceAuthorizationUrl, DeviceCodeErrorResponse, DeviceCodeErrorResponseType,
    PkceCodeChallenge, RequestTokenError, StandardDeviceAuthorizationResponse,
};
use serde_json::Value;
use url::Url;

use super::client_auth::ClientAuth;
use super::discovery::Endpoint;
use super::id_token::time_of;
use super::login::{Grant, Oidc};
use super::prompt::{DeviceAuthorization, DevicePrompt, LogPrompt, SharedDevicePrompt};
use super::provider::{Provider, Tokens};
use super::settings::{self, Configured, Settings, choice};
use super::wire::{Step, Wire};
use crate::auth::federation::Federated;
use crate::auth::{CacheId, FieldValue, OptionReader};
use crate::error::DecodeError;
use crate::{Error, SecretString, printable};

/// The longest pause between two polls that a provider may ask for.
const LONGEST_INTERVAL: Duration = Duration::from_secs(3600);
/// The longest life of the codes.
const LONGEST_LIFE: Duration = Duration::from_secs(366 * 24 * 3600);
/// The shortest pause between two polls, whatever a provider says.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

choice! {
    /// How the challenge of a code is made from its verifier (PKCE).
    ///
    /// Source: RFC 7636, section 4.2.
    ChallengeMethod: "`S256` or `plain`";
    /// The verifier itself, for providers that know nothing better.
    Plain = "plain",
    /// The SHA-256 digest of the verifier.
    S256 = "S256",
}

oidc_plugin! {
    /// Logs in by a code that a person enters in a browser on any device. Loaded as
    /// `v3oidcdeviceauthz`.
    ///
    /// A [`DevicePrompt`] shows the code and the address; without one they stand in a line of the
    /// log, at `WARN`.
    ///
    /// ```
    /// use keystone_sdk::auth::federation::OidcDeviceAuthz;
    ///
    /// let auth = OidcDeviceAuthz::builder("https://cloud.example/identity/v3")
    ///     .identity_provider("acme")
    ///     .protocol("openid")
    ///     .discovery_endpoint("https://op.example/.well-known/openid-configuration")
    ///     .client_id("tool")
    ///     .project_name("demo")
    ///     .project_domain_name("Default")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    name = "v3oidcdeviceauthz", OidcDeviceAuthz,
    make = plugin, check = settings::check, grant = DeviceGrant;
    struct DeviceLogin {
        /// The address that gives codes, where it is not that of the discovery document.
        device_authorization_endpoint: Option<Url>,
        /// Whether the codes are bound to this program by a challenge (PKCE), and how it is made.
        code_challenge_method: Option<ChallengeMethod>,
    }
}

impl OidcDeviceAuthzBuilder {
    /// Sets who shows the code and the address.
    pub fn prompt(mut self, prompt: impl DevicePrompt + 'static) -> Self {
        self.options.attach(SharedDevicePrompt::new(prompt));
        self
    }
}

fn plugin(
    login: DeviceLogin,
    options: &OptionReader<'_>,
) -> Result<Federated<Oidc<DeviceGrant>>, Error> {
    let prompt = options.attached::<SharedDevicePrompt>().cloned();
    let prompt = prompt.unwrap_or_else(|| SharedDevicePrompt::new(LogPrompt));
    Oidc::federated(DeviceGrant { login, prompt })
}

/// The grant, with who shows its code.
struct DeviceGrant {
    login: DeviceLogin,
    prompt: SharedDevicePrompt,
}

impl std::fmt::Debug for DeviceGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.login.fmt(f)
    }
}

impl Configured for DeviceGrant {
    fn settings(&self) -> Settings<'_> {
        self.login.settings()
    }

    fn cache_id(&self) -> CacheId {
        Configured::cache_id(&self.login)
    }
}

impl Grant for DeviceGrant {
    const TYPE: &'static str = "urn:ietf:params:oauth:grant-type:device_code";

    async fn tokens(&self, provider: &Provider<'_>) -> Result<Tokens, Error> {
        let proof = self.login.code_challenge_method.map(Proof::new);
        let details = self.authorization(provider, proof.as_ref()).await?;
        let device = shown(&details)?;
        // Dropped on every way out, also when nobody waits any more.
        let waiting = Waiting(&self.prompt);
        self.prompt.show(&device);
        let tokens = poll(provider, &details, proof.as_ref()).await;
        drop(waiting);
        tokens
    }
}

impl DeviceGrant {
    /// Asks for the codes.
    async fn authorization(
        &self,
        provider: &Provider<'_>,
        proof: Option<&Proof>,
    ) -> Result<StandardDeviceAuthorizationResponse, Error> {
        let configured = self.login.device_authorization_endpoint.as_ref();
        let url = provider.endpoint(Endpoint::Device, configured)?;
        let client = provider
            .client()
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
        let mut request = client.exchange_device_code().add_scopes(provider.scopes());
        if matches!(provider.auth(), ClientAuth::Basic(_)) {
            // Also beside HTTP Basic, for providers that look for it here alone.
            request = request.add_extra_param("client_id", provider.settings.client_id);
        }
        let mut wire = provider.wire(Step::Device);
        if let Some(proof) = proof {
            request = request
                .add_extra_param("code_challenge", proof.challenge.expose())
                .add_extra_param("code_challenge_method", proof.method);
            wire = wire.hiding([&proof.challenge]);
        }
        for (name, value) in provider.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let response = request.request_async(&wire).await;
        let remedy = "check the client, and that it may use the device flow";
        response.map_err(|error| wire.failed(error, remedy))
    }
}

/// A verifier with its challenge.
struct Proof {
    verifier: SecretString,
    challenge: SecretString,
    method: &'static str,
}

impl Proof {
    fn new(method: ChallengeMethod) -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let verifier = SecretString::new(verifier.into_secret());
        let (challenge, method) = match method {
            ChallengeMethod::Plain => (verifier.clone(), "plain"),
            ChallengeMethod::S256 => (challenge.as_str().into(), "S256"),
        };
        Self {
            verifier,
            challenge,
            method,
        }
    }
}

/// Ends the prompt.
struct Waiting<'a>(&'a SharedDevicePrompt);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// What the person sees of the response.
fn shown(details: &StandardDeviceAuthorizationResponse) -> Result<DeviceAuthorization, Error> {
    let malformed = |what: &str| {
        let message = format!("the response to {} has {what}", Step::Device);
        Error::from(DecodeError::new(message))
    };
    // A program may open the address, or hand it to a terminal.
    let address = |text: &str| {
        let url = Url::parse(text).ok()?;
        let http = matches!(url.scheme(), "http" | "https") && url.has_host();
        let nobody = url.username().is_empty() && url.password().is_none();
        (http && nobody).then_some(url)
    };
    let verification_uri = address(details.verification_uri().as_str())
        .ok_or_else(|| malformed("a `verification_uri` that is no address of HTTP"))?;
    let complete = details.verification_uri_complete();
    if details.interval() > LONGEST_INTERVAL {
        return Err(malformed("an `interval` of more than an hour"));
    }
    if details.expires_in() > LONGEST_LIFE {
        return Err(malformed("an `expires_in` of more than a year"));
    }
    Ok(DeviceAuthorization {
        user_code: printable::line(details.user_code().secret()).into_owned(),
        verification_uri,
        verification_uri_complete: complete.and_then(|url| address(url.secret())),
        expires_in: details.expires_in(),
        interval: details.interval().max(SHORTEST_INTERVAL),
    })
}

/// Asks for the tokens until the person has decided or the time is over.
async fn poll(
    provider: &Provider<'_>,
    details: &StandardDeviceAuthorizationResponse,
    proof: Option<&Proof>,
) -> Result<Tokens, Error> {
    let client = provider.client();
    let device_code = SecretString::new(details.device_code().secret().as_str());
    let mut wire = provider.wire(Step::Token).once().hiding([&device_code]);
    let clock = provider.transport.clock();
    let mut request = client
        .exchange_device_access_token(details)
        .set_time_fn(time_of(clock));
    if matches!(provider.auth(), ClientAuth::Basic(_)) {
        request = request.add_extra_param("client_id", provider.settings.client_id);
    }
    if let Some(proof) = proof {
        request = request.add_extra_param("code_verifier", proof.verifier.expose());
        wire = wire.hiding([&proof.verifier]);
    }
    for (name, value) in provider.assertion()? {
        request = request.add_extra_param(name, value);
    }
    let sleep = |pause: Duration| clock.sleep(pause.max(SHORTEST_INTERVAL));
    let outcome = {
        // The library tries again whatever goes wrong on the wire; some things stay wrong.
        let polling = pin!(request.request_async(&wire, sleep, None));
        match select(polling, pin!(wire.hopeless())).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(RequestTokenError::Other(String::new())),
        }
    };
    Ok(outcome.map_err(|error| not_approved(error, &wire))?.into())
}

fn not_approved(
    error: RequestTokenError<Error, DeviceCodeErrorResponse>,
    wire: &Wire<'_>,
) -> Error {
    if let Some(lost) = wire.lost() {
        return lost;
    }
    let message = match &error {
        RequestTokenError::ServerResponse(response) => match response.error() {
            DeviceCodeErrorResponseType::AccessDenied => {
                "the person refused the login at the OpenID Provider (`access_denied`)"
            }
            DeviceCodeErrorResponseType::ExpiredToken => {
                "nobody approved the login at the OpenID Provider in time (`expired_token`); log in \
                 again"
            }
            _ => return wire.failed(error, "check the client, and log in again"),
        },
        _ => return wire.failed(error, "check the client, and log in again"),
    };
    match wire.last().map(|response| response.to_error()) {
        Some(response) => super::refusal(message, super::reason(&response))
            .refused_by(response)
            .into(),
        None => super::refusal(message, None).into(),
    }
}
