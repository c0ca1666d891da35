//! A login in the person's browser.

use std::time::Duration;

use url::Url;

use super::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use crate::auth::attempt::{self, Attempt, place};
use crate::auth::{AccessInfo, CacheId, LogInFuture, Login, OptionReader, Scope, Token, v3};
use crate::error::{AuthenticationError, FederationFailure, FederationStep};
use crate::transport::Transport;
use crate::{Error, auth_plugin};

mod browser;
mod callback;
mod listener;
mod page;

pub use browser::{BrowserOpener, SharedBrowserOpener};
use listener::Listener;

/// Logs in by the person's browser, at whatever the identity provider asks for. Loaded as
/// `v3websso`.
///
/// A listener on this machine waits for the browser to bring the token, in a form that Keystone
/// sends it to. Keystone does so only for an address that its option `trusted_dashboard` lists,
/// letter by letter: `http://localhost:9990/auth/websso/` unless `redirect_host` and
/// `redirect_port` say otherwise.
///
/// The address to log in at is logged as a warning, and opened by a [`BrowserOpener`]. Every login
/// opens the browser, a renewal too; where the unscoped token still lives, another scope does not.
///
/// Any page in the same browser may send a token of its own while the listener waits, and the
/// program would then act as the user of that token: the protocol has no place for a secret that
/// ties the token to this login. So compare the user of the token where that matters.
///
/// ```
/// use keystone_sdk::auth::federation::WebSso;
///
/// let auth = WebSso::builder("https://cloud.example/identity/v3")
///     .identity_provider("acme")
///     .protocol("openid")
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3websso",
    plugin = pub WebSso,
    inner = Federated<BrowserLogin>,
    make = BrowserLogin::plugin,
    spec = "specs/auth-methods.yaml"
)]
struct WebSsoLogin {
    auth_url: Url,
    /// The identity provider, by its id in Keystone.
    identity_provider: String,
    /// The federation protocol, by its id in Keystone.
    protocol: String,
    #[auth(scope)]
    scope: Scope,
    /// The host to which the browser brings the token: this machine, by a name that is trusted by
    /// Keystone.
    #[auth(default = "localhost")]
    redirect_host: String,
    /// The port to which the browser brings the token.
    #[auth(default = 9990)]
    redirect_port: u16,
    /// How long to wait for the browser to bring the token.
    #[auth(default = 60)]
    login_timeout: Duration,
    /// Tells kept tokens of several users apart. The user is chosen in the browser.
    username: Option<String>,
}

impl WebSsoBuilder {
    /// What opens the browser; the system's default browser is opened otherwise.
    pub fn browser(mut self, opener: impl BrowserOpener + 'static) -> Self {
        self.options.attach(SharedBrowserOpener::new(opener));
        self
    }
}

/// The login, with what opens the browser.
#[derive(Debug)]
struct BrowserLogin {
    settings: WebSsoLogin,
    browser: SharedBrowserOpener,
}

impl BrowserLogin {
    fn plugin(settings: WebSsoLogin, options: &OptionReader<'_>) -> Result<Federated<Self>, Error> {
        let browser = options.attached().cloned().unwrap_or_default();
        Rescoped::plugin(Self { settings, browser }, options)
    }

    /// Waits for the browser to bring the token.
    async fn token(&self, transport: &Transport) -> Result<Token, Error> {
        let WebSsoLogin {
            auth_url,
            identity_provider,
            protocol,
            redirect_host,
            redirect_port,
            login_timeout,
            ..
        } = &self.settings;
        let endpoint = FederationEndpoint::new(auth_url, identity_provider, protocol)?;
        // Before the browser opens: the token may come at once.
        let listener = Listener::bind(redirect_host, *redirect_port, auth_url).await?;
        let url = endpoint.websso_url(listener.address())?;
        tracing::warn!("to log in, open {url}");
        if let Err(error) = self.browser.open(&url) {
            tracing::warn!("no browser can be opened here: {error}");
        }
        listener.token(transport.clock(), *login_timeout).await
    }

    /// What Keystone says of the token.
    async fn access(&self, transport: &Transport, token: &Token) -> Result<AccessInfo, Error> {
        let attempt = Attempt {
            api: "v3",
            methods: vec![self.settings.protocol.clone()],
            scope: "no scope".to_owned(),
        };
        let response = v3::own_token(transport, &self.settings.auth_url, token).await?;
        match response.status.as_u16() {
            200..=299 => v3::read_own_token(&response, &attempt),
            401 | 403 | 404 => {
                let message = format!(
                    "Keystone does not know the token that the browser brought ({}); check that \
                     `auth_url` is the Keystone at which the browser logged in",
                    place(&response)
                );
                let refused = response.to_error();
                let reason = refused.message().map(str::to_owned);
                let failure = FederationFailure::new(FederationStep::ServiceProvider, reason);
                let error = AuthenticationError::new(message).failed_at(failure);
                Err(error.refused_by(refused).into())
            }
            _ => Err(attempt::refusal(&response, &attempt)),
        }
    }
}

impl FederatedLogin for BrowserLogin {
    fn auth_url(&self) -> &Url {
        &self.settings.auth_url
    }

    fn scope(&self) -> &Scope {
        &self.settings.scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let token = self.token(transport).await?;
            let access = self.access(transport, &token).await?;
            let token = Token::new(token.expose().into(), Some(access.expires_at))?;
            Ok(Login::new(token, access))
        })
    }

    /// There is no secret: the identity is proved in the browser. Where the browser comes back to
    /// makes no other login.
    fn cache_id(&self) -> Option<CacheId> {
        let WebSsoLogin {
            identity_provider,
            protocol,
            scope,
            username,
            ..
        } = &self.settings;
        let mut id = CacheId::default();
        id.add("websso_identity_provider", identity_provider);
        id.add("websso_protocol", protocol);
        id.field("websso_username", username);
        scope.cache_id(&mut id);
        Some(id)
    }
}

#[cfg(test)]
mod tests;
