//! The login that all OpenID Connect plugins share: tokens of the provider, renewed by its refresh
//! tokens, shown to Keystone.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use url::Url;

use super::client_key::ClientKey;
use super::id_token;
use super::provider::{Provider, Tokens};
use super::settings::{AccessTokenType, Configured, Settings};
use crate::auth::federation::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use crate::auth::{CacheId, Cached, LogInFuture, Login, OptionReader, Scope};
use crate::error::{AuthenticationError, DecodeError, TransportErrorKind};
use crate::transport::Transport;
use crate::{Error, SecretString};

/// How to get tokens from an OpenID Provider.
pub(super) trait Grant: Configured {
    /// The name of the grant.
    const TYPE: &'static str;

    /// What of it is good for one login only.
    fn once(&self) -> Option<&'static str> {
        None
    }

    /// The nonce that the id token has to hold.
    fn nonce(&self) -> Option<&str> {
        None
    }

    /// Asks for tokens.
    fn tokens<'a>(
        &'a self,
        provider: &'a Provider<'_>,
    ) -> impl Future<Output = Result<Tokens, Error>> + Send + 'a;
}

/// A login by a grant. It keeps the refresh token, and no other.
pub(super) struct Oidc<G> {
    grant: G,
    key: Option<ClientKey>,
    refresh: Mutex<Option<SecretString>>,
    /// Whether what is good for one login may have been used.
    spent: AtomicBool,
    /// One at a time: many providers take a refresh token that comes twice for a stolen one.
    turn: tokio::sync::Mutex<()>,
}

impl<G: Grant> Oidc<G> {
    /// Takes the grant. Nothing is sent yet.
    pub(super) fn new(grant: G) -> Result<Self, Error> {
        let settings = grant.settings();
        let key = settings
            .client_private_key
            .map(|pem| ClientKey::read(pem, settings.client_private_key_id))
            .transpose()?;
        Ok(Self {
            grant,
            key,
            refresh: Mutex::new(None),
            spent: AtomicBool::new(false),
            turn: tokio::sync::Mutex::new(()),
        })
    }

    /// The plugin of the grant.
    pub(super) fn federated(grant: G) -> Result<Federated<Self>, Error> {
        Ok(Cached::new(Rescoped::new(Self::new(grant)?)))
    }

    /// The plugin, as `make` of a plugin wants it.
    pub(super) fn plugin(grant: G, _: &OptionReader<'_>) -> Result<Federated<Self>, Error> {
        Self::federated(grant)
    }

    fn settings(&self) -> Settings<'_> {
        self.grant.settings()
    }

    async fn log_in(&self, transport: &Transport) -> Result<Login, Error> {
        let _turn = self.turn.lock().await;
        let settings = self.settings();
        let (provider, protocol) = (settings.identity_provider, settings.protocol);
        let endpoint = FederationEndpoint::new(settings.auth_url, provider, protocol)?;
        let provider = Provider::find(settings, self.key.as_ref(), transport).await?;
        let bearer = match self.renewed(&provider).await? {
            Some(bearer) => bearer,
            None => self.first(&provider).await?,
        };
        endpoint.log_in_by_bearer(transport, &bearer).await
    }

    /// The token of a whole login.
    async fn first(&self, provider: &Provider<'_>) -> Result<SecretString, Error> {
        provider.check_grant(G::TYPE)?;
        let once = self.grant.once();
        if let Some(what) = once
            && self.spent.load(Ordering::SeqCst)
        {
            return Err(spent(what));
        }
        let outcome = self.grant.tokens(provider).await;
        let sent = !matches!(&outcome, Err(error) if was_not_sent(error));
        self.spent.fetch_or(sent, Ordering::SeqCst);
        let tokens = outcome?;
        self.lock().clone_from(&tokens.refresh);
        self.checked(provider, tokens, self.grant.nonce()).await
    }

    /// The token of a renewal, if there is something to renew by.
    async fn renewed(&self, provider: &Provider<'_>) -> Result<Option<SecretString>, Error> {
        let Some(refresh) = self.lock().clone() else {
            return Ok(None);
        };
        let renewed = match provider.refresh(&refresh).await {
            Ok(tokens) => {
                if tokens.refresh.is_some() {
                    self.lock().clone_from(&tokens.refresh);
                }
                // The nonce was of the first login: a renewed id token need not repeat it.
                self.checked(provider, tokens, None).await
            }
            Err(error) if !is_final(&error) => return Err(error),
            Err(error) => Err(error),
        };
        match renewed {
            Ok(bearer) => Ok(Some(bearer)),
            Err(error) => {
                *self.lock() = None;
                if self.grant.once().is_some() {
                    return Err(error);
                }
                tracing::debug!(%error, "no renewal by the refresh token: logging in anew");
                Ok(None)
            }
        }
    }

    /// The token for Keystone. An id token is validated before it is used for anything.
    async fn checked(
        &self,
        provider: &Provider<'_>,
        tokens: Tokens,
        nonce: Option<&str>,
    ) -> Result<SecretString, Error> {
        let shown = provider.settings.access_token_type == AccessTokenType::IdToken;
        if !shown && nonce.is_none() {
            return Ok(tokens.access);
        }
        let id = tokens.id.ok_or_else(no_id_token)?;
        id_token::validate(provider, &id, nonce).await?;
        Ok(if shown { id } else { tokens.access })
    }

    fn lock(&self) -> MutexGuard<'_, Option<SecretString>> {
        self.refresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_id_token() -> DecodeError {
    let message = "the OpenID Provider gave no id token, which this login needs";
    DecodeError::new(message).remedy("add `openid` to `openid_scope`")
}

/// Whether the provider refused for good, and is not merely unwell.
fn is_final(error: &Error) -> bool {
    let status = error.status();
    matches!(error, Error::Authentication(_))
        && status.is_some_and(|status| {
            status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS
        })
}

/// Whether the provider cannot have seen the request.
fn was_not_sent(error: &Error) -> bool {
    match error {
        Error::Configuration(_) | Error::Discovery(_) => true,
        Error::Transport(error) => matches!(
            error.kind(),
            TransportErrorKind::Connect | TransportErrorKind::Tls
        ),
        _ => false,
    }
}

/// What a login that cannot be repeated says when it is asked for another.
fn spent(what: &str) -> Error {
    AuthenticationError::new(format!(
        "{what} is good for one login, and no refresh token came with it; ask the user again, with \
         `offline_access` in `openid_scope` for logins that last"
    ))
    .into()
}

impl<G: Grant> FederatedLogin for Oidc<G> {
    fn auth_url(&self) -> &Url {
        self.settings().auth_url
    }

    fn scope(&self) -> &Scope {
        self.settings().scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(self.log_in(transport))
    }

    fn cache_id(&self) -> Option<CacheId> {
        Some(self.grant.cache_id())
    }

    fn reauthenticates(&self) -> bool {
        self.grant.once().is_none() || self.lock().is_some()
    }
}

impl<G: fmt::Debug> fmt::Debug for Oidc<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.grant.fmt(f)
    }
}
