//! Why a document cannot be read.

use std::fmt;
use std::sync::Arc;

use crate::position::Position;

/// What is wrong with a document, and where. Neither holds any of its values, but a name that is
/// given twice.
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
            "`{name}` was given already at {}, remove one of them",
            first.place(file)
        );
        let twice = Some((name.to_owned(), first));
        Self {
            twice,
            ..Self::new(file, position, problem)
        }
    }

    /// The file, as the reader was told to call it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where the mistake is.
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is wrong, without the place.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The name that is given twice, if that is what is wrong, and where it was given first.
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
