//! Names that were probably meant.

/// The one of `known` that is most likely meant by `name`, if any is close enough.
///
/// ```
/// assert_eq!(keystone_policy::near("proxy:craete", &["proxy:create", "proxy:view"]), Some("proxy:create"));
/// ```
pub fn near<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let closest = known.iter().map(|one| (distance(name, one), *one)).min()?;
    let limit = name.chars().count().max(3) / 3;
    (closest.0 <= limit).then_some(closest.1)
}

/// The end of a message about an unknown `name`: the near one among `known`, or all if they are few.
pub(crate) fn hint(name: &str, known: &[&str]) -> String {
    match near(name, known) {
        Some(near) => format!(", did you mean `{near}`?"),
        None if known.is_empty() || known.len() > 10 => {
            ", define it or correct the name".to_owned()
        }
        None => format!(", expected one of `{}`", known.join("`, `")),
    }
}

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (row, x) in a.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, y) in b.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(x != *y))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            let left = column.checked_sub(1);
            if previous == Some(*y) && left.is_some_and(|left| b.get(left) == Some(&x)) {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        previous = Some(x);
        before_last = last;
        last = current;
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_near() {
        let known = ["proxy:create", "proxy:update"];
        assert_eq!(near("proxy:craete", &known), Some("proxy:create"));
        assert_eq!(near("proxy:updat", &known), Some("proxy:update"));
        assert_eq!(near("volume:list", &known), None);
        assert_eq!(near("x", &[]), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance("user", "uesr"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("secret", "secret"), 0);
    }

    #[test]
    fn a_hint_names_the_near_one_or_all() {
        assert_eq!(
            hint("secert", &["secret", "user"]),
            ", did you mean `secret`?"
        );
        assert_eq!(
            hint("zzz", &["secret", "user"]),
            ", expected one of `secret`, `user`"
        );
        assert_eq!(hint("zzz", &[]), ", define it or correct the name");
    }
}
