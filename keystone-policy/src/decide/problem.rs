//! Why a decision fails.

use std::fmt;

use crate::language::template::fault::TemplateFault;

/// Why a run failed, and at which step.
pub(crate) struct Abort {
    pub(crate) step: u32,
    pub(crate) problem: Box<Problem>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    Cycle,
    /// The path continues below a value of this type.
    Descent(&'static str),
    /// The message of a check of the service.
    Extension(String),
    LeftOperand(&'static str),
    /// Why a remote check must not be made.
    Remote(&'static str),
    Template(TemplateFault),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle => f.write_str("rules refer to one another in a cycle; change one of them"),
            Self::Descent(kind) => write!(
                f,
                "its left operand goes deeper than the credentials do, which hold {kind} there"
            ),
            Self::Extension(problem) => write!(f, "the check failed: {problem}"),
            Self::LeftOperand(problem) => write!(f, "its left operand cannot be read: {problem}"),
            Self::Remote(problem) => write!(f, "the server cannot be asked: {problem}"),
            Self::Template(fault) => write!(f, "its right operand cannot be formatted: {fault}"),
        }
    }
}
