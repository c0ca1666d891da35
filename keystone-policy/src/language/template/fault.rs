//! Errors in right operands of checks.

use std::fmt;

/// Why a template is invalid.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TemplateFault {
    /// Something other than `s` after `%(name)`.
    Conversion,
    /// A percent sign that is not doubled and does not begin `%(name)s`.
    LonePercent,
    /// An error of a conversion that only Python has.
    #[cfg(feature = "oslo")]
    Python(&'static str),
    /// The text ends within `%(name)s`.
    Unfinished,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conversion => "only the conversion `s` can follow a name, write `%(name)s`",
            Self::LonePercent => "a percent sign must be doubled, or begin `%(name)s`",
            #[cfg(feature = "oslo")]
            Self::Python(problem) => problem,
            Self::Unfinished => "`%(name)s` is not finished",
        })
    }
}
