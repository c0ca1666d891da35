//! What the parts of a matrix are called.

use keystone_policy::analysis::{MatrixColumn, Verdict};

/// What a verdict looks like in a table.
pub(super) const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "+",
        Verdict::Denied => "-",
        Verdict::Depends => "?",
        Verdict::WrongScope => ".",
        _ => "!",
    }
}

/// The name of the role of a column.
pub(super) fn role(column: &MatrixColumn) -> &str {
    column.role.as_deref().unwrap_or("(no role)")
}
