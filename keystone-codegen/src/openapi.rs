//! OpenAPI: the second reader, of anybody's documents, and the writer of ours.
//!
//! What OpenAPI cannot say stands in keys that begin with `x-openstack-`; `specs/README.md` lists
//! them.

mod read;
mod write;

pub use read::{is_openapi, read};
pub use write::{WriteOptions, write};
