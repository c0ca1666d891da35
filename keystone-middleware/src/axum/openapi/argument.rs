//! What the arguments of handlers say about operations.

use std::collections::HashMap;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, MatchedPath, OriginalUri, Path, Query, Request, State};
use http::{Extensions, HeaderMap, Method, Uri, Version};
use schemars::JsonSchema;

use super::description::OperationDescription;
use crate::axum::extract::Public;
use crate::axum::found::Found;
use crate::axum::later::Later;
use crate::context::RequestContext;
use crate::enforce::Authorized;

/// An argument of a handler that says what it reads.
///
/// Implement it for extractors of your own that read parameters, or the body; other extractors need
/// it not.
///
/// ```
/// use keystone_middleware::openapi::{DescribeArgument, OperationDescription};
///
/// /// Reads the path.
/// struct ProxyId(String);
///
/// impl DescribeArgument for ProxyId {
///     fn describe(operation: &mut OperationDescription<'_>) {
///         operation.path::<String>();
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be described in the OpenAPI document",
    label = "no JSON Schema says what it reads",
    note = "derive `schemars::JsonSchema` for the type in it"
)]
pub trait DescribeArgument {
    /// Adds what the argument reads.
    fn describe(operation: &mut OperationDescription<'_>);
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> DescribeArgument for Path<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.path::<T>();
    }
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> DescribeArgument for Query<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.query::<T>();
    }
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> DescribeArgument for Json<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.body::<T>("application/json");
    }
}

#[diagnostic::do_not_recommend]
impl<T: DescribeArgument> DescribeArgument for Later<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        T::describe(operation);
    }
}

#[diagnostic::do_not_recommend]
impl<T: DescribeArgument> DescribeArgument for Option<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.optional(T::describe);
    }
}

#[diagnostic::do_not_recommend]
impl<T: DescribeArgument, E> DescribeArgument for Result<T, E> {
    fn describe(operation: &mut OperationDescription<'_>) {
        T::describe(operation);
    }
}

/// What the path names is looked up by parameters whose types depend on the state.
#[diagnostic::do_not_recommend]
impl<T> DescribeArgument for Found<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.any_path();
        operation.error(404);
    }
}

#[diagnostic::do_not_recommend]
impl DescribeArgument for String {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.body::<Self>("text/plain");
    }
}

#[diagnostic::do_not_recommend]
impl DescribeArgument for Bytes {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.body::<String>("application/octet-stream");
    }
}

macro_rules! silent {
    ($([$($parameter:ident)?] $ty:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)?> DescribeArgument for $ty {
            fn describe(_: &mut OperationDescription<'_>) {}
        }
    )*};
}

// They read nothing that a document describes.
silent! {
    [T] State<T>;
    [T] Extension<T>;
    [P] Authorized<P>;
    [] Extensions;
    [] HeaderMap;
    [] MatchedPath;
    [] Method;
    [] Public;
    [] RequestContext;
    [] Version;
}

macro_rules! whole {
    ($($ty:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl DescribeArgument for $ty {
            fn describe(operation: &mut OperationDescription<'_>) {
                operation.any_path();
            }
        }
    )*};
}

// They read everything.
whole! {
    Body;
    HashMap<String, String>;
    OriginalUri;
    Request;
    Uri;
}
