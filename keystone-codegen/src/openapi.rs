//! OpenAPI: a reader of any document, and a writer for described APIs.
//!
//! What OpenAPI cannot express is in keys that begin with `x-openstack-`; `specs/README.md` lists
//! them.

mod json;
mod read;
mod write;

pub use json::write_json;
pub use read::{is_openapi, plural, read, singular};
pub use write::{WriteOptions, write};
