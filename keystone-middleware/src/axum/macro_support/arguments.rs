//! What `#[policy]` asks of the arguments of a handler, so that the compiler shows a wrong one where
//! it stands. axum itself can only say that the function is no handler.
//!
//! What an argument needs depends on the state of the service as a rule, which a handler does not
//! know. So only types are judged whose needs are the same for every state: a method is looked up on
//! [`Probe`] by value, where it is there for those types, and else by reference, where it is there
//! for all. A type of the service's own is never held to be wrong.

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

/// Demands that a handler can answer with this.
pub const fn answers<R: IntoResponse>() {}

// Written out, as errors show this. `told` names the type again, so that it is underlined.

/// Nothing is to be said.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fine;

impl Fine {
    /// Says nothing.
    pub const fn told<A>(self) {}
}

/// The type must be fit for threads.
#[derive(Debug)]
#[non_exhaustive]
pub struct Threads;

impl Threads {
    /// Says so.
    pub const fn told<A: Send>(self) {}
}

/// The content must be fit for the extractor.
#[derive(Debug)]
#[non_exhaustive]
pub struct Content;

impl Content {
    /// Says so.
    pub const fn told<A: Readable>(self) {}
}

/// The type is no extractor.
#[derive(Debug)]
#[non_exhaustive]
pub struct Value;

impl Value {
    /// Says so.
    pub const fn told<A: Extractor>(self) {}
}

/// The type must be that of the last argument.
#[derive(Debug)]
#[non_exhaustive]
pub struct OnlyLast;

impl OnlyLast {
    /// Says so.
    pub const fn told<A: InFront>(self) {}
}

/// Never there: says what to do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads the body of the request, so it must be the last argument",
    label = "move it behind the other arguments"
)]
pub trait InFront {}

/// Never there: says what to do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a value, but says nothing of where it comes from",
    label = "no extractor",
    note = "take it out of an extractor, such as `Path<{Self}>`, `Query<..>`, `State<..>` or `Json<..>`"
)]
pub trait Extractor {}

/// An extractor whose content is fit for it.
pub trait Readable {}

impl<T: DeserializeOwned> Readable for Json<T> {}
impl<T: DeserializeOwned> Readable for Query<T> {}
impl<T: DeserializeOwned + Send> Readable for Path<T> {}
impl<T: Clone + Send + Sync + 'static> Readable for Extension<T> {}
impl<T: Readable> Readable for Option<T> {}
impl<T: Readable, E> Readable for Result<T, E> {}
impl<T: Readable> Readable for Later<T> {}

/// Types with a content of which something is known.
pub trait HasContent: Sized {
    /// What is to be said.
    fn content(self) -> Content {
        Content
    }
}

impl<T> HasContent for Probe<Json<T>> {}
impl<T> HasContent for Probe<Query<T>> {}
impl<T> HasContent for Probe<Path<T>> {}
impl<T> HasContent for Probe<Extension<T>> {}
impl<T> HasContent for Probe<Option<T>> where Probe<T>: HasContent {}
impl<T, E> HasContent for Probe<Result<T, E>> where Probe<T>: HasContent {}
impl<T> HasContent for Probe<Later<T>> where Probe<T>: HasContent {}

/// Types that are no extractors.
pub trait IsValue: Sized {
    /// What is to be said.
    fn content(self) -> Value {
        Value
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
    /// What is to be said.
    fn content(self) -> Threads {
        Threads
    }
}

impl<A> AnyContent for &Probe<A> {}

/// Types that read the body.
pub trait ReadsBody: Sized {
    /// What is to be said of one that is not last.
    fn in_front(self) -> OnlyLast {
        OnlyLast
    }
}

impl<T> ReadsBody for Probe<Json<T>> {}
impl<T> ReadsBody for Probe<Later<T>> {}
impl ReadsBody for Probe<String> {}
impl ReadsBody for Probe<Bytes> {}
impl ReadsBody for Probe<Body> {}
impl ReadsBody for Probe<Request> {}

/// All other types.
pub trait AnyPlace: Sized {
    /// What is to be said.
    fn in_front(self) -> Fine {
        Fine
    }
}

impl<A> AnyPlace for &Probe<A> {}
