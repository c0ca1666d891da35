//! How the operands of checks are read.

use crate::language::left_operand::LeftOperand;
use crate::language::template::Template;

/// The readers of both operands. Those of the language are the default, and all that services and
/// tools decide by; oslo.policy's are handed down by the comparison with it, so that turning on that
/// feature changes no decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operands {
    pub(crate) left: fn(&str) -> LeftOperand,
    pub(crate) right: fn(&str) -> Template,
}

impl Default for Operands {
    fn default() -> Self {
        Self {
            left: LeftOperand::parse,
            right: Template::parse,
        }
    }
}
