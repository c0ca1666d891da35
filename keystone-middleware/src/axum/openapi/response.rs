//! What the return types of handlers say about operations.

use std::borrow::Cow;

use axum::Json;
use axum::body::Bytes;
use axum::response::{AppendHeaders, Html, NoContent};
use http::{Extensions, HeaderMap, StatusCode};
use schemars::JsonSchema;

use super::description::OperationDescription;

/// A return type of a handler that says what it responds with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be described in the OpenAPI document",
    label = "it does not say what this operation responds with",
    note = "derive `schemars::JsonSchema` for the type in it, or name another one: `#[operation(.., response = Json<T>)]`"
)]
pub trait DescribeResponse {
    /// Adds the response.
    fn describe(operation: &mut OperationDescription<'_>);
}

/// A return type that also says the status.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be described in the OpenAPI document",
    label = "it does not say what this operation responds with",
    note = "derive `schemars::JsonSchema` for the type in it, or name another one: `#[operation(.., response = Json<T>)]`",
    note = "if only its status is not known, add that: `#[operation(.., status = 201)]`"
)]
pub trait SaysStatus: DescribeResponse {}

/// A part of a response in front of its body, in a tuple: `(StatusCode, Json<T>)`.
pub trait ResponsePart {
    /// Adds the part.
    fn describe(operation: &mut OperationDescription<'_>) {
        let _ = operation;
    }
}

/// A part that leaves the status as it is.
pub trait KeepsStatus: ResponsePart {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> DescribeResponse for Json<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.status(200);
        operation.response::<T>("application/json");
    }
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> SaysStatus for Json<T> {}

#[diagnostic::do_not_recommend]
impl<T: DescribeResponse, E> DescribeResponse for Result<T, E> {
    fn describe(operation: &mut OperationDescription<'_>) {
        T::describe(operation);
    }
}

#[diagnostic::do_not_recommend]
impl<T: SaysStatus, E> SaysStatus for Result<T, E> {}

impl DescribeResponse for StatusCode {
    fn describe(_: &mut OperationDescription<'_>) {}
}

macro_rules! responses {
    ($($ty:ty: $status:literal $(, $content:ty, $media:literal)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl DescribeResponse for $ty {
            fn describe(operation: &mut OperationDescription<'_>) {
                operation.status($status);
                $(operation.response::<$content>($media);)?
            }
        }

        #[diagnostic::do_not_recommend]
        impl SaysStatus for $ty {}
    )*};
}

responses! {
    (): 200;
    NoContent: 204;
    &'static str: 200, str, "text/plain";
    String: 200, str, "text/plain";
    Cow<'static, str>: 200, str, "text/plain";
    Bytes: 200, str, "application/octet-stream";
    Vec<u8>: 200, str, "application/octet-stream";
}

#[diagnostic::do_not_recommend]
impl<T> DescribeResponse for Html<T> {
    fn describe(operation: &mut OperationDescription<'_>) {
        operation.status(200);
        operation.response::<str>("text/html");
    }
}

#[diagnostic::do_not_recommend]
impl<T> SaysStatus for Html<T> {}

impl ResponsePart for StatusCode {}

macro_rules! parts {
    ($([$($parameter:ident)?] $ty:ty;)*) => {$(
        impl<$($parameter)?> ResponsePart for $ty {}
        impl<$($parameter)?> KeepsStatus for $ty {}
    )*};
}

parts! {
    [T] AppendHeaders<T>;
    [T] axum::Extension<T>;
    [] Extensions;
    [] HeaderMap;
}

impl<K, V, const N: usize> ResponsePart for [(K, V); N] {}
impl<K, V, const N: usize> KeepsStatus for [(K, V); N] {}

macro_rules! tuples {
    ($(($($part:ident),*);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part: ResponsePart,)* R: DescribeResponse> DescribeResponse for ($($part,)* R) {
            fn describe(operation: &mut OperationDescription<'_>) {
                R::describe(operation);
                $($part::describe(operation);)*
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($part: KeepsStatus,)* R: SaysStatus> SaysStatus for ($($part,)* R) {}
    )*};
}

tuples! {
    (A);
    (A, B);
    (A, B, C);
    (A, B, C, D);
}
