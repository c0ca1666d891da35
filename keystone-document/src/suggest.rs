//! Suggestions for misspelt names.

/// The maximal number of names in a [hint].
const MOST: usize = 20;

/// The name in `known` that is most similar to `name`, if any is similar enough.
pub fn suggest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let (index, distance) = closest(known, name)?;
    is_similar(distance, name)
        .then(|| known.get(index).copied())
        .flatten()
}

/// The remedy for an unknown `name`: a similar one in `known`, or all of them.
pub fn remedy(name: &str, known: &[&str]) -> String {
    match suggest(name, known) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => format!("expected one of `{}`", known.join("`, `")),
    }
}

/// The end of a message about an unknown `name`: the [remedy], unless that is a long list.
pub fn hint(name: &str, known: &[&str]) -> String {
    match suggest(name, known) {
        None if known.is_empty() || known.len() > MOST => String::new(),
        _ => format!("; {}", remedy(name, known)),
    }
}

/// The end of a message about an unknown `name`: a similar one in `known`, or `otherwise`.
pub fn hint_or(name: &str, known: &[&str], otherwise: &str) -> String {
    match suggest(name, known) {
        Some(similar) => format!("; did you mean `{similar}`?"),
        None => format!("; {otherwise}"),
    }
}

/// Whether a name at this edit distance from `name` is similar.
pub const fn is_similar(distance: usize, name: &str) -> bool {
    let length = if name.len() < 3 { 3 } else { name.len() };
    distance <= length / 3
}

/// The index of the first name that is closest to `name`, and its edit distance.
pub const fn closest(names: &[&str], name: &str) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut index = 0;
    let mut rest = names;
    while let [first, tail @ ..] = rest {
        let limit = match best {
            Some((_, distance)) => distance,
            None => usize::MAX,
        };
        // The distance is at least the difference of the lengths.
        if first.len().abs_diff(name.len()) < limit {
            let distance = distance(first.as_bytes(), name.as_bytes());
            if distance < limit {
                best = Some((index, distance));
            }
        }
        index += 1;
        rest = tail;
    }
    best
}

/// The limit for the length of compared names.
const LONGEST: usize = 128;

/// The edit distance (insert, delete, replace, swap of neighbours) of two strings in bytes; for
/// strings that are too long 0 if they are equal, else almost the maximum.
#[expect(
    clippy::indexing_slicing,
    reason = "bounded by the check at the start, and evaluated at compile time too"
)]
const fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() >= LONGEST || b.len() >= LONGEST {
        return if equal(a, b) { 0 } else { usize::MAX - 1 };
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

    #[test]
    fn a_slip_of_the_pen_is_suggested() {
        let known = ["proxy:create", "proxy:update"];
        assert_eq!(suggest("proxy:craete", &known), Some("proxy:create"));
        assert_eq!(suggest("proxy:updat", &known), Some("proxy:update"));
        assert_eq!(suggest("volume:list", &known), None);
        assert_eq!(suggest("x", &[]), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        let distance = |a: &str, b: &str| distance(a.as_bytes(), b.as_bytes());
        assert_eq!(distance("user", "uesr"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("secret", "secret"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn very_long_names_are_compared_for_equality() {
        let long = "x".repeat(500);
        assert_eq!(suggest(&long, &["a", &long]), Some(long.as_str()));
        assert_eq!(suggest(&long, &[&"x".repeat(499)]), None);
    }

    #[test]
    fn a_long_list_is_not_told() {
        let many = vec!["secret"; MOST + 1];
        assert_eq!(hint("zzz", &many), "");
        assert_eq!(hint("zzz", &["a", "b"]), "; expected one of `a`, `b`");
        assert_eq!(hint("secert", &many), "; did you mean `secret`?");
    }

    #[test]
    fn it_works_in_constants() {
        const FOUND: Option<(usize, usize)> = closest(&["a:b", "proxy:create"], "proxy:craete");
        assert_eq!(FOUND, Some((1, 1)));
    }
}
