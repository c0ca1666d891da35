//! The arguments of an operation's method: types of the description, and extractors.

use std::future::Future;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::body::read_body;
use super::call::Call;
use super::check::{Check, Checked};
use super::error::ApiError;

/// The response to a request that does not fit.
pub type Rejection = Response;

/// An argument of the operation `Op` on the service `S`. `M` tells the kinds apart, and is inferred.
///
/// An argument is read in two steps: first the heads of all arguments in order, then the body, so
/// that the body may stand anywhere among the arguments.
pub trait Argument<Op, S, M>: Sized {
    /// What is read before the body.
    type Head: Send;

    /// Reads what comes before the body.
    fn head(
        call: &mut Call,
        service: &S,
    ) -> impl Future<Output = Result<Self::Head, Response>> + Send;

    /// Reads the rest.
    fn finish(
        head: Self::Head,
        call: &mut Call,
    ) -> impl Future<Output = Result<Self, Response>> + Send;
}

/// The parameters in the path of `Op`.
pub trait PathOf<Op>: DeserializeOwned + Send {}

/// The query of `Op`.
pub trait QueryOf<Op>: DeserializeOwned + Checked + Send {}

/// The headers that `Op` needs.
pub trait PartOf<Op>: Sized + Send {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// 400 that names the header.
    fn read(call: &Call) -> Result<Self, Rejection>;
}

/// The body of `Op`.
pub trait BodyOf<Op>: DeserializeOwned + Checked + Send {
    /// The key around it; empty for none.
    const KEY: &'static str;
    /// Whether it may be left out.
    const OPTIONAL: bool = false;
}

/// The way to an argument of this type.
#[derive(Debug)]
pub struct Extractor<T, Op, S, M>(PhantomData<fn() -> (T, Op, S, M)>);

/// The way to the argument `T`.
pub const fn argument<T, Op, S, M>() -> Extractor<T, Op, S, M>
where
    T: Argument<Op, S, M>,
{
    Extractor(PhantomData)
}

impl<T: Argument<Op, S, M>, Op, S, M> Extractor<T, Op, S, M> {
    /// As [`Argument::head`].
    ///
    /// # Errors
    ///
    /// The response to a request that does not fit.
    pub async fn head(&self, call: &mut Call, service: &S) -> Result<T::Head, Response> {
        T::head(call, service).await
    }

    /// As [`Argument::finish`].
    ///
    /// # Errors
    ///
    /// The response to a request that does not fit.
    pub async fn finish(&self, head: T::Head, call: &mut Call) -> Result<T, Response> {
        T::finish(head, call).await
    }
}

/// Marks arguments that axum's extractors are.
#[derive(Debug)]
pub struct ViaExtractor;
/// Marks parameters of the path.
#[derive(Debug)]
pub struct ViaPath;
/// Marks queries.
#[derive(Debug)]
pub struct ViaQuery;
/// Marks headers.
#[derive(Debug)]
pub struct ViaPart;
/// Marks bodies.
#[derive(Debug)]
pub struct ViaBody;

impl<T, Op, S> Argument<Op, S, ViaExtractor> for T
where
    T: FromRequestParts<S> + Send,
    S: Sync,
{
    type Head = Self;

    async fn head(call: &mut Call, service: &S) -> Result<Self, Response> {
        T::from_request_parts(&mut call.parts, service)
            .await
            .map_err(IntoResponse::into_response)
    }

    async fn finish(head: Self, _: &mut Call) -> Result<Self, Response> {
        Ok(head)
    }
}

impl<T: PathOf<Op>, Op, S: Sync> Argument<Op, S, ViaPath> for T {
    type Head = Self;

    async fn head(call: &mut Call, _: &S) -> Result<Self, Response> {
        // A parameter that cannot be read names no object.
        match Path::from_request_parts(&mut call.parts, &()).await {
            Ok(Path(path)) => Ok(path),
            Err(_) => Err(ApiError::not_found().into_response()),
        }
    }

    async fn finish(head: Self, _: &mut Call) -> Result<Self, Response> {
        Ok(head)
    }
}

impl<T: QueryOf<Op>, Op, S: Sync> Argument<Op, S, ViaQuery> for T {
    type Head = Self;

    async fn head(call: &mut Call, _: &S) -> Result<Self, Response> {
        let text = call.parts.uri.query().unwrap_or_default();
        let pairs =
            serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(text.as_bytes()));
        let mut query: T = serde_path_to_error::deserialize(pairs).map_err(|error| {
            let name = error.path().to_string();
            let place = match name.as_str() {
                "." | "?" => "the query".to_owned(),
                name => format!("the query parameter `{name}`"),
            };
            misfit(&place, &error.into_inner().to_string())
        })?;
        checked(call, &mut query, "the query parameter ")?;
        Ok(query)
    }

    async fn finish(head: Self, _: &mut Call) -> Result<Self, Response> {
        Ok(head)
    }
}

impl<T: PartOf<Op>, Op, S: Sync> Argument<Op, S, ViaPart> for T {
    type Head = Self;

    async fn head(call: &mut Call, _: &S) -> Result<Self, Response> {
        T::read(call)
    }

    async fn finish(head: Self, _: &mut Call) -> Result<Self, Response> {
        Ok(head)
    }
}

impl<T: BodyOf<Op>, Op, S: Sync> Argument<Op, S, ViaBody> for T {
    type Head = ();

    async fn head(_: &mut Call, _: &S) -> Result<(), Response> {
        Ok(())
    }

    async fn finish((): (), call: &mut Call) -> Result<Self, Response> {
        let mut body: T = read_body(call, T::KEY, T::OPTIONAL).await?;
        let pointer = match T::KEY {
            "" => String::new(),
            key => format!("/{key}"),
        };
        checked(call, &mut body, &pointer)?;
        Ok(body)
    }
}

/// Checks what the types alone do not: microversions and policies of attributes.
fn checked(call: &Call, value: &mut impl Checked, pointer: &str) -> Result<(), Response> {
    let view = call.view();
    let mut check = Check::new(&view, pointer, call.settings.max_limit);
    value.check(&mut check);
    check.finish()
}

/// 400 for a request that does not fit the description.
pub(super) fn misfit(place: &str, problem: &str) -> Response {
    let problem = keystone_sdk::printable::line(problem);
    let place = keystone_sdk::printable::line(place);
    ApiError::new(StatusCode::BAD_REQUEST, format!("{place}: {problem}.")).into_response()
}
