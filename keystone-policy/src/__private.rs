//! Used by the code that the macros generate. Not part of the public API.

use keystone_document::suggest::{closest, is_similar};

use self::message::Message;

mod message;
mod operations;

pub use self::operations::{DeclaredPolicy, check_operations, reads_target};
pub use crate::decide::marks::{MOST_CHECKS, Marks, system_of};
pub use crate::decide::policy::{Declared, Seal};
pub use crate::language::left_operand::LeftOperand;
#[cfg(feature = "oslo")]
pub use crate::language::template::conversion::Conversion;
pub use crate::language::template::fault::TemplateFault;
pub use crate::language::template::{Part, Template};

/// The index of `name` in `names`. In a constant, an unknown name is a compile error that suggests
/// a similar one; `track_caller` places it at the name.
///
/// # Panics
/// When the name is unknown. The macros call this in constants only, where that is a compile error.
#[expect(
    clippy::panic,
    reason = "a panic in a constant is how a compile error is made"
)]
#[track_caller]
pub const fn index_of(names: &[&str], name: &str) -> usize {
    match closest(names, name) {
        Some((index, 0)) => return index,
        Some((index, distance)) if is_similar(distance, name) => {
            if let Some((similar, _)) = names.split_at(index).1.split_first() {
                Message::new()
                    .text("unknown policy: a policy with a similar name is declared: `")
                    .text(similar)
                    .text("`")
                    .panic();
            }
        }
        _ => {}
    }
    panic!("unknown policy: no policy with a similar name is declared in `policies!`");
}

/// The index of the name closest to `name`, used when the files of `policies!` have errors, so that
/// no others are reported.
pub const fn nearest(names: &[&str], name: &str) -> usize {
    match closest(names, name) {
        Some((index, _)) => index,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["proxy:index", "proxy:create", "volume:delete"];

    #[test]
    fn a_known_name_has_its_position() {
        const INDEX: usize = index_of(NAMES, "proxy:create");
        assert_eq!(INDEX, 1);
    }

    #[test]
    #[should_panic(expected = "a policy with a similar name is declared: `proxy:create`")]
    fn a_slip_of_the_pen_is_told_a_similar_name() {
        index_of(NAMES, "proxy:craete");
    }

    #[test]
    #[should_panic(expected = "no policy with a similar name")]
    fn a_far_name_is_told_so() {
        index_of(NAMES, "zzz");
    }

    #[test]
    fn very_long_names_are_compared_for_equality() {
        let long = "x".repeat(500);
        assert_eq!(index_of(&["a", &long], &long), 1);
    }
}
