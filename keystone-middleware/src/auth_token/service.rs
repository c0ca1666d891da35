//! The service that validates tokens.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::authenticate::Authenticator;
use super::future::ResponseFuture;

/// Passes a request on to the service `S` only with a valid token.
///
/// It removes every identity header that the client sent, validates `X-Auth-Token` with Keystone,
/// and passes the identity of the caller on: as [`RequestContext`](crate::RequestContext) to axum
/// handlers, and in headers such as `X-User-Id` and `X-Roles` to other services.
///
/// | the request has | the response is |
/// |---|---|
/// | a valid token | that of the service |
/// | no token, an invalid, expired or revoked one, or two | 401 with `WWW-Authenticate: Keystone uri="…"` |
/// | any token while Keystone cannot be reached | 503 |
///
/// With [`delay_auth_decision`](crate::ConfigBuilder::delay_auth_decision) requests of the last two
/// kinds reach the service without an identity and with `X-Identity-Status: Invalid`.
///
/// A revoked token is refused at the latest
/// [`token_cache_time`](crate::ConfigBuilder::token_cache_time) after its validation.
#[derive(Clone, Debug)]
pub struct AuthToken<S = ()> {
    inner: S,
    authenticator: Arc<Authenticator>,
    public_handlers: bool,
}

impl<S> AuthToken<S> {
    pub(crate) fn new(inner: S, authenticator: Arc<Authenticator>, public_handlers: bool) -> Self {
        Self {
            inner,
            authenticator,
            public_handlers,
        }
    }
}

impl<S, B, R> Service<Request<B>> for AuthToken<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture<S, B> {
        ResponseFuture::new(
            Arc::clone(&self.authenticator),
            self.public_handlers,
            request,
            &mut self.inner,
        )
    }
}
