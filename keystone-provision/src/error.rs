//! Errors, and whether anything was changed before them.

use std::fmt;

use keystone_sdk::Error as SdkError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is wrong; nothing was sent.
    #[error(transparent)]
    File(#[from] FileError),
    /// Keystone refused a request, or could not be reached.
    #[error("{what} ({place}) {verb}")]
    Identity {
        /// What it was about, such as `project lab/web`.
        what: String,
        /// Where the file declares it.
        place: String,
        /// What could not be done with it.
        verb: &'static str,
        /// Why.
        source: Box<SdkError>,
    },
    /// A resource with `state: existing` does not exist.
    #[error(
        "{what} ({place}) has `state: existing` but does not exist; create it, or remove `state: existing`"
    )]
    Missing {
        /// What it is, such as `role admin`.
        what: String,
        /// Where the file declares it.
        place: String,
    },
    /// Progress could not be recorded.
    #[error("the progress could not be recorded; changes that were made by then remain")]
    Observer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A password is not available; nothing was changed.
    #[error("no password for {what} ({place}): {message}")]
    Secret {
        /// Whose it is, such as `user lab/alice`.
        what: String,
        /// Where the file declares it.
        place: String,
        /// Why.
        message: String,
    },
    /// The run was asked to stop: requests in flight are finished, no others were started.
    #[error("stopped after {done} of {all} changes; apply the same file again to continue")]
    Stopped {
        /// How many changes are done.
        done: usize,
        /// How many there are in all.
        all: usize,
    },
}

/// All that is wrong with a file.
#[derive(Clone, Debug)]
pub struct FileError {
    problems: Vec<Problem>,
}

/// A place where a file is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// File, line and column.
    pub place: String,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl FileError {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// Every place where it is wrong.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { place, message }) in self.problems.iter().enumerate() {
            let between = if index == 0 { "" } else { "\n" };
            write!(f, "{between}{place}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FileError {}
