//! The contract of a plugin.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use super::cache::nothing_known;
use super::{AccessFuture, AuthState, EndpointFilter, EndpointFuture, Token, TokenFuture};
use crate::Error;
use crate::clock::SharedClock;
use crate::transport::Transport;

/// Proves an identity to services: the whole contract of an authentication plugin.
///
/// A plugin is handed an *unauthenticated* [`Transport`], so it cannot recurse into the session
/// that asks it for a token.
pub trait AuthPlugin: fmt::Debug + Send + Sync {
    /// A token that is valid now. The plugin caches it; many callers at once cause one fetch.
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a>;

    /// The address of the service that `filter` describes, from the catalog of the token.
    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a>;

    /// Reports that a service refused `rejected`. Drops it if it is still the one in use, and
    /// tells whether another try with [`token`](AuthPlugin::token) makes sense.
    fn invalidate(&self, rejected: &Token) -> bool;

    /// Writes the headers that prove the identity: by default those of the token, which are
    /// `X-Auth-Token` and what goes along with it.
    ///
    /// # Errors
    ///
    /// When the identity cannot be proved to services.
    fn headers(&self, token: &Token, headers: &mut HeaderMap) -> Result<(), Error> {
        for (name, value) in token.headers() {
            headers.insert(name, value.clone());
        }
        Ok(())
    }

    /// What Keystone said of the token: user, scope, roles, catalog. Plugins that have no such
    /// knowledge keep this default, which refuses.
    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        let _ = transport;
        AccessFuture::ready(Err(nothing_known()))
    }

    /// A digest that tells this login from any other, by its address, its methods with their
    /// secrets, its user and its scope: where tokens are kept outside of the process, they are kept
    /// under it. Nothing, the default, when they must not be.
    fn cache_id(&self) -> Option<String> {
        None
    }

    /// The token at hand, to be kept outside of the process.
    fn auth_state(&self) -> Option<AuthState> {
        None
    }

    /// Takes up a token that was kept, and tells whether it is in use now; one that has expired is
    /// not. A token that a service refuses is replaced as any other.
    fn set_auth_state(&self, state: AuthState, clock: &SharedClock) -> bool {
        let _ = (state, clock);
        false
    }
}

/// A shared plugin is a plugin: what loading by name gives goes where any plugin goes.
const _: () = {
    crate::__hand_on! { impl [P: AuthPlugin + ?Sized] AuthPlugin for Arc<P>, self => &**self }
};
