//! The runtime of generated clients: typed ids, requests, paged lists, and the three states of an
//! attribute.
//!
//! A generated client is thin: it names paths, keys and types, and leaves the rest to this module.
//! Its methods return a [`Request`], to be awaited, or a builder around a [`List`].

mod bulk;
mod decode;
mod errors;
mod extra;
mod filter;
mod id;
mod operation;
mod paging;
mod parameter;
mod patch;
mod request;
#[cfg(feature = "schema")]
mod schema;
pub mod secret;
mod service;
mod typed;

pub use bytes::Bytes;
pub use http::{HeaderName, HeaderValue, Method};
pub use jiff::Timestamp;
pub use jiff::civil::DateTime;
pub use serde_json::{Map, Value};
pub use url::Url;

pub use crate::catalog::Interface;

pub use bulk::{Bulk, Stopped, bulk};
pub use extra::{Extra, Links};
pub use filter::{Match, TimeMatch};
pub use id::Id;
pub use operation::{Operation, Paging};
pub use paging::{Items, List, Page, PlainList};
pub use parameter::Parameter;
pub use patch::Patch;
pub use request::RequestBuilder;
pub use secret::SecretJson;
pub use service::ServiceClient;
pub use typed::{IssuedToken, Raw, Request, WithHeaders};

/// The settings of a call, for generated builders. Not part of the public API.
#[doc(hidden)]
pub use crate::session::call_settings;
