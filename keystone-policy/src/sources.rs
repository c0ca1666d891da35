//! Where rules and credentials come from: defaults, files of operators and JSON documents.

pub(crate) mod enforcer;
pub(crate) mod error;
#[cfg(feature = "file")]
pub mod file;
#[cfg(feature = "json")]
pub(crate) mod json;
pub(crate) mod lint;
pub(crate) mod merge;
