//! A plugin for an existing token.

use url::Url;

use super::{
    AccessFuture, AccessInfo, AuthPlugin, EndpointFilter, EndpointFuture, Token, TokenFuture,
};
use crate::discovery;
use crate::transport::Transport;

/// Uses an existing token and its body. The token is not renewed when it expires.
///
/// ```
/// use keystone_sdk::Session;
/// use keystone_sdk::auth::{AccessInfo, AccessInfoPlugin, Token};
///
/// let access = AccessInfo::from_json(br#"{"token": {
///     "expires_at": "2030-01-01T00:00:00Z", "user": {"id": "u1"}
/// }}"#)?;
/// let token = Token::new("gAAAA".into(), Some(access.expires_at))?;
/// let auth_url = "http://127.0.0.1:5000/v3".parse().expect("an address");
/// let session = Session::new(AccessInfoPlugin::new(auth_url, token, access))?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AccessInfoPlugin {
    auth_url: Url,
    token: Token,
    access: AccessInfo,
}

impl AccessInfoPlugin {
    /// The URL of Keystone, the token and its body.
    pub fn new(auth_url: Url, token: Token, access: AccessInfo) -> Self {
        Self {
            auth_url,
            token,
            access,
        }
    }
}

impl AuthPlugin for AccessInfoPlugin {
    fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::ready(Ok(self.token.clone()))
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        EndpointFuture::wire(async {
            let known = self
                .access
                .known(&self.auth_url)
                .proof(self.token.headers());
            discovery::find_endpoint(transport, &known, filter).await
        })
    }

    fn invalidate(&self, _: &Token) -> bool {
        false
    }

    fn access<'a>(&'a self, _: &'a Transport) -> AccessFuture<'a> {
        AccessFuture::ready(Ok(self.access.clone()))
    }
}
