//! Used by the code that the macros generate. Not part of the public API.

use keystone_document::suggest::{closest, is_similar};

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
                panic_similar(similar);
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

/// Panics with `message` alone: in a constant, a message may not be formatted.
#[expect(
    clippy::panic,
    reason = "a panic in a constant is how a compile error is made"
)]
#[track_caller]
const fn panic_similar(name: &str) -> ! {
    const START: &[u8] = b"unknown policy: a policy with a similar name is declared: `";
    // A constant has no heap, so the message is built in an array.
    let mut message = [0; 256];
    let mut length = append(&mut message, 0, START);
    length = append(&mut message, length, name.as_bytes());
    length = append(&mut message, length, b"`");
    let (written, _) = message.split_at(length);
    match std::str::from_utf8(written) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("unknown policy"),
    }
}

/// Copies `text` into `buffer` from `at` on, as far as there is room, and returns where it ends.
const fn append(buffer: &mut [u8; 256], at: usize, text: &[u8]) -> usize {
    let mut end = at;
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        let Some((_, free)) = buffer.split_at_mut_checked(end) else {
            return end;
        };
        let Some(place) = free.first_mut() else {
            return end;
        };
        *place = *byte;
        end += 1;
        rest = tail;
    }
    end
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
