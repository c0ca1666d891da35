//! The service that a request passes before it reaches the application.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::config::Config;
use super::authenticate::{Findings, Gate, Inquiry, PublicOnly, Refusal};
use super::layer::AuthTokenLayer;
use crate::response;

/// Lets a request through to the service `S` only with a valid token.
///
/// It removes every identity header that the client sent, validates `X-Auth-Token` through
/// Keystone, and hands on who the caller is: as [`RequestContext`](crate::RequestContext) to an
/// axum handler, and as `X-User-Id`, `X-Roles` and their kin to anything else.
///
/// | the request has | the answer is |
/// |---|---|
/// | a valid token | what the service answers |
/// | no token, an invalid, expired or revoked one, or two | 401 with `WWW-Authenticate: Keystone uri="…"` |
/// | any token while Keystone cannot be asked | 503 |
///
/// With [`delay_auth_decision`](crate::ConfigBuilder::delay_auth_decision) the last two reach the
/// service without an identity and with `X-Identity-Status: Invalid`.
///
/// A token that was revoked is refused at the latest when
/// [`token_cache_time`](crate::ConfigBuilder::token_cache_time) has passed since it was validated.
#[derive(Clone, Debug)]
pub struct AuthToken<S = ()> {
    inner: S,
    gate: Arc<Gate>,
    public_handlers: bool,
}

impl AuthToken<()> {
    /// The layer that puts this in front of a service. Add it last, so that it is outermost: it
    /// has to see the whole path of a request.
    pub fn layer(config: Config) -> AuthTokenLayer {
        AuthTokenLayer::new(config)
    }
}

impl<S> AuthToken<S> {
    pub(crate) fn new(inner: S, gate: Arc<Gate>, public_handlers: bool) -> Self {
        Self {
            inner,
            gate,
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

    fn call(&mut self, mut request: Request<B>) -> ResponseFuture<S, B> {
        let gate = Arc::clone(&self.gate);
        let public = self.public_handlers;
        let state = match gate.inquire(request.headers_mut()) {
            Inquiry::Done(findings) => enter(&gate, findings, public, request, &mut self.inner),
            Inquiry::Waiting(findings) => {
                // The one that is ready goes into the future; its clone may not be ready yet.
                let clone = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, clone);
                State::Waiting {
                    findings,
                    public,
                    request: Some((request, inner)),
                }
            }
        };
        ResponseFuture { state, gate }
    }
}

pin_project! {
    /// The answer of [`AuthToken`].
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
        gate: Arc<Gate>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, F> {
        Waiting {
            findings: BoxFuture<'static, Findings>,
            public: bool,
            request: Option<(Request<B>, S)>,
        },
        Calling { #[pin] future: F, public_only: Option<PublicOnly> },
        Refused { refusal: Refusal },
    }
}

impl<S, B, R> Future for ResponseFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<Bytes>,
{
    type Output = Result<Response<R>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProjection::Waiting {
                    findings,
                    public,
                    request,
                } => {
                    let findings = ready!(findings.as_mut().poll(context));
                    match request.take() {
                        Some((request, mut inner)) => {
                            enter(this.gate, findings, *public, request, &mut inner)
                        }
                        // Polled again after it panicked: nobody gets in.
                        None => State::Refused {
                            refusal: Refusal::Unavailable,
                        },
                    }
                }
                StateProjection::Calling {
                    future,
                    public_only,
                } => {
                    let mut response = ready!(future.poll(context))?;
                    // Whatever else answered a stranger (another handler, a 404, a 405) would tell
                    // which routes there are.
                    if public_only.as_ref().is_some_and(|only| !only.is_reached()) {
                        return Poll::Ready(Ok(answer(Refusal::Unauthenticated, this.gate)));
                    }
                    let status = response.status();
                    response::challenge(status, response.headers_mut(), &this.gate.challenge);
                    return Poll::Ready(Ok(response));
                }
                StateProjection::Refused { refusal } => {
                    return Poll::Ready(Ok(answer(*refusal, this.gate)));
                }
            };
            this.state.set(next);
        }
    }
}

impl<S: Service<Request<B>>, B> fmt::Debug for ResponseFuture<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

fn enter<S, B>(
    gate: &Gate,
    findings: Findings,
    public: bool,
    mut request: Request<B>,
    inner: &mut S,
) -> State<S, B, S::Future>
where
    S: Service<Request<B>>,
{
    match gate.admit(findings, public, &mut request) {
        Ok(public_only) => State::Calling {
            future: inner.call(request),
            public_only,
        },
        Err(refusal) => State::Refused { refusal },
    }
}

fn answer<R: From<Bytes>>(refusal: Refusal, gate: &Gate) -> Response<R> {
    match refusal {
        Refusal::Absent | Refusal::Unauthenticated => {
            let mut response = response::error(StatusCode::UNAUTHORIZED, response::UNAUTHENTICATED);
            let status = response.status();
            response::challenge(status, response.headers_mut(), &gate.challenge);
            response
        }
        Refusal::Unavailable => {
            response::error(StatusCode::SERVICE_UNAVAILABLE, response::UNAVAILABLE)
        }
    }
}
