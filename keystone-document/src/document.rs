//! A document that was read: its tree and its comments.

use crate::node::Node;
use crate::position::Position;

/// How deep a document may nest.
pub(crate) const MAX_DEPTH: usize = 64;

/// A document that was read.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The tree; nothing for a document that is empty, or holds comments only.
    pub root: Option<Node>,
    /// The comments, in the order of the document.
    pub comments: Vec<Comment>,
}

/// A comment of a document.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Comment {
    /// From the `#` to the end of its line, without blanks there.
    pub text: String,
    /// Where its `#` stands.
    pub position: Position,
    /// In which byte of the document its `#` stands.
    pub offset: usize,
    /// Whether nothing but blanks stands before it on its line.
    pub alone: bool,
}
