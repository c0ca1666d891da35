//! Why the right operand of a check cannot be formatted.

use std::fmt;

/// Why a template cannot be formatted.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TemplateFault {
    /// A conversion without a value, such as the second of `%s%s`.
    Arguments,
    /// A letter that is no conversion.
    Conversion,
    /// A percent sign that is not doubled and begins no `%(name)s`.
    LonePercent,
    /// A number that is none.
    Nan,
    /// A number too large for its conversion.
    Range,
    /// A width or precision too large.
    Size,
    /// A value of another type than the conversion takes.
    Type,
    /// The text ends within `%(name)s`.
    Unfinished,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arguments => "`%` without `(name)` has no value here, write `%(name)s`",
            Self::Conversion => "this is no conversion that Python knows, write `%(name)s`",
            Self::LonePercent => "a percent sign must be doubled, or begin `%(name)s`",
            Self::Nan => "the value is not a number",
            Self::Range => "the value is too large for this conversion",
            Self::Size => "the width or the precision is too large",
            Self::Type => "the value has a type that this conversion does not take",
            Self::Unfinished => "`%(name)s` is not finished",
        })
    }
}
