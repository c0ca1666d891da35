//! What can go wrong, and whether anything was changed by then.

use std::fmt;

use keystone_sdk::Error as SdkError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is wrong; nothing was sent.
    #[error(transparent)]
    File(#[from] FileError),
    /// Keystone refused something, or could not be asked.
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
    /// Something that the file takes for granted is not there.
    #[error(
        "{what} ({place}) is to exist already, and does not; create it, or take `state: existing` away"
    )]
    Missing {
        /// What it is, such as `role admin`.
        what: String,
        /// Where the file declares it.
        place: String,
    },
    /// Progress could not be noted down.
    #[error("the progress could not be noted down; what was done by then stays done")]
    Observer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A password cannot be had; nothing was changed.
    #[error("the password of {what} ({place}) cannot be had: {message}")]
    Secret {
        /// Whose it is, such as `user lab/alice`.
        what: String,
        /// Where the file declares it.
        place: String,
        /// Why.
        message: String,
    },
    /// Somebody asked to stop: what was on its way is done, nothing else was begun.
    #[error("stopped after {done} of {all} changes; apply the same file again to go on")]
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
