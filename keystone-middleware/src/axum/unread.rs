//! Responses to requests whose body nobody has read to its end, such as refusals.
//!
//! The connection cannot be used again after such a response: what remains of the body would be taken
//! for the next request. So hyper closes it, but by then the response is on its way without
//! `Connection: close`, and a client that keeps connections sends its next request into the void.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use http::header::CONNECTION;
use http::{HeaderValue, Version};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_service::Service;

/// Says `Connection: close` where the response is there before the end of the request's body.
#[derive(Clone, Debug)]
pub(super) struct AnnounceClose<S>(pub(super) S);

impl<S: Service<Request, Response = Response>> Service<Request> for AnnounceClose<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // Later versions have streams, which end one by one.
        let concerned = request.version() <= Version::HTTP_11 && !request.body().is_end_stream();
        let ended = concerned.then(Arc::<AtomicBool>::default);
        let request = match &ended {
            None => request,
            Some(ended) => request.map(|body| {
                Body::new(Watched {
                    body,
                    ended: ended.clone(),
                })
            }),
        };
        ResponseFuture {
            response: self.0.call(request),
            ended,
        }
    }
}

pin_project! {
    /// The response, and whether the body has been read by then.
    #[derive(Debug)]
    pub(super) struct ResponseFuture<F> {
        #[pin]
        response: F,
        ended: Option<Arc<AtomicBool>>,
    }
}

impl<F: Future<Output = Result<Response, E>>, E> Future for ResponseFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(context));
        let unread = this
            .ended
            .as_ref()
            .is_some_and(|ended| !ended.load(Ordering::Relaxed));
        if let (Ok(response), true) = (&mut response, unread) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
        Poll::Ready(response)
    }
}

/// A body that tells when it has been read.
struct Watched {
    body: Body,
    ended: Arc<AtomicBool>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.ended.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::to_bytes;
    use tower::{ServiceExt, service_fn};

    use super::*;

    /// What the response says of the connection, where the handler reads the body or does not.
    async fn said(version: Version, body: Body, reads: bool) -> Option<String> {
        let handler = service_fn(move |request: Request| async move {
            if reads {
                to_bytes(request.into_body(), 100).await.unwrap();
            }
            Ok::<_, Infallible>(Response::new(Body::empty()))
        });
        let mut request = Request::new(body);
        *request.version_mut() = version;
        let response = AnnounceClose(handler).oneshot(request).await.unwrap();
        let said = response.headers().get(CONNECTION);
        said.map(|said| said.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn a_connection_with_an_unread_body_is_closed_and_the_client_told() {
        let close = Some("close".to_owned());
        assert_eq!(said(Version::HTTP_11, "x".into(), false).await, close);
        assert_eq!(said(Version::HTTP_10, "x".into(), false).await, close);
        assert_eq!(said(Version::HTTP_11, "x".into(), true).await, None);
        assert_eq!(said(Version::HTTP_11, Body::empty(), false).await, None);
        assert_eq!(said(Version::HTTP_2, "x".into(), false).await, None);
    }
}
