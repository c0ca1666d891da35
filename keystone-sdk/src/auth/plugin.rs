//! The plugin trait.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use super::cache::nothing_known;
use super::{AccessFuture, AuthState, EndpointFilter, EndpointFuture, Token, TokenFuture};
use crate::Error;
use crate::clock::SharedClock;
use crate::transport::Transport;

/// An authentication plugin.
///
/// A plugin gets an *unauthenticated* [`Transport`], so it cannot recurse into the session that
/// calls it.
pub trait AuthPlugin: fmt::Debug + Send + Sync {
    /// A valid token. The plugin caches it; concurrent callers cause one login.
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a>;

    /// The endpoint that `filter` describes, from the catalog of the token.
    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a>;

    /// Reports that a service rejected a token. Drops it if it is still in use, and returns whether
    /// to try again with a new [`token`](AuthPlugin::token).
    fn invalidate(&self, rejected: &Token) -> bool;

    /// Adds the authentication headers: by default those of the token, which are `X-Auth-Token` and
    /// any additional ones.
    ///
    /// # Errors
    ///
    /// When there are no credentials for services.
    fn headers(&self, token: &Token, headers: &mut HeaderMap) -> Result<(), Error> {
        for (name, value) in token.headers() {
            headers.insert(name, value.clone());
        }
        Ok(())
    }

    /// The body of the token: user, scope, roles, catalog. The default, for plugins that do not
    /// know it, is an error.
    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        let _ = transport;
        AccessFuture::ready(Err(nothing_known()))
    }

    /// A digest that identifies this login by its URL, its methods with their secrets, its user and
    /// its scope. It is the key for tokens that are stored outside of the process. The default is
    /// `None`: they must not be stored.
    fn cache_id(&self) -> Option<String> {
        None
    }

    /// The cached token, to store outside of the process.
    fn auth_state(&self) -> Option<AuthState> {
        None
    }

    /// Restores a stored token, and returns whether it is in use now; an expired one is not. If a
    /// service rejects it, it is replaced like any other.
    fn set_auth_state(&self, state: AuthState, clock: &SharedClock) -> bool {
        let _ = (state, clock);
        false
    }
}

/// A shared plugin, such as one that was loaded by name, is a plugin.
const _: () = {
    crate::__hand_on! { impl [P: AuthPlugin + ?Sized] AuthPlugin for Arc<P>, self => &**self }
};
