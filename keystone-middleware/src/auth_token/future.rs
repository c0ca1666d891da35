//! The response future of [`AuthToken`](crate::AuthToken).

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

use super::authenticate::{Authenticator, PublicOnly, Refusal, TokenResults, TokenValidation};
use crate::response;

pin_project! {
    /// The response of [`AuthToken`](crate::AuthToken).
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
        authenticator: Arc<Authenticator>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, F> {
        Validating {
            results: BoxFuture<'static, TokenResults>,
            public_handlers: bool,
            request: Option<(Request<B>, S)>,
        },
        Calling { #[pin] future: F, public_only: Option<PublicOnly> },
        Refused { refusal: Refusal },
    }
}

impl<S: Service<Request<B>> + Clone, B> ResponseFuture<S, B> {
    /// Starts a request for which `inner` is ready.
    pub(crate) fn new(
        authenticator: Arc<Authenticator>,
        public_handlers: bool,
        mut request: Request<B>,
        inner: &mut S,
    ) -> Self {
        let state = match authenticator.validate_tokens(request.headers_mut()) {
            TokenValidation::Done(results) => {
                call_inner(&authenticator, results, public_handlers, request, inner)
            }
            TokenValidation::Pending(results) => {
                // The ready service goes into the future; its clone may not be ready.
                let clone = inner.clone();
                let ready = std::mem::replace(inner, clone);
                State::Validating {
                    results,
                    public_handlers,
                    request: Some((request, ready)),
                }
            }
        };
        Self {
            state,
            authenticator,
        }
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
                StateProjection::Validating {
                    results,
                    public_handlers,
                    request,
                } => {
                    let results = ready!(results.as_mut().poll(context));
                    match request.take() {
                        Some((request, mut inner)) => call_inner(
                            this.authenticator,
                            results,
                            *public_handlers,
                            request,
                            &mut inner,
                        ),
                        // Polled again after a panic: the request is lost, so refuse it.
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
                    // A caller without a token must get no other response: that of another handler,
                    // a 404 or a 405 would reveal which routes exist.
                    if public_only.as_ref().is_some_and(|only| !only.is_reached()) {
                        let refused = refuse(Refusal::NoToken, this.authenticator);
                        return Poll::Ready(Ok(refused));
                    }
                    let challenge = &this.authenticator.challenge;
                    let status = response.status();
                    response::challenge(status, response.headers_mut(), challenge);
                    return Poll::Ready(Ok(response));
                }
                StateProjection::Refused { refusal } => {
                    return Poll::Ready(Ok(refuse(*refusal, this.authenticator)));
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

/// Calls the application, unless the request is refused.
fn call_inner<S, B>(
    authenticator: &Authenticator,
    results: TokenResults,
    public_handlers: bool,
    mut request: Request<B>,
    inner: &mut S,
) -> State<S, B, S::Future>
where
    S: Service<Request<B>>,
{
    match authenticator.authenticate(results, public_handlers, &mut request) {
        Ok(public_only) => State::Calling {
            future: inner.call(request),
            public_only,
        },
        Err(refusal) => State::Refused { refusal },
    }
}

fn refuse<R: From<Bytes>>(refusal: Refusal, authenticator: &Authenticator) -> Response<R> {
    match refusal {
        Refusal::NoToken | Refusal::InvalidToken => {
            let mut response = response::error(StatusCode::UNAUTHORIZED, response::UNAUTHENTICATED);
            let status = response.status();
            response::challenge(status, response.headers_mut(), &authenticator.challenge);
            response
        }
        Refusal::Unavailable => {
            response::error(StatusCode::SERVICE_UNAVAILABLE, response::UNAVAILABLE)
        }
    }
}
