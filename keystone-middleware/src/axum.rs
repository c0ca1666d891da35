//! axum integration: extractors, routes for protected handlers, and the runtime of `#[policy]`.

mod docs_page;
mod extract;
mod found;
mod later;
pub(crate) mod macro_support;
#[cfg(feature = "openapi")]
pub mod openapi;
mod protected;
mod routes;
pub mod routing;
mod unread;

pub use docs_page::DocsPage;
pub use extract::{Public, Witness};
pub use found::{Found, Load};
pub use later::{Later, LaterRejection};
pub use protected::Protected;
pub use routes::{RouteEntry, RouteTable, Routes, RoutesError};
