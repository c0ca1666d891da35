//! Loading the object that a path names.

use std::future::Future;

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::response;

/// The object that the path of a request names; responds with 404 if there is none. With
/// `#[policy("..", target = ..)]` it is loaded before the decision and can be its target.
///
/// ```
/// use std::collections::HashMap;
/// use std::convert::Infallible;
/// use std::sync::Arc;
///
/// use keystone_middleware::{Found, Load};
///
/// type Db = Arc<HashMap<String, Proxy>>;
///
/// #[derive(Clone)]
/// struct Proxy {
///     owner_id: String,
/// }
///
/// impl Load<Db> for Proxy {
///     type Key = String;                                // what `{id}` in the path reads as
///     type Error = Infallible;
///
///     async fn load(id: String, db: &Db) -> Result<Option<Self>, Infallible> {
///         Ok(db.get(&id).cloned())
///     }
/// }
///
/// async fn owner(Found(proxy): Found<Proxy>) -> String {
///     proxy.owner_id
/// }
/// # let _: axum::Router<Db> = axum::Router::new().route("/v1/proxies/{id}", axum::routing::get(owner));
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "its one field is taken out by pattern"
)]
pub struct Found<T>(pub T);

/// A type that can be loaded by path parameters from the state `S` of a service.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded from `{S}`",
    note = "implement `Load<{S}>` for `{Self}`, so that `Found<{Self}>` knows where to look"
)]
pub trait Load<S>: Sized {
    /// The type of the path parameters: a string, a number, or a tuple or struct of several.
    type Key: DeserializeOwned + Send;
    /// The response when the lookup fails.
    type Error: IntoResponse;

    /// The object; `None` if it does not exist.
    fn load(
        key: Self::Key,
        state: &S,
    ) -> impl Future<Output = Result<Option<Self>, Self::Error>> + Send;
}

impl<T: Load<S>, S: Send + Sync> FromRequestParts<S> for Found<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        // Malformed path parameters name no object.
        let Ok(Path(key)) = Path::<T::Key>::from_request_parts(parts, state).await else {
            return Err(absent());
        };
        match T::load(key, state).await {
            Ok(Some(found)) => Ok(Self(found)),
            Ok(None) => Err(absent()),
            Err(error) => Err(error.into_response()),
        }
    }
}

fn absent() -> Response {
    response::error(StatusCode::NOT_FOUND, "The resource could not be found.")
}
