//! Lists that a service does not hand out whole.

use std::error::Error as StdError;
use std::fmt;

#[cfg(feature = "identity")]
use crate::printable;

/// A service does not hand out a whole list, or one item was looked for and several found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PagingError {
    kind: PagingErrorKind,
    message: String,
    place: String,
}

/// What is wrong with a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PagingErrorKind {
    /// One item was looked for and several were found.
    Ambiguous,
    /// The service left items out and offers no way to get them.
    Incomplete,
    /// The service sends the same page again.
    Loop,
}

impl PagingError {
    #[cfg(feature = "identity")]
    pub(crate) fn new(
        kind: PagingErrorKind,
        message: impl Into<String>,
        place: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            message: printable::owned(message.into()),
            place: printable::owned(place.into()),
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> PagingErrorKind {
        self.kind
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = match self.kind {
            PagingErrorKind::Ambiguous => "ask by id, or list with more filters",
            PagingErrorKind::Incomplete => {
                "list with more filters, or raise the service's `list_limit`"
            }
            PagingErrorKind::Loop => "the service ignores its own markers; list with more filters",
        };
        write!(f, "{} ({}); {remedy}", self.message, self.place)
    }
}

impl StdError for PagingError {}
