//! Positions in documents.

use std::fmt;

/// A position: line and column, counted from 1, columns in characters.
#[expect(clippy::exhaustive_structs, reason = "a position is nothing more")]
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// `file:line:column`.
    pub fn place(self, file: &str) -> String {
        format!("{file}:{self}")
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The position of the byte at `offset`.
pub(crate) fn position_of(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    Position {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: line.chars().count() + 1,
    }
}
