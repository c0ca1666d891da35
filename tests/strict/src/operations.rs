//! Operations, beside imports of all that their expansions name, and without those of the prelude.

use axum::extract::{Path, Query};
use axum::Json;
use keystone_middleware::openapi::{Document, Info, OperationDescription};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{operation, operations, policy, Authorized, Found, Public, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::policies;

/// Not the one of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct Option;

/// Not the one of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct Some;

/// In bodies.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
pub struct Number {
    /// The number.
    pub number: u8,
}

/// An argument that is not there.
#[operation(POST "/{type}/numbers", status = 200)]
#[policy("proxy:create")]
pub async fn create_number(
    #[cfg(any())] gone: Gone,
    #[cfg(any(unix, not(unix)))] Path(r#type): Path<String>,
    #[allow(unused_variables, clippy::allow_attributes)] unused: Query<Number>,
    Json(number): Json<Number>,
) -> Json<Number> {
    drop(r#type);
    Json(number)
}

/// A public one, below its policy, whose name is a word of the language.
#[policy(public)]
#[operation(GET "/match", deprecated = "it is of no use", since = "1.0", until = "1.1")]
pub async fn r#match() -> Json<Number> {
    Json(Number { number: 0 })
}

/// One that is not there.
#[cfg(any())]
#[operation(GET "/gone")]
#[policy(public)]
pub async fn gone() -> Json<Gone> {
    Json(Gone)
}

/// One with condition, which is inside of the crate.
#[operation(GET "/inside/{number}")]
#[cfg(any(unix, not(unix)))]
#[policy("proxy:create")]
async fn inside(Path(number): Path<u8>) -> Result<Json<Number>, axum::http::StatusCode> {
    Ok(Json(Number { number }))
}

/// All of them.
#[must_use]
pub fn routes(enforcer: Enforcer) -> Routes {
    let here = operations![create_number, r#match, inside];
    Routes::new(enforcer).operations(here)
}

/// Their document.
#[must_use]
pub fn document(routes: &Routes) -> Document {
    routes.openapi(&Info::new("Numbers", "numbers", "v1"))
}

/// Uses what is imported only because expansions name it too.
pub fn describe(
    _: &OperationDescription<'_>,
    _: core::option::Option<(Authorized<policies::Rule<0>>, Public, Found<u8>)>,
) {
}
