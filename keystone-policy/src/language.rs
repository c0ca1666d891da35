//! The language of rules: their syntax, and trees of checks.

pub(crate) mod error;
pub(crate) mod left_operand;
#[cfg(any(feature = "file", feature = "oslo"))]
pub(crate) mod lenient;
pub(crate) mod operands;
pub(crate) mod parse;
pub(crate) mod rule;
pub(crate) mod template;

pub use parse::{combine_lists, parse_check};
