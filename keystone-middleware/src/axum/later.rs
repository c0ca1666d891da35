//! A handler argument that is extracted on demand.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};

/// The last argument of a handler, extracted when it is awaited, so that the body of a request is
/// read after the policy has been decided.
///
/// ```
/// use axum::Json;
/// use keystone_middleware::{LaterRejection, Later};
///
/// async fn rename(name: Later<Json<String>>) -> Result<String, LaterRejection> {
///     let Json(name) = name.await?;
///     Ok(name)
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::put(rename));
/// ```
pub struct Later<T>(Reading<T>);

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, LaterRejection>> + Send>>;

/// The rejection of [`Later`].
#[derive(Debug)]
pub struct LaterRejection(Box<Response>);

impl<T, S> FromRequest<S> for Later<T>
where
    T: FromRequest<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let state = state.clone();
        Ok(Self(Box::pin(async move {
            let read = T::from_request(request, &state).await;
            read.map_err(|rejection| LaterRejection(Box::new(rejection.into_response())))
        })))
    }
}

impl<T> IntoFuture for Later<T> {
    type Output = Result<T, LaterRejection>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T, LaterRejection>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0
    }
}

impl IntoResponse for LaterRejection {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl<T> fmt::Debug for Later<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}
