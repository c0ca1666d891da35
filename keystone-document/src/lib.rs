//! The foundation of the other crates of Keystone for Rust: a document tree for YAML and JSON, with
//! positions, comments and the style of each scalar; its serialization; and suggestions for
//! misspelt names.
//!
//! Without features there are only [suggestions](suggest()), and no dependencies.

pub use suggest::{hint, hint_or, suggest};
pub use unseen::is_unseen;

#[cfg(feature = "tree")]
pub use {
    document::{Comment, Document},
    fault::Fault,
    node::{Content, Entry, Mapping, Node, Style, Tag, Text},
    position::Position,
    read::{decode, read, read_optional},
    scalar::Scalar,
    write::{Layout, quoted, write},
};

#[cfg(feature = "tree")]
mod document;
#[cfg(feature = "tree")]
mod fault;
#[cfg(feature = "tree")]
mod json;
#[cfg(feature = "tree")]
mod node;
#[cfg(feature = "tree")]
mod position;
#[cfg(feature = "tree")]
mod read;
#[cfg(feature = "tree")]
mod scalar;
pub mod suggest;
mod unseen;
#[cfg(feature = "tree")]
mod write;
#[cfg(feature = "tree")]
mod yaml;
