//! How the operands of checks are parsed.

use crate::language::left_operand::LeftOperand;
use crate::language::template::Template;

/// The parsers of both operands. The default ones are those of the language. Those of oslo.policy
/// are used by the module `oslo` only, so that turning on that feature changes no decision.
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
