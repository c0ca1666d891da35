//! The part of a login that a browser plays: the address that it is sent to, and what it brings back.
//!
//! Source: OpenID Connect Core 1.0, section 3.1.2; RFC 7636 (PKCE); RFC 9207 (`iss`).

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope as OauthScope};
use openidconnect::Nonce;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::discovery::{self, Endpoint};
use crate::auth::address;
use crate::error::ConfigurationError;
use crate::transport::{Transport, redact};
use crate::{Error, SecretString};

/// An authorization that a browser is asked to bring: its address, with a challenge (PKCE, S256), a
/// state and a nonce, and the checks of the redirect that ends it.
///
/// ```no_run
/// use keystone_sdk::auth::federation::{OidcAuthCode, OidcAuthorization};
/// use keystone_sdk::transport::Transport;
///
/// # async fn example() -> Result<(), keystone_sdk::Error> {
/// let discovery = "https://op.example/.well-known/openid-configuration";
/// let transport = Transport::builder().build()?;
/// let authorization = OidcAuthorization::builder("dashboard", "http://127.0.0.1:8080/callback")
///     .discovery_endpoint(discovery)
///     .begin(&transport)
///     .await?;
/// println!("open {}", authorization.url());
/// // What the browser asked for at the address of the redirect:
/// let code = authorization.redirected("/callback?code=..&state=..")?;
/// let auth = OidcAuthCode::builder("https://cloud.example/identity/v3")
///     .identity_provider("acme")
///     .protocol("openid")
///     .discovery_endpoint(discovery)
///     .client_id("dashboard")
///     .authorized(&code)
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub struct OidcAuthorization {
    url: Url,
    redirect_uri: Url,
    issuer: String,
    names_issuer: bool,
    state: SecretString,
    verifier: SecretString,
    nonce: SecretString,
    spent: AtomicBool,
}

/// Settings of an [`OidcAuthorization`] to change before [`begin`](OidcAuthorizationBuilder::begin).
#[derive(Clone, Debug)]
#[must_use]
pub struct OidcAuthorizationBuilder {
    client_id: String,
    redirect_uri: String,
    openid_scope: String,
    discovery_endpoint: Option<String>,
    authorization_endpoint: Option<String>,
    issuer: Option<String>,
}

impl OidcAuthorizationBuilder {
    /// The address of the discovery document.
    pub fn discovery_endpoint(mut self, url: impl Into<String>) -> Self {
        self.discovery_endpoint = Some(url.into());
        self
    }

    /// The address that the browser is sent to, where it is not that of the discovery document.
    pub fn authorization_endpoint(mut self, url: impl Into<String>) -> Self {
        self.authorization_endpoint = Some(url.into());
        self
    }

    /// The issuer identifier of the OpenID Provider, where the address of the discovery document does
    /// not tell it.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The scopes at the OpenID Provider, separated by spaces; `openid profile` unless it is set.
    pub fn openid_scope(mut self, scope: impl Into<String>) -> Self {
        self.openid_scope = scope.into();
        self
    }

    /// Makes the address. The discovery document is asked for, if there is one; nothing else is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when an address is malformed, or neither discovery nor both of
    /// authorization endpoint and issuer are set; as for the discovery document otherwise.
    pub async fn begin(&self, transport: &Transport) -> Result<OidcAuthorization, Error> {
        let redirect_uri = address::of_option("redirect_uri", &self.redirect_uri)?;
        let read = |option: &str, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| address::of_option(option, text))
                .transpose()
        };
        let explicit = read("authorization_endpoint", &self.authorization_endpoint)?;
        let (endpoint, issuer, names_issuer) = match (
            read("discovery_endpoint", &self.discovery_endpoint)?,
            explicit,
            &self.issuer,
        ) {
            (Some(from), explicit, issuer) => {
                let found = discovery::discover(transport, &from, issuer.as_deref()).await?;
                let endpoint = match explicit {
                    Some(url) => url,
                    None => found.endpoint(Endpoint::Authorization, &from)?,
                };
                (endpoint, found.issuer.clone(), found.names_issuer)
            }
            (None, Some(endpoint), Some(issuer)) => (endpoint, issuer.clone(), false),
            _ => {
                let message = "the OpenID Provider of the authorization is not known";
                let error = ConfigurationError::new(message);
                let remedy = "set `discovery_endpoint`, or `authorization_endpoint` and `issuer`";
                return Err(error.remedy(remedy).into());
            }
        };
        Ok(self.authorization(endpoint, redirect_uri, issuer, names_issuer))
    }

    fn authorization(
        &self,
        endpoint: Url,
        redirect_uri: Url,
        issuer: String,
        names_issuer: bool,
    ) -> OidcAuthorization {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = SecretString::new(Nonce::new_random().secret().as_str());
        let client: oauth2::basic::BasicClient =
            oauth2::Client::new(ClientId::new(self.client_id.clone()));
        let client = client
            .set_auth_uri(AuthUrl::from_url(endpoint))
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        let scopes = || self.openid_scope.split_whitespace();
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .add_scopes(scopes().map(|scope| OauthScope::new(scope.to_owned())))
            .add_extra_param("nonce", nonce.expose());
        if scopes().any(|scope| scope == "offline_access") {
            // Without consent there is no refresh token (OpenID Connect Core 1.0, section 11).
            request = request.add_extra_param("prompt", "consent");
        }
        let (url, state) = request.url();
        OidcAuthorization {
            url,
            redirect_uri,
            issuer,
            names_issuer,
            state: SecretString::new(state.into_secret()),
            verifier: SecretString::new(verifier.into_secret()),
            nonce,
            spent: AtomicBool::new(false),
        }
    }
}

impl OidcAuthorization {
    /// Starts from the client's id at the OpenID Provider, and the address to which that sends the
    /// browser back.
    pub fn builder(
        client_id: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> OidcAuthorizationBuilder {
        OidcAuthorizationBuilder {
            client_id: client_id.into(),
            redirect_uri: redirect_uri.into(),
            openid_scope: "openid profile".to_owned(),
            discovery_endpoint: None,
            authorization_endpoint: None,
            issuer: None,
        }
    }

    /// The address for the browser. Its query holds the state: hand it to the browser, and to nobody
    /// else.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Takes the address that the browser was sent back to, whole or from the path on.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] when it is not the address of the redirect; when the state is not the
    /// one that was sent, or has come before; when the issuer (`iss`) is another, or is missing though
    /// the provider promised it; and with the provider's reason when that refused.
    pub fn redirected(&self, to: &str) -> Result<AuthorizedCode, Error> {
        let url = self
            .redirect_uri
            .join(to)
            .map_err(|_| refused("is no address"))?;
        if !self.is_redirect(&url) {
            return Err(refused("is not the address of the redirect"));
        }
        let one = |name: &str| one(&url, name);
        let state = one("state")?.ok_or_else(|| refused("has no `state`"))?;
        // Compared by digests, so that the time it takes tells nothing.
        if Sha256::digest(state.expose()) != Sha256::digest(self.state.expose()) {
            return Err(refused(
                "has another `state` than was sent: it is not of this login",
            ));
        }
        if self.spent.swap(true, Ordering::SeqCst) {
            return Err(refused("has a `state` that came before: it is replayed"));
        }
        self.check_issuer(one("iss")?)?;
        if let Some(code) = one("error")? {
            let described = one("error_description")?;
            let described = described
                .map(|text| format!(": {}", text.expose()))
                .unwrap_or_default();
            let code = code.expose();
            let message =
                format!("the OpenID Provider refused the authorization (`{code}`){described}");
            let reason = format!("{code}{described}");
            return Err(super::refusal(message, Some(reason)).into());
        }
        let code = one("code")?.filter(|code| !code.is_blank());
        Ok(AuthorizedCode {
            code: code.ok_or_else(|| refused("has no `code`"))?,
            verifier: self.verifier.clone(),
            nonce: self.nonce.clone(),
            redirect_uri: self.redirect_uri.clone(),
        })
    }

    fn is_redirect(&self, url: &Url) -> bool {
        let expected = &self.redirect_uri;
        url.origin() == expected.origin() && url.path() == expected.path()
    }

    /// Refuses the response of another provider, to which a code could be leaked.
    fn check_issuer(&self, found: Option<SecretString>) -> Result<(), Error> {
        match found {
            Some(found) if found.expose() == self.issuer => Ok(()),
            Some(found) => Err(refused(&format!(
                "is of the issuer `{}`, not of `{}`",
                found.expose(),
                self.issuer
            ))),
            None if self.names_issuer => Err(refused(
                "does not name its issuer (`iss`), as the OpenID Provider promises",
            )),
            None => Ok(()),
        }
    }
}

/// A parameter, which may come once (RFC 6749, section 3.1).
fn one(url: &Url, name: &str) -> Result<Option<SecretString>, Error> {
    let mut values = url.query_pairs().filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some((_, value)), None) => Ok(Some(value.into_owned().into())),
        _ => Err(refused(&format!("has `{name}` twice"))),
    }
}

fn refused(why: &str) -> Error {
    let message = format!("the address that the browser came back to {why}");
    super::refusal(message, None).into()
}

impl fmt::Debug for OidcAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcAuthorization")
            .field("url", &redact::address(&self.url))
            .field("redirect_uri", &redact::address(&self.redirect_uri))
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// An authorization code, with what is needed to redeem it.
/// [`OidcAuthCodeBuilder::authorized`](super::OidcAuthCodeBuilder::authorized) takes it.
#[derive(Clone)]
pub struct AuthorizedCode {
    pub(super) code: SecretString,
    pub(super) verifier: SecretString,
    pub(super) nonce: SecretString,
    pub(super) redirect_uri: Url,
}

impl AuthorizedCode {
    /// The code.
    pub fn code(&self) -> &SecretString {
        &self.code
    }

    /// The verifier of the challenge that was sent (PKCE).
    pub fn code_verifier(&self) -> &SecretString {
        &self.verifier
    }

    /// The nonce that was sent, which the id token has to repeat.
    pub fn nonce(&self) -> &SecretString {
        &self.nonce
    }

    /// The address of the redirect.
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }
}

impl fmt::Debug for AuthorizedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizedCode")
            .field("redirect_uri", &redact::address(&self.redirect_uri))
            .finish_non_exhaustive()
    }
}
