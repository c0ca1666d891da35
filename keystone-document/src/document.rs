//! Documents: the tree and the comments.

use crate::node::Node;
use crate::position::Position;

/// How deep a document may nest.
pub(crate) const MAX_DEPTH: usize = 64;

/// A document.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The tree; `None` for a document that is empty or has comments only.
    pub root: Option<Node>,
    /// The comments, in the order of the document.
    pub comments: Vec<Comment>,
}

/// A comment of a document.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Comment {
    /// From the `#` to the end of the line, without trailing spaces.
    pub text: String,
    /// The position of its `#`.
    pub position: Position,
    /// The byte offset of its `#` in the document.
    pub offset: usize,
    /// Whether it is alone on its line.
    pub alone: bool,
}
