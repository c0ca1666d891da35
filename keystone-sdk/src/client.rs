//! What generated clients are made of: typed ids, requests, lists with their pages, and the three
//! states of an attribute.
//!
//! A generated client is thin: it names paths, keys and types, and leaves the rest to this module.
//! Its methods return a [`Request`], to be awaited, or a builder around a [`List`].

mod answered;
mod bulk;
mod detour;
mod draft;
mod envelope;
mod extra;
mod filter;
mod form;
mod id;
mod list;
mod missing;
mod operation;
mod parameter;
mod patch;
mod per_call;
mod plain;
mod raw;
mod request;
#[cfg(feature = "schema")]
mod schema;
pub mod secret;
pub mod served;
mod service;
mod stream;
mod token;
mod unreadable;
mod versions;
mod walk;

pub use bytes::Bytes;
pub use http::{HeaderName, HeaderValue, Method};
pub use jiff::Timestamp;
pub use jiff::civil::DateTime;
pub use serde_json::{Map, Value};
pub use url::Url;

pub use crate::catalog::Interface;

pub use answered::Answered;
pub use bulk::{Bulk, Stopped, bulk};
pub use draft::Draft;
pub use extra::{Extra, Links};
pub use filter::{Match, TimeMatch};
pub use id::Id;
pub use list::{List, Page};
pub use operation::{Operation, Paging};
pub use parameter::Parameter;
pub use patch::Patch;
pub use plain::PlainList;
pub use raw::Raw;
pub use request::Request;
pub use secret::SecretJson;
pub use service::ServiceClient;
pub use stream::Items;
pub use token::IssuedToken;
