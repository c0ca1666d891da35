//! Service tokens: calls to other services on behalf of a user.

use http::{HeaderMap, HeaderName};

use super::{AccessFuture, AuthPlugin, EndpointFilter, EndpointFuture, Token, TokenFuture};
use crate::Error;
use crate::error::AuthenticationError;
use crate::transport::Transport;

const SERVICE_TOKEN: HeaderName = HeaderName::from_static("x-service-token");

/// Calls on behalf of a user, with the token of the calling service in `X-Service-Token`, so that
/// the called service accepts the user's token even if it has expired meanwhile.
///
/// Endpoints and the token body are the user's. A call for which the user's plugin adds no
/// credentials is refused: it would otherwise be made by the service alone.
///
/// ```
/// use keystone_sdk::Session;
/// use keystone_sdk::auth::{ServiceToken, v3};
///
/// # fn example(
/// #     user: v3::Token,
/// #     service: v3::Password,
/// # ) -> Result<(), keystone_sdk::Error> {
/// let session = Session::new(ServiceToken::new(user, service))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServiceToken<U, S> {
    user: U,
    service: S,
}

impl<U: AuthPlugin, S: AuthPlugin> ServiceToken<U, S> {
    /// Calls by the service of the plugin `service` on behalf of `user`.
    pub fn new(user: U, service: S) -> Self {
        Self { user, service }
    }
}

impl<U: AuthPlugin, S: AuthPlugin> AuthPlugin for ServiceToken<U, S> {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::wire(async move {
            let user = self.user.token(transport).await?;
            let service = self.service.token(transport).await?;
            Ok(user.with_service_token(service))
        })
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        self.user.endpoint(transport, filter)
    }

    /// The response does not say which of the two tokens was rejected, so both are dropped.
    fn invalidate(&self, rejected: &Token) -> bool {
        let user = self.user.invalidate(rejected);
        let service = rejected.service_token();
        service.is_some_and(|token| self.service.invalidate(token)) || user
    }

    fn headers(&self, token: &Token, headers: &mut HeaderMap) -> Result<(), Error> {
        let mut proof = HeaderMap::new();
        self.user.headers(token, &mut proof)?;
        if proof.is_empty() {
            return Err(refusal("the user's plugin adds no credentials"));
        }
        let service = token.service_token().filter(|token| token.is_token());
        let service = service.ok_or_else(|| refusal("the service's plugin has no token"))?;
        headers.extend(proof);
        headers.insert(SERVICE_TOKEN, service.header());
        Ok(())
    }

    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        self.user.access(transport)
    }
}

fn refusal(why: &str) -> Error {
    AuthenticationError::new(format!("{why}, so the call is not sent")).into()
}
