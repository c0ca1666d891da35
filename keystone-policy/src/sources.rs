//! Sources of rules and credentials: defaults, files of operators and JSON documents.

pub(crate) mod enforcer;
pub(crate) mod error;
#[cfg(feature = "file")]
pub mod file;
#[cfg(feature = "json")]
pub(crate) mod json;
pub(crate) mod lint;
pub(crate) mod merge;

pub use enforcer::{Change, Look};
pub use error::{
    CycleError, DuplicateError, FileError, RuleError, ShapeError, UndefinedError, UnsettledError,
};
pub use lint::{NamedRule, closure, lint, suggest_left_operand, unknown_checks};
pub use merge::{Registered, RulesBuilder};
