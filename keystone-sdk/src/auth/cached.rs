//! The plugin for all logins: caches the token, renews it, and finds endpoints in its catalog.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::cache::{TokenCache, nothing_known};
use super::{
    AccessFuture, AuthPlugin, AuthState, CacheId, Endpoint, EndpointFilter, EndpointFuture, Login,
    PluginFuture, Token, TokenFuture, lookup,
};
use crate::clock::SharedClock;
use crate::transport::Transport;

/// The future of a [`Login`].
pub type LogInFuture<'a> = PluginFuture<'a, Login>;

/// How to get a token: the only part that a custom plugin has to implement. [`Cached`] makes a
/// plugin of it, and [`#[auth_plugin]`](macro@crate::auth_plugin) one with a builder, options and a
/// name.
///
/// ```
/// use http::Method;
/// use keystone_sdk::auth::{Cached, LogIn, LogInFuture, Login, Token};
/// use keystone_sdk::transport::{Request, Transport};
/// use keystone_sdk::{Session, Url};
///
/// /// Takes a token from a broker, which asks for nothing.
/// #[derive(Debug)]
/// struct Broker {
///     address: Url,
/// }
///
/// impl LogIn for Broker {
///     fn auth_url(&self) -> &Url {
///         &self.address
///     }
///
///     fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
///         LogInFuture::wire(async {
///             let request = Request::new(Method::POST, self.address.clone());
///             let response = transport.send(request).await?.error_for_status()?;
///             let token = String::from_utf8_lossy(&response.body).into_owned();
///             Ok(Login::without_access(Token::new(token.into(), None)?))
///         })
///     }
/// }
///
/// let address = "http://127.0.0.1:8080/tokens".parse().expect("an address");
/// let session = Session::new(Cached::new(Broker { address }))?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a login",
    label = "how does it get a token?",
    note = "write `impl LogIn for {Self}`, with `auth_url` and `log_in`"
)]
pub trait LogIn: fmt::Debug + Send + Sync {
    /// The configured URL of Keystone, where its own API is looked for.
    fn auth_url(&self) -> &Url;

    /// Requests a token, without any cache. A renewal is a login too: a credential that is valid
    /// for one login only has to be refused the second time.
    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a>;

    /// What identifies this login besides its URL: user, secrets and scope.
    ///
    /// With it, a token may be stored outside of the process ([`AuthPlugin::auth_state`]) and found
    /// by another process with the same credentials. The default is `None`, for logins where that
    /// must not happen: because the secret is not known, or because the token alone does not
    /// authenticate.
    fn cache_id(&self) -> Option<CacheId> {
        None
    }

    /// Whether to log in again when a service rejects the token; by default `true`. A credential
    /// that is valid only once cannot.
    fn reauthenticates(&self) -> bool {
        true
    }

    /// An endpoint that is known without a catalog and needs no login.
    fn endpoint(&self, filter: &EndpointFilter) -> Option<Endpoint> {
        let _ = filter;
        None
    }
}

/// The plugin of a [`LogIn`], with a token cache. Clones share the token.
///
/// A token is fetched once for concurrent callers, renewed before it expires and dropped when a
/// service rejects it. Endpoints are found in its catalog.
pub struct Cached<L>(Arc<Shared<L>>);

struct Shared<L> {
    login: L,
    cache: TokenCache,
}

impl<L> Cached<L> {
    /// A plugin without a token. Nothing is sent yet.
    pub fn new(login: L) -> Self {
        let cache = TokenCache::default();
        Self(Arc::new(Shared { login, cache }))
    }

    /// The login, for its settings, or for a token without the cache.
    pub fn login(&self) -> &L {
        &self.0.login
    }
}

impl<L: LogIn> AuthPlugin for Cached<L> {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        let Shared { login, cache } = &*self.0;
        cache.token(transport.clock(), || login.log_in(transport))
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        let Shared { login, cache } = &*self.0;
        if let Some(endpoint) = login.endpoint(filter) {
            return EndpointFuture::ready(Ok(endpoint));
        }
        let kept = cache.get(
            transport.clock(),
            || login.log_in(transport),
            |it| Ok(it.clone()),
        );
        EndpointFuture::wire(lookup::endpoint(transport, login.auth_url(), filter, kept))
    }

    fn invalidate(&self, rejected: &Token) -> bool {
        let again = self.0.login.reauthenticates();
        if again {
            self.0.cache.invalidate(rejected);
        }
        again
    }

    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        let Shared { login, cache } = &*self.0;
        let fetch = || login.log_in(transport);
        cache.get(transport.clock(), fetch, |login| {
            login.access.clone().ok_or_else(nothing_known)
        })
    }

    fn cache_id(&self) -> Option<String> {
        let mut id = self.0.login.cache_id()?;
        id.add("auth_url", self.0.login.auth_url().as_str());
        Some(id.digest())
    }

    /// `None` for a login without a cache id. A state only contains the token: without the rest of
    /// the credentials, services would reject the requests.
    fn auth_state(&self) -> Option<AuthState> {
        self.0.login.cache_id()?;
        AuthState::of(self.0.cache.kept()?)
    }

    fn set_auth_state(&self, state: AuthState, clock: &SharedClock) -> bool {
        self.0.login.cache_id().is_some() && self.0.cache.restore(clock, state)
    }
}

impl<L> Clone for Cached<L> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<L: fmt::Debug> fmt::Debug for Cached<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.login.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;
    use crate::auth::AccessInfo;

    /// Gives numbered tokens.
    #[derive(Debug)]
    struct Numbered {
        url: Url,
        given: AtomicUsize,
        /// Whether Keystone says something of the token.
        described: bool,
        /// Whether a token may be kept outside of the process.
        kept: bool,
        again: bool,
    }

    impl Numbered {
        fn new(described: bool, kept: bool) -> Self {
            Self {
                url: "http://h/v3".parse().unwrap(),
                given: AtomicUsize::new(0),
                described,
                kept,
                again: true,
            }
        }
    }

    impl LogIn for Numbered {
        fn auth_url(&self) -> &Url {
            &self.url
        }

        fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
            let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
            let token = Token::new(format!("t{number}").into(), None).unwrap();
            let access = json!({"expires_at": "2999-01-01T00:00:00Z", "user": {"id": "u"}});
            let access: AccessInfo = serde_json::from_value(access).unwrap();
            LogInFuture::ready(Ok(match self.described {
                true => Login::new(token, access),
                false => Login::without_access(token),
            }))
        }

        fn cache_id(&self) -> Option<CacheId> {
            self.kept.then(CacheId::default)
        }

        fn reauthenticates(&self) -> bool {
            self.again
        }

        fn endpoint(&self, filter: &EndpointFilter) -> Option<Endpoint> {
            let known = filter.service_type.as_deref() == Some("vault");
            known.then(|| Endpoint::new(self.url.clone()))
        }
    }

    fn transport() -> Transport {
        Transport::builder().build().unwrap()
    }

    #[tokio::test]
    async fn a_token_is_kept_until_it_is_refused() {
        let (plugin, transport) = (Cached::new(Numbered::new(true, false)), transport());
        let first = plugin.clone().token(&transport).await.unwrap();
        assert!(first.is_same(&plugin.token(&transport).await.unwrap()));
        assert!(plugin.invalidate(&first));
        assert_eq!(plugin.token(&transport).await.unwrap().expose(), "t2");
        assert_eq!(plugin.access(&transport).await.unwrap().user_id(), "u");
        assert_eq!(plugin.login().given.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_cannot_log_in_again_keeps_a_refused_token() {
        let login = Numbered {
            again: false,
            ..Numbered::new(true, false)
        };
        let (plugin, transport) = (Cached::new(login), transport());
        let first = plugin.token(&transport).await.unwrap();
        assert!(!plugin.invalidate(&first));
        assert_eq!(plugin.token(&transport).await.unwrap().expose(), "t1");
    }

    #[tokio::test]
    async fn a_state_is_kept_by_whom_a_cache_identity_tells_from_others_only() {
        let transport = transport();
        let plugin = |kept| Cached::new(Numbered::new(true, kept));
        let (one, other) = (plugin(true), plugin(true));
        one.token(&transport).await.unwrap();
        let state = one.auth_state().unwrap();
        assert!(one.cache_id().is_some() && one.cache_id() == other.cache_id());
        assert!(other.set_auth_state(state.clone(), transport.clock()));
        assert_eq!(other.login().given.load(Ordering::SeqCst), 0);
        assert_eq!(other.token(&transport).await.unwrap().expose(), "t1");

        let nameless = plugin(false);
        nameless.token(&transport).await.unwrap();
        assert!(nameless.cache_id().is_none() && nameless.auth_state().is_none());
        assert!(!nameless.set_auth_state(state, transport.clock()));
    }

    #[tokio::test]
    async fn a_token_of_which_nothing_is_known_has_no_catalog_and_no_state() {
        let (plugin, transport) = (Cached::new(Numbered::new(false, true)), transport());
        plugin.token(&transport).await.unwrap();
        assert!(plugin.auth_state().is_none());
        let error = plugin.access(&transport).await.unwrap_err().to_string();
        assert!(error.contains("the body of its token"), "{error}");
        let filter = EndpointFilter::service_type("image");
        let error = plugin.endpoint(&transport, &filter).await.unwrap_err();
        let says = "the token has no catalog in which to find type `image`";
        assert!(error.to_string().starts_with(says), "{error}");
        assert_eq!(plugin.login().given.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn nobody_logs_in_for_an_endpoint_that_is_known() {
        let (plugin, transport) = (Cached::new(Numbered::new(true, true)), transport());
        let filter = EndpointFilter::service_type("vault");
        let endpoint = plugin.endpoint(&transport, &filter).await.unwrap();
        assert_eq!(endpoint.url.as_str(), "http://h/v3");
        assert_eq!(plugin.login().given.load(Ordering::SeqCst), 0);
    }
}
