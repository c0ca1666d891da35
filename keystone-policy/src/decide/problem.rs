//! Why a decision breaks off.

use std::fmt;

use crate::language::template::fault::TemplateFault;

/// Why a run broke off, and at which step.
pub(crate) struct Abort {
    pub(crate) step: u32,
    pub(crate) problem: Box<Problem>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    Cycle,
    /// A path goes on where the credentials hold a value of this kind.
    Descent(&'static str),
    /// What an extension says about its failure.
    Extension(String),
    LeftOperand(&'static str),
    /// Why another server must not be asked.
    Remote(&'static str),
    Template(TemplateFault),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle => {
                f.write_str("rules refer to one another in a circle, break it at one of them")
            }
            Self::Descent(kind) => write!(
                f,
                "its left operand goes deeper than the credentials do, which hold {kind} there"
            ),
            Self::Extension(problem) => write!(f, "it cannot be answered: {problem}"),
            Self::LeftOperand(problem) => write!(f, "its left operand cannot be read: {problem}"),
            Self::Remote(problem) => write!(f, "the server cannot be asked: {problem}"),
            Self::Template(fault) => write!(f, "its right operand cannot be formatted: {fault}"),
        }
    }
}
