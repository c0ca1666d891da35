//! What the code written by the macros calls. Not for use by hand: it may change in any release.

pub use crate::left::Left;
pub use crate::registry::{Declared, Seal};
pub use crate::straight::{MOST_CHECKS, Marks, system_of};
pub use crate::template::{Conversion, Part, Template, TemplateFault};

/// The position of `name` among `names`. In a constant, an unknown name is a compile error that
/// tells the near name. `track_caller` puts that error at the name, not in here.
///
/// # Panics
/// When the name is unknown. The macros call this in constants only, where that is a compile error.
#[expect(
    clippy::panic,
    reason = "a panic in a constant is how a compile error is made"
)]
#[track_caller]
pub const fn index_of(names: &[&str], name: &str) -> usize {
    let (index, distance, near) = closest(names, name);
    if distance == 0 {
        return index;
    }
    if distance <= name.len() / 3 {
        panic_near(near);
    }
    panic!("unknown policy: no policy with a similar name is declared in `policies!`");
}

/// The position of the name that is closest to `name`, for when the files of `policies!` are wrong
/// and that alone is to be told.
pub const fn nearest(names: &[&str], name: &str) -> usize {
    closest(names, name).0
}

/// The closest name: its position, how far it is from `name`, and itself.
const fn closest<'a>(names: &[&'a str], name: &str) -> (usize, usize, &'a str) {
    let mut best: (usize, usize, &str) = (0, usize::MAX, "");
    let mut index = 0;
    let mut rest = names;
    while let [first, tail @ ..] = rest {
        let distance = distance(first.as_bytes(), name.as_bytes());
        if distance < best.1 {
            best = (index, distance, first);
        }
        index += 1;
        rest = tail;
    }
    best
}

/// Panics with `message` alone: in a constant, a message may not be formatted.
#[expect(
    clippy::panic,
    reason = "a panic in a constant is how a compile error is made"
)]
#[track_caller]
const fn panic_near(name: &str) -> ! {
    const START: &[u8] = b"unknown policy: a policy with a similar name is declared: `";
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

/// Copies `text` into `buffer` from `at` on, as far as there is room, and says where it ends.
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

/// The longest name that distances are told of.
const LONGEST: usize = 128;

/// Edits (insert, delete, replace, swap of neighbours) between two texts, byte by byte; of texts
/// that are too long, 0 for equal ones and a large number for others.
#[expect(
    clippy::indexing_slicing,
    reason = "bounded by the check at the start, and evaluated at compile time"
)]
const fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() >= LONGEST || b.len() >= LONGEST {
        return if equal(a, b) { 0 } else { usize::MAX };
    }
    let mut before_last = [0; LONGEST];
    let mut last = [0; LONGEST];
    let mut current = [0; LONGEST];
    let mut column = 0;
    while column <= b.len() {
        last[column] = column;
        column += 1;
    }
    let mut row = 0;
    while row < a.len() {
        current[0] = row + 1;
        column = 0;
        while column < b.len() {
            let replaced = last[column] + if a[row] == b[column] { 0 } else { 1 };
            let mut best = smaller(replaced, smaller(last[column + 1] + 1, current[column] + 1));
            if row > 0 && column > 0 && a[row - 1] == b[column] && a[row] == b[column - 1] {
                best = smaller(best, before_last[column - 1] + 1);
            }
            current[column + 1] = best;
            column += 1;
        }
        before_last = last;
        last = current;
        row += 1;
    }
    last[b.len()]
}

const fn smaller(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let (mut a, mut b) = (a, b);
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.is_empty() && b.is_empty()
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
    fn a_slip_of_the_pen_is_told_the_near_name() {
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
