//! OpenAPI: the second reader, of anybody's documents, and the writer of ours.
//!
//! What OpenAPI cannot say stands in keys that begin with `x-openstack-`; `specs/README.md` lists
//! them.

mod write;

pub use write::{WriteOptions, write};
