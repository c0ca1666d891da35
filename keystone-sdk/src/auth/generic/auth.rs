//! Chooses between v3 and v2.0.

use std::sync::{Arc, OnceLock};

use url::Url;

use crate::auth::{
    AccessFuture, AuthPlugin, AuthState, CacheId, EndpointFilter, EndpointFuture, Token,
    TokenFuture, v2, v3,
};
use crate::clock::SharedClock;
use crate::transport::Transport;
use crate::{Error, discovery};

/// A login at v3 or v2.0, whichever Keystone supports. The choice is made once.
#[derive(Clone, Debug)]
pub struct Auth(Arc<Logins>);

#[derive(Debug)]
struct Logins {
    auth_url: Url,
    v3: Result<v3::Auth, Error>,
    v2: Result<v2::Auth, Error>,
    chosen: OnceLock<Chosen>,
}

#[derive(Clone, Debug)]
enum Chosen {
    V2(v2::Auth),
    V3(v3::Auth),
}

impl Chosen {
    fn plugin(&self) -> &dyn AuthPlugin {
        match self {
            Self::V2(auth) => auth,
            Self::V3(auth) => auth,
        }
    }
}

impl Auth {
    /// Takes the login for each API. It is an error if both are, or if the URL names a version
    /// whose login is.
    pub(in crate::auth) fn new(
        auth_url: Url,
        v3: Result<v3::Auth, Error>,
        v2: Result<v2::Auth, Error>,
    ) -> Result<Self, Error> {
        let chosen = OnceLock::new();
        match (major_version(&auth_url), &v3, &v2) {
            (Some(2), _, Ok(auth)) => _ = chosen.set(Chosen::V2(auth.clone())),
            (Some(_), Ok(auth), _) => _ = chosen.set(Chosen::V3(auth.clone())),
            (Some(_), Err(error), _) | (None, Err(error), Err(_)) => return Err(error.clone()),
            (None, _, _) => {}
        }
        Ok(Self(Arc::new(Logins {
            auth_url,
            v3,
            v2,
            chosen,
        })))
    }

    /// The v3 login, if the settings suffice: to continue it with a receipt, or to get its scope.
    pub fn v3(&self) -> Option<&v3::Auth> {
        self.0.v3.as_ref().ok()
    }

    /// The v2.0 login, if the settings allow it.
    pub fn v2(&self) -> Option<&v2::Auth> {
        self.0.v2.as_ref().ok()
    }

    async fn chosen(&self, transport: &Transport) -> Result<&dyn AuthPlugin, Error> {
        if let Some(chosen) = self.0.chosen.get() {
            return Ok(chosen.plugin());
        }
        let chosen = self.choose(transport).await?;
        Ok(self.0.chosen.get_or_init(|| chosen).plugin())
    }

    async fn choose(&self, transport: &Transport) -> Result<Chosen, Error> {
        let Logins {
            auth_url, v3, v2, ..
        } = &*self.0;
        let offered = transport.discover(auth_url).await?;
        let has_v2 = offered.newest(2).is_some();
        match (offered.require(3), has_v2, v3, v2) {
            (Ok(_), _, Ok(auth), _) => Ok(Chosen::V3(auth.clone())),
            (_, true, _, Ok(auth)) => Ok(Chosen::V2(auth.clone())),
            (Ok(_), _, Err(error), _) | (Err(_), true, _, Err(error)) => Err(error.clone()),
            (Err(error), false, _, _) => Err(error),
        }
    }
}

/// The version in the URL, if it is one of the Identity API.
fn major_version(auth_url: &Url) -> Option<u16> {
    let (major, _) = discovery::version_in(auth_url)?;
    matches!(major, 2 | 3).then_some(major)
}

impl AuthPlugin for Auth {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        match self.0.chosen.get() {
            Some(chosen) => chosen.plugin().token(transport),
            None => {
                TokenFuture::wire(async { self.chosen(transport).await?.token(transport).await })
            }
        }
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        EndpointFuture::wire(async move {
            let chosen = self.chosen(transport).await?;
            chosen.endpoint(transport, filter).await
        })
    }

    fn invalidate(&self, rejected: &Token) -> bool {
        let chosen = self.0.chosen.get();
        chosen.is_some_and(|chosen| chosen.plugin().invalidate(rejected))
    }

    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        AccessFuture::wire(async { self.chosen(transport).await?.access(transport).await })
    }

    fn cache_id(&self) -> Option<String> {
        let mut id = CacheId::default();
        if let Some(login) = self.v3().and_then(AuthPlugin::cache_id) {
            id.add("v3", &login);
        }
        if let Some(login) = self.v2().and_then(AuthPlugin::cache_id) {
            id.add("v2", &login);
        }
        Some(id.digest())
    }

    fn auth_state(&self) -> Option<AuthState> {
        self.0.chosen.get()?.plugin().auth_state()
    }

    /// The token decides which API is used.
    fn set_auth_state(&self, state: AuthState, clock: &SharedClock) -> bool {
        if state.expires_at() <= clock.now() {
            return false;
        }
        let chosen = match (state.is_of_v2(), &self.0.v3, &self.0.v2) {
            (false, Ok(auth), _) => Chosen::V3(auth.clone()),
            (true, _, Ok(auth)) => Chosen::V2(auth.clone()),
            _ => return false,
        };
        let before = self.0.chosen.get_or_init(|| chosen.clone());
        std::mem::discriminant(before) == std::mem::discriminant(&chosen)
            && chosen.plugin().set_auth_state(state, clock)
    }
}
