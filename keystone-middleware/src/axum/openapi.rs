//! The OpenAPI document of a code-first service: handlers describe themselves by `#[operation]`, and
//! [`Routes::openapi`](crate::Routes::openapi) is the document of all of them.
//!
//! ```
//! use axum::Json;
//! use keystone_middleware::openapi::{Info, JsonSchema, schemars};
//! use keystone_middleware::policy::Enforcer;
//! use keystone_middleware::{Routes, operation, operations, policies, policy};
//! use serde::Serialize;
//!
//! policies!("../specs/policies/proxies.yaml");
//!
//! #[derive(JsonSchema, Serialize)]
//! # #[schemars(crate = "keystone_middleware::openapi::schemars")]
//! struct Proxies {
//!     proxies: Vec<Proxy>,
//! }
//!
//! #[derive(JsonSchema, Serialize)]
//! # #[schemars(crate = "keystone_middleware::openapi::schemars")]
//! struct Proxy {
//!     id: String,
//!     domain: String,
//! }
//!
//! /// Lists the proxies.
//! #[operation(GET "/v1/proxies")]
//! #[policy("proxy:index")]
//! async fn list_proxies() -> Json<Proxies> {
//!     Json(Proxies { proxies: Vec::new() })
//! }
//!
//! # fn main() -> Result<(), keystone_middleware::policy::Error> {
//! let enforcer = Enforcer::builder(&policies::DEFAULTS).build()?;
//! let routes: Routes = Routes::new(enforcer).operations(operations![list_proxies]);
//! let document = routes.openapi(&Info::new("The proxies API", "proxy", "v1"));
//! assert!(document.as_str().contains("\"operationId\": \"proxy.list\""));
//! # Ok(())
//! # }
//! ```
//!
//! # What is described, and from what
//!
//! - Method and path: the arguments of `#[operation]`.
//! - Summary and description: the doc comment, its first paragraph and the rest.
//! - Parameters and body: the arguments of the handler that are [`Path<T>`](axum::extract::Path),
//!   [`Query<T>`](axum::extract::Query), [`Json<T>`](axum::Json), [`Later`](crate::Later) of it, a text or
//!   bytes, and each type that is [`DescribeArgument`]. Other extractors add nothing.
//! - The response: the return type, which is [`DescribeResponse`]; of a `Result`, the type of success.
//! - Policy, scope types and who may call without a token: `#[policy]`, below or above `#[operation]`.
//!
//! Types in bodies, queries and paths are [`JsonSchema`]. A key that begins with `x-openstack-`, such as
//! `#[schemars(extend("x-openstack-since" = "1.1"))]`, goes into the document.
//!
//! # Arguments of `#[operation]`
//!
//! `GET "/v1/proxies"`, then any of
//!
//! - `status = 201` or `status = [200, 202]`: the statuses of success. Required where the handler
//!   returns a `StatusCode`.
//! - `errors = [409]`: statuses with which it refuses, beside those that follow from policy, path, query
//!   and body.
//! - `response = Json<T>`: the response that the return type does not show.
//! - `resource = "proxy"`: the resource it belongs to. By default it is the segment of the path that the
//!   handler's name ends with, singular or plural, or else the last one.
//! - `name = "list"`: its name within the resource. By default it is the name of the handler without
//!   that of the resource.
//! - `deprecated = "why"`, `since = "1.1"` and `until = "1.2"`.
//! - `crate = path`: the path of this crate, if it cannot be found in `Cargo.toml`.

mod argument;
mod description;
mod document;
mod errors;
mod info;
#[doc(hidden)]
pub mod macro_support;
mod names;
mod operation;
mod ordered;
mod path;
mod response;
mod route;
mod schemas;

pub use argument::DescribeArgument;
pub use description::OperationDescription;
pub use document::Document;
pub use info::Info;
pub use response::{DescribeResponse, KeepsStatus, ResponsePart, SaysStatus};
#[doc(no_inline)]
pub use schemars;
#[doc(no_inline)]
pub use schemars::JsonSchema;

pub(super) use macro_support::Described;
pub(super) use route::DescribedRoute;
