//! Checks of the arguments of a handler, so that the compiler underlines the wrong one. axum itself can
//! only say that the function is not a handler.
//!
//! Whether a type is an extractor depends on the state of the service, which `#[policy]` does not know.
//! So only types are checked for which the state makes no difference. Which check applies is decided by
//! autoref: a method is looked up on [`Probe`] by value first, where it exists for those types only, and
//! then by reference, where it exists for all. A type of the service's own is never refused.

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, Query, Request};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

use crate::axum::later::Later;

/// Stands for an argument of this type.
#[derive(Debug)]
pub struct Probe<A>(PhantomData<fn() -> A>);

/// An argument of this type.
pub const fn probe<A>() -> Probe<A> {
    Probe(PhantomData)
}

/// Checks that a handler can respond with this type.
pub const fn check_response<R: IntoResponse>() {}

// Written out without a macro, because errors show this code. `check` names the type a second time: the
// compiler underlines that one, in the span of the argument.

/// No condition.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unchecked;

impl Unchecked {
    /// Always holds.
    pub const fn check<A>(self) {}
}

/// The type must be `Send`.
#[derive(Debug)]
#[non_exhaustive]
pub struct MustBeSend;

impl MustBeSend {
    /// Holds for such types only.
    pub const fn check<A: Send>(self) {}
}

/// The extractor must be able to read its content.
#[derive(Debug)]
#[non_exhaustive]
pub struct MustBeReadable;

impl MustBeReadable {
    /// Holds for such types only.
    pub const fn check<A: Readable>(self) {}
}

/// The type must be an extractor, and is not.
#[derive(Debug)]
#[non_exhaustive]
pub struct MustBeExtractor;

impl MustBeExtractor {
    /// Never holds.
    pub const fn check<A: Extractor>(self) {}
}

/// The argument must be the last one, and is not.
#[derive(Debug)]
#[non_exhaustive]
pub struct MustBeLast;

impl MustBeLast {
    /// Never holds.
    pub const fn check<A: NotLast>(self) {}
}

/// Implemented by nothing: carries the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads the body of the request, so it must be the last argument",
    label = "move it behind the other arguments"
)]
pub trait NotLast {}

/// Implemented by nothing: carries the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor: nothing says where its value comes from",
    label = "not an extractor",
    note = "take it out of an extractor, such as `Path<{Self}>`, `Query<..>`, `State<..>` or `Json<..>`"
)]
pub trait Extractor {}

/// An extractor that can read its content.
pub trait Readable {}

impl<T: DeserializeOwned> Readable for Json<T> {}
impl<T: DeserializeOwned> Readable for Query<T> {}
impl<T: DeserializeOwned + Send> Readable for Path<T> {}
impl<T: Clone + Send + Sync + 'static> Readable for Extension<T> {}
impl<T: Readable> Readable for Option<T> {}
impl<T: Readable, E> Readable for Result<T, E> {}
impl<T: Readable> Readable for Later<T> {}

/// Extractors whose content can be checked.
pub trait HasContent: Sized {
    /// The condition for the content.
    fn content(self) -> MustBeReadable {
        MustBeReadable
    }
}

impl<T> HasContent for Probe<Json<T>> {}
impl<T> HasContent for Probe<Query<T>> {}
impl<T> HasContent for Probe<Path<T>> {}
impl<T> HasContent for Probe<Extension<T>> {}
impl<T> HasContent for Probe<Option<T>> where Probe<T>: HasContent {}
impl<T, E> HasContent for Probe<Result<T, E>> where Probe<T>: HasContent {}
impl<T> HasContent for Probe<Later<T>> where Probe<T>: HasContent {}

/// Types that are not extractors.
pub trait IsValue: Sized {
    /// The condition for the content.
    fn content(self) -> MustBeExtractor {
        MustBeExtractor
    }
}

macro_rules! values {
    ($($ty:ty)*) => { $(impl IsValue for Probe<$ty> {})* };
}

values! {
    bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize
    &'static str serde_json::Value
}
impl<T> IsValue for Probe<Vec<T>> {}
impl<K, V, S> IsValue for Probe<HashMap<K, V, S>> {}
impl<K, V> IsValue for Probe<BTreeMap<K, V>> {}

/// All other types.
pub trait AnyContent: Sized {
    /// The condition for the content.
    fn content(self) -> MustBeSend {
        MustBeSend
    }
}

impl<A> AnyContent for &Probe<A> {}

/// Types that read the body.
pub trait ReadsBody: Sized {
    /// The condition for an argument that is not the last.
    fn not_last(self) -> MustBeLast {
        MustBeLast
    }
}

impl<T> ReadsBody for Probe<Json<T>> {}
impl<T> ReadsBody for Probe<Later<T>> {}
impl ReadsBody for Probe<String> {}
impl ReadsBody for Probe<Bytes> {}
impl ReadsBody for Probe<Body> {}
impl ReadsBody for Probe<Request> {}

/// All other types.
pub trait AnyPosition: Sized {
    /// The condition for an argument that is not the last.
    fn not_last(self) -> Unchecked {
        Unchecked
    }
}

impl<A> AnyPosition for &Probe<A> {}
