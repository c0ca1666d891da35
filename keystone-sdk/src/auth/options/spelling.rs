//! Which known name is meant by one that is not known.

/// The end of a message about an unknown `name`: the near one of `known`, or all of them.
pub(crate) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match near(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are `{}`", known.join("`, `")),
    }
}

/// The one of `known` that `name` may be a slip of the pen for.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().max(3) / 3;
    let closest = known.map(|one| (distance(name, one), one)).min();
    closest
        .filter(|(edits, _)| *edits <= limit)
        .map(|(_, near)| near)
}

/// Edits (insert, delete, replace) that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let mut last: Vec<usize> = (0..=b.chars().count()).collect();
    for (row, x) in a.chars().enumerate() {
        let mut left = row + 1;
        let mut current = vec![left];
        for (y, pair) in b.chars().zip(last.windows(2)) {
            let &[diagonal, above] = pair else { continue };
            left = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(left + 1);
            current.push(left);
        }
        last = current;
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_gets_the_near_name() {
        let known = ["v3password", "v3totp"];
        assert_eq!(
            hint("v3pasword", known.into_iter()),
            "did you mean `v3password`?"
        );
        assert_eq!(
            hint("kerberos", known.into_iter()),
            "known are `v3password`, `v3totp`"
        );
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("secret", "secret"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
