//! Exchanges the unscoped token of a federated login for one of the wanted scope.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Federated, FederatedLogin};
use crate::Error;
use crate::auth::{CacheId, Cached, LogIn, LogInFuture, Login, OptionReader, Scope, v3};
use crate::transport::Transport;

/// An unscoped token with less life than this is not exchanged any more: it may expire on the way.
const LEAST_LIFE: SignedDuration = SignedDuration::from_secs(120);

/// The login of a [`FederatedLogin`]. It keeps the unscoped token: a new scoped token needs no new
/// login at the identity provider while the unscoped one lives.
pub struct Rescoped<L> {
    login: L,
    unscoped: Mutex<Option<Unscoped>>,
}

#[derive(Clone)]
struct Unscoped {
    login: Login,
    until: Timestamp,
}

impl<L: FederatedLogin> Rescoped<L> {
    /// Takes the federated login. Nothing is sent yet.
    pub fn new(login: L) -> Self {
        Self {
            login,
            unscoped: Mutex::new(None),
        }
    }

    /// The plugin, as `#[auth_plugin(.., make = Rescoped::plugin)]` wants it.
    ///
    /// # Errors
    ///
    /// None: there is nothing more to check.
    pub fn plugin(login: L, _: &OptionReader<'_>) -> Result<Federated<L>, Error> {
        Ok(Cached::new(Self::new(login)))
    }

    /// The federated login.
    pub fn federated(&self) -> &L {
        &self.login
    }

    /// The kept unscoped token, if it still lives long enough.
    fn kept(&self, now: Timestamp) -> Option<Login> {
        let kept = self.lock();
        let kept = kept.as_ref().filter(|kept| now < kept.until)?;
        Some(kept.login.clone())
    }

    async fn fresh(&self, transport: &Transport) -> Result<Login, Error> {
        *self.lock() = None;
        let login = self.login.unscoped(transport).await?;
        let now = transport.clock().now();
        let life = login.life(now) - LEAST_LIFE;
        let until = now.checked_add(life).unwrap_or(Timestamp::MAX);
        *self.lock() = Some(Unscoped {
            login: login.clone(),
            until,
        });
        Ok(login)
    }

    async fn exchange(&self, transport: &Transport, unscoped: &Login) -> Result<Login, Error> {
        v3::Auth::builder(self.login.auth_url().as_str())
            .method(v3::TokenMethod::new(unscoped.token.expose()))
            .scope(self.login.scope().clone())
            .login()?
            .log_in(transport)
            .await
    }

    async fn log_in_scoped(&self, transport: &Transport) -> Result<Login, Error> {
        if matches!(self.login.scope(), Scope::Default | Scope::Unscoped) {
            return self.login.unscoped(transport).await;
        }
        if let Some(kept) = self.kept(transport.clock().now()) {
            match self.exchange(transport, &kept).await {
                // The kept token may have been revoked: only a new one tells.
                Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {}
                other => return other,
            }
        }
        let unscoped = self.fresh(transport).await?;
        self.exchange(transport, &unscoped).await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Unscoped>> {
        self.unscoped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: FederatedLogin> LogIn for Rescoped<L> {
    fn auth_url(&self) -> &Url {
        self.login.auth_url()
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(self.log_in_scoped(transport))
    }

    fn cache_id(&self) -> Option<CacheId> {
        self.login.cache_id()
    }

    fn reauthenticates(&self) -> bool {
        self.login.reauthenticates()
    }
}

impl<L: fmt::Debug> fmt::Debug for Rescoped<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.login.fmt(f)
    }
}
