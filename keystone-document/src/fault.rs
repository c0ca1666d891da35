//! Errors of reading documents.

use std::fmt;
use std::sync::Arc;

use crate::position::Position;

/// An error in a document and its position. The message contains no values of the document, except
/// a duplicate name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    file: Arc<str>,
    position: Position,
    problem: String,
    twice: Option<(String, Position)>,
}

impl Fault {
    pub(crate) fn new(file: &Arc<str>, position: Position, problem: impl Into<String>) -> Self {
        Self {
            file: Arc::clone(file),
            position,
            problem: problem.into(),
            twice: None,
        }
    }

    pub(crate) fn twice(file: &Arc<str>, position: Position, name: &str, first: Position) -> Self {
        let problem = format!(
            "`{name}` is already defined at {}, remove one of them",
            first.place(file)
        );
        let twice = Some((name.to_owned(), first));
        Self {
            twice,
            ..Self::new(file, position, problem)
        }
    }

    /// The name of the file, as passed to the reader.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The position of the error.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The message, without the position.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The duplicate name, if that is the error, and the position of its first occurrence.
    pub fn repeated(&self) -> Option<(&str, Position)> {
        let (name, first) = self.twice.as_ref()?;
        Some((name, *first))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.position, self.problem)
    }
}

impl std::error::Error for Fault {}
