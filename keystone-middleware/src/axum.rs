//! What axum needs: extractors, routes that take only protected handlers, and what `#[policy]` writes.

mod extract;
mod found;
mod later;
pub(crate) mod macro_support;
mod protected;
mod routes;
pub mod routing;

pub use extract::{Public, Witness};
pub use found::{Found, Load};
pub use later::{Later, LaterRejection};
pub use protected::Protected;
pub use routes::{RouteEntry, RouteTable, Routes, RoutesError};
