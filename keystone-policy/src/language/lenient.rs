//! Parses malformed rules as oslo.policy does: to explain what a wrong file means, and for
//! comparisons.

use crate::language::parse::{TOO_DEEP, chunks, parse, strict_check};
use crate::language::rule::Rule;

/// The maximal depth here: oslo.policy parses rules that are too deep for it to evaluate.
const MAX_DEPTH_LENIENT: usize = 1_200;

/// How many `not`s in a row oslo.policy can parse.
const MAX_NOTS_LENIENT: usize = 990;

/// How oslo.policy fails on a rule that is nested too deeply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TooDeep {
    /// It can parse the rule, but not evaluate it.
    ToFollow,
    /// It cannot parse the rule.
    ToRead,
}

/// Parses a rule as oslo.policy does, if it is not too deep.
pub(crate) fn parse_leniently(text: &str) -> Result<Rule, TooDeep> {
    if most_nots(text) > MAX_NOTS_LENIENT {
        return Err(TooDeep::ToRead);
    }
    let lenient = |word: &str, offset| Ok(strict_check(word, offset).unwrap_or(Rule::False));
    parse(text, &lenient, MAX_DEPTH_LENIENT).or_else(|fault| match fault.problem == TOO_DEEP {
        true => Err(TooDeep::ToFollow),
        false => Ok(Rule::False),
    })
}

/// The longest run of `not`s.
fn most_nots(text: &str) -> usize {
    let (mut most, mut row) = (0, 0);
    for (_, word) in chunks(text) {
        row = if word.eq_ignore_ascii_case("not") {
            row + 1
        } else {
            0
        };
        most = most.max(row);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenient_reading_never_fails() {
        let cases = [
            (" ", "!"),
            ("role:a or", "!"),
            ("admin", "!"),
            ("not admin", "not !"),
            ("admin or @", "(! or @)"),
            ("'@'", "!"),
            ("not(role:a)", "!"),
            ("('a:b')", "'a:b'"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                parse_leniently(text).unwrap_or(Rule::False).to_string(),
                expected,
                "{text:?}"
            );
        }
    }
}
