//! The runtime of services that [`service!`](crate::service) describes and
//! [`#[service]`](macro@service) implements.
//!
//! What generated code calls is hidden; what a handler names is exported here and, the most
//! important of it, from the root of the crate.

// Imports go one way: routes → {versions, options, negotiate} → {argument, respond} → {body, page} → call →
// {check, show} → {describe, error, settings} → microversion. `objects` and `read` need nothing.

mod argument;
mod body;
mod call;
mod check;
mod declared;
mod describe;
mod error;
mod microversion;
mod negotiate;
mod objects;
mod options;
mod page;
mod read;
mod respond;
mod routes;
mod settings;
mod show;
mod versions;

#[cfg_attr(feature = "service-macro", doc = include_str!("service_api/service.md"))]
pub use keystone_macros::service_impl as service;

pub use argument::{
    Argument, BodyOf, Extractor, PartOf, PathOf, QueryOf, Reading, ViaBody, ViaExtractor, ViaPart,
    ViaPath, ViaQuery, argument,
};
pub use axum::response::Response;
pub use call::{Call, CallFuture};
pub use check::{Check, Checked};
pub use declared::declared_only;
pub use describe::{Described, Description, FieldPolicy, UNDESCRIBED};
pub use error::{ApiError, Rejection};
pub use microversion::{InvalidMicroversion, Microversion};
pub use options::Possible;
pub use page::{Limit, Page};
pub use read::{UnknownWord, boolean, csv, flag, nullable, optional_boolean, present};
pub use respond::{
    HasStatus, Outcome, Responder, ResponseOf, Status, ViaResult, ViaStatus, ViaValue,
};
pub use routes::{Endpoint, EndpointPolicy, endpoint_routes, possible};
pub use settings::ServiceSettings;
pub use show::{Exposed, Show, Shown, View};
