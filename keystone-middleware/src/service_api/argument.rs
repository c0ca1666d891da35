//! The arguments of an operation's method: types of the description, and extractors.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

use axum::extract::{FromRequestParts, Path};
use futures_util::FutureExt;
use serde::de::DeserializeOwned;

use super::body::read_body;
use super::call::Call;
use super::check::{Base, Check, Checked};
use super::error::{ApiError, Rejection, misfit};

/// An argument of the operation `Op` on the service `S`. `M` tells the kinds apart, and is inferred.
///
/// An argument is read in two steps: first the heads of all arguments in order, then the body, so
/// that the body may stand anywhere among the arguments.
pub trait Argument<Op, S, M>: Sized {
    /// Reads what comes before the body. `None` for the body.
    fn head<'a>(call: &'a mut Call, service: &'a S) -> Reading<'a, Option<Self>>;

    /// Reads the body.
    fn body(call: &mut Call) -> Reading<'_, Self> {
        let _ = call;
        let fault = "an argument that is no body was read as one";
        Reading::Ready(Some(Err(ApiError::internal(fault))))
    }
}

/// A part of a request that is being read, or is read already.
#[expect(clippy::exhaustive_enums, reason = "one or the other")]
pub enum Reading<'a, T> {
    /// Read; `None` once it was taken.
    Ready(Option<Result<T, Rejection>>),
    /// Being read.
    Pending(Pin<Box<dyn Future<Output = Result<T, Rejection>> + Send + 'a>>),
}

impl<T> Unpin for Reading<'_, T> {}

impl<T> Future for Reading<'_, T> {
    type Output = Result<T, Rejection>;

    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(value) => value.take().map_or(Poll::Pending, Poll::Ready),
            Self::Pending(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for Reading<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reading")
    }
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

/// The way to the argument `T` of a method of `S`.
///
/// It has pointers in place of trait bounds, which the compiler would check wherever this type occurs:
/// so an argument that is none is one error, where the method names it.
pub struct Extractor<T, S> {
    head: for<'a> fn(&'a mut Call, &'a S) -> Reading<'a, Option<T>>,
    body: for<'a> fn(&'a mut Call) -> Reading<'a, T>,
}

/// The way to the argument `T` of `Op`.
pub const fn argument<T, Op, S, M>() -> Extractor<T, S>
where
    T: Argument<Op, S, M>,
{
    Extractor {
        head: T::head,
        body: T::body,
    }
}

impl<T, S> Extractor<T, S> {
    /// As [`Argument::head`].
    pub fn head<'a>(&self, call: &'a mut Call, service: &'a S) -> Reading<'a, Option<T>> {
        (self.head)(call, service)
    }

    /// The argument, which is the body if there was nothing before.
    pub fn finish<'a>(&self, head: Option<T>, call: &'a mut Call) -> Reading<'a, T> {
        match head {
            Some(value) => Reading::Ready(Some(Ok(value))),
            None => (self.body)(call),
        }
    }
}

impl<T, S> fmt::Debug for Extractor<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extractor")
    }
}

/// Marks arguments that axum's extractors are.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaExtractor;
/// Marks parameters of the path.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaPath;
/// Marks queries.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaQuery;
/// Marks headers.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaPart;
/// Marks bodies.
#[derive(Debug)]
#[non_exhaustive]
pub struct ViaBody;

impl<T, Op, S> Argument<Op, S, ViaExtractor> for T
where
    T: FromRequestParts<S> + Send,
    S: Sync,
{
    fn head<'a>(call: &'a mut Call, service: &'a S) -> Reading<'a, Option<Self>> {
        Reading::Pending(Box::pin(async {
            let read = T::from_request_parts(&mut call.parts, service).await;
            read.map(Some).map_err(ApiError::rejected)
        }))
    }
}

impl<T: PathOf<Op>, Op, S> Argument<Op, S, ViaPath> for T {
    fn head<'a>(call: &'a mut Call, _: &'a S) -> Reading<'a, Option<Self>> {
        // The parameters are there already: nothing is awaited.
        let read = Path::from_request_parts(&mut call.parts, &()).now_or_never();
        // A parameter that cannot be read names no object.
        let path = read.and_then(Result::ok).ok_or_else(ApiError::not_found);
        Reading::Ready(Some(path.map(|Path(path)| Some(path))))
    }
}

impl<T: QueryOf<Op>, Op, S> Argument<Op, S, ViaQuery> for T {
    fn head<'a>(call: &'a mut Call, _: &'a S) -> Reading<'a, Option<Self>> {
        Reading::Ready(Some(read_query(call).map(Some)))
    }
}

impl<T: PartOf<Op>, Op, S> Argument<Op, S, ViaPart> for T {
    fn head<'a>(call: &'a mut Call, _: &'a S) -> Reading<'a, Option<Self>> {
        Reading::Ready(Some(T::read(call).map(Some)))
    }
}

impl<T: BodyOf<Op>, Op, S> Argument<Op, S, ViaBody> for T {
    fn head<'a>(_: &'a mut Call, _: &'a S) -> Reading<'a, Option<Self>> {
        Reading::Ready(Some(Ok(None)))
    }

    fn body(call: &mut Call) -> Reading<'_, Self> {
        Reading::Pending(Box::pin(async {
            let mut body: T = read_body(call, T::KEY, T::OPTIONAL).await?;
            checked(call, &mut body, Base::Body(T::KEY))?;
            Ok(body)
        }))
    }
}

fn read_query<T: DeserializeOwned + Checked>(call: &Call) -> Result<T, Rejection> {
    let text = call.parts.uri.query().unwrap_or_default();
    let pairs = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(text.as_bytes()));
    let mut query: T = serde_path_to_error::deserialize(pairs).map_err(|error| {
        let name = error.path().to_string();
        let place = match name.as_str() {
            "." | "?" => "the query".to_owned(),
            name => format!("the query parameter `{name}`"),
        };
        misfit(&place, &error.into_inner().to_string())
    })?;
    checked(call, &mut query, Base::Query)?;
    Ok(query)
}

/// Checks what the types alone do not: microversions and policies of attributes.
fn checked(call: &Call, value: &mut impl Checked, base: Base) -> Result<(), Rejection> {
    let view = call.view();
    let mut check = Check::new(&view, base, call.settings.max_limit);
    value.check(&mut check);
    check.finish()
}
