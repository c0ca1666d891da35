//! Tells the arguments that describe themselves from others, by autoref: for `&Probe<A>` a method is
//! looked up by value, then for `&&Probe<A>`, then for `Probe<A>`.

use std::marker::PhantomData;

use axum::Json;
use axum::extract::{Path, Query};

use crate::axum::later::Later;
use crate::axum::openapi::argument::DescribeArgument;
use crate::axum::openapi::description::OperationDescription;

/// Stands for an argument of this type.
#[derive(Debug)]
pub struct Probe<A>(PhantomData<fn() -> A>);

impl<A> Clone for Probe<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Probe<A> {}

/// An argument of this type.
pub const fn probe<A>() -> Probe<A> {
    Probe(PhantomData)
}

/// The argument describes itself. `describe` takes the type a second time, with the span of the
/// argument, which the compiler underlines where the type in an extractor has no schema.
#[derive(Debug)]
#[non_exhaustive]
pub struct Describes;

impl Describes {
    /// Adds what the argument reads.
    pub fn describe<A: DescribeArgument>(self, operation: &mut OperationDescription<'_>) {
        A::describe(operation);
    }
}

/// The argument says nothing.
#[derive(Debug)]
#[non_exhaustive]
pub struct SaysNothing;

impl SaysNothing {
    /// It may read the path.
    pub fn describe<A>(self, operation: &mut OperationDescription<'_>) {
        operation.any_path();
    }
}

/// Extractors that need a schema of what they read.
pub trait IsKnown: Sized {
    /// How it is described.
    fn kind(self) -> Describes {
        Describes
    }
}

impl<T> IsKnown for &Probe<Json<T>> {}
impl<T> IsKnown for &Probe<Path<T>> {}
impl<T> IsKnown for &Probe<Query<T>> {}
impl<'a, T> IsKnown for &'a Probe<Later<T>> where &'a Probe<T>: IsKnown {}
impl<'a, T> IsKnown for &'a Probe<Option<T>> where &'a Probe<T>: IsKnown {}
impl<'a, T, E> IsKnown for &'a Probe<Result<T, E>> where &'a Probe<T>: IsKnown {}

/// Other types that describe themselves.
pub trait IsDescribed: Sized {
    /// How it is described.
    fn kind(self) -> Describes {
        Describes
    }
}

impl<A: DescribeArgument> IsDescribed for &&Probe<A> {}

/// All other types.
pub trait IsAnything: Sized {
    /// How it is described.
    fn kind(self) -> SaysNothing {
        SaysNothing
    }
}

impl<A> IsAnything for Probe<A> {}
