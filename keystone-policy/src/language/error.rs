//! Syntax errors of rules.

use std::fmt;

/// A syntax error in a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseError {
    text: String,
    offset: usize,
    problem: String,
}

impl ParseError {
    pub(crate) fn new(text: &str, fault: Fault) -> Self {
        Self {
            text: text.to_owned(),
            offset: fault.offset,
            problem: fault.problem,
        }
    }

    /// The byte offset of the error in the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong there and what was expected.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text.get(..self.offset).unwrap_or(&self.text);
        let character = before.chars().count() + 1;
        write!(
            f,
            "`{}` is not a rule, at character {character}: {}",
            self.text, self.problem
        )
    }
}

impl std::error::Error for ParseError {}

/// What is wrong, and at which byte.
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) problem: String,
}
