//! The runtime of services that [`service!`](crate::service) describes and
//! [`#[service]`](macro@crate::service_impl) implements.
//!
//! What generated code calls is hidden; what a handler names is exported here and, the most
//! important of it, from the root of the crate.

// Imports go one way: routes → versions → call → {argument, body, respond} → {check, show} →
// {microversion, error, settings} → read.

#[cfg(feature = "axum")]
mod argument;
#[cfg(feature = "axum")]
mod body;
#[cfg(feature = "axum")]
mod call;
#[cfg(feature = "axum")]
mod check;
#[cfg(feature = "axum")]
mod describe;
#[cfg(feature = "axum")]
mod error;
#[cfg(feature = "axum")]
mod microversion;
#[cfg(feature = "axum")]
mod options;
#[cfg(feature = "axum")]
mod page;
mod read;
#[cfg(feature = "axum")]
mod respond;
#[cfg(feature = "axum")]
mod routes;
#[cfg(feature = "axum")]
mod settings;
#[cfg(feature = "axum")]
mod show;
#[cfg(feature = "axum")]
mod versions;

#[cfg(feature = "axum")]
pub use argument::{Argument, BodyOf, PartOf, PathOf, QueryOf, argument};
#[cfg(feature = "axum")]
pub use call::{Call, CallFuture};
#[cfg(feature = "axum")]
pub use check::{Check, Checked};
#[cfg(feature = "axum")]
pub use describe::{Described, Description, FieldPolicy};
#[cfg(feature = "axum")]
pub use error::ApiError;
#[cfg(feature = "axum")]
pub use microversion::{InvalidMicroversion, Microversion};
#[cfg(feature = "axum")]
pub use page::{Limit, Page};
pub use read::{csv, flag, present};
#[cfg(feature = "axum")]
pub use respond::{Outcome, Responder, ResponseOf, Status};
#[cfg(feature = "axum")]
pub(crate) use routes::HideRefusals;
#[cfg(feature = "axum")]
pub use routes::{Endpoint, EndpointPolicy, endpoint_routes, possible};
#[cfg(feature = "axum")]
pub use settings::ServiceSettings;
#[cfg(feature = "axum")]
pub use show::{Show, Shown, View};
