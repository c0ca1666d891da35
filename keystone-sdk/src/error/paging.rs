//! Lists that a service does not return whole.

use std::error::Error as StdError;
use std::fmt;

#[cfg(feature = "client")]
use crate::printable;

/// A service does not return a whole list, or several items match where one was expected.
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
    /// Several items match where one was expected.
    Ambiguous,
    /// The service left items out, and there is no way to get them.
    Incomplete,
    /// The service returns the same page again.
    Loop,
}

impl PagingError {
    #[cfg(feature = "client")]
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
            PagingErrorKind::Ambiguous => "get it by id, or list with more filters",
            PagingErrorKind::Incomplete => {
                "list with more filters, or raise the service's `list_limit`"
            }
            PagingErrorKind::Loop => "the service ignores its own markers; list with more filters",
        };
        write!(f, "{} ({}); {remedy}", self.message, self.place)
    }
}

impl StdError for PagingError {}
