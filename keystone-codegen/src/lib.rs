//! From resource specs to typed OpenStack clients.

pub mod emit;
pub mod error;
pub mod files;
pub mod model;
pub mod openapi;
pub mod operations;
pub mod resource_spec;

pub use emit::{ClientOptions, Generated, ServerOptions, client, server};
pub use error::Error;
pub use operations::operations;
