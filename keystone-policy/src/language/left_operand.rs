//! The left operand of a generic check: a literal, or a dotted path into the credentials.
//!
//! oslo.policy evaluates it as a Python literal, and so accepts more: escapes, sums, calls,
//! brackets. No known policy file uses any of that, and it looks like a typo, so it is refused.

/// A left operand.
#[expect(
    clippy::exhaustive_enums,
    reason = "for the macros of this workspace only"
)]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LeftOperand {
    /// The text of a literal.
    Literal(Box<str>),
    /// The parts of a dotted path.
    Path(Box<[Box<str>]>),
    /// Neither. The message says what is wrong and what to write.
    Unreadable(&'static str),
}

/// Python's keywords. oslo.policy raises an exception where one is used as a name.
pub(crate) const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

const NEITHER: &str = "write the name of a credential such as `user_id`, with dots for what is nested \
     in it, or a literal: `'text'`, a whole number, `True`, `False` or `None`";
const RESERVED: &str = "it contains a reserved word of Python, so no credential can have this name";
const ESCAPED: &str = "a quoted string must not contain a backslash or another quote";

impl LeftOperand {
    /// Parses a left operand. An invalid one makes decisions that evaluate it fail; an enforcer
    /// refuses to load it.
    pub fn parse(text: &str) -> Self {
        match text {
            "False" | "None" | "True" => return Self::Literal(text.into()),
            _ => {}
        }
        match text.chars().next() {
            Some(quote @ ('\'' | '"')) => quoted(text, quote),
            Some(c) if c.is_ascii_digit() => number(text),
            _ => path(text),
        }
    }
}

fn quoted(text: &str, quote: char) -> LeftOperand {
    let inner = text
        .strip_prefix(quote)
        .and_then(|text| text.strip_suffix(quote));
    match inner {
        Some(inner) if inner.contains(['\\', '\n', '\r', '\0', quote]) => {
            LeftOperand::Unreadable(ESCAPED)
        }
        Some(inner) => LeftOperand::Literal(inner.into()),
        None => LeftOperand::Unreadable("its closing quote is missing"),
    }
}

fn number(text: &str) -> LeftOperand {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    // Python accepts no number with a leading zero, except zero itself.
    if digits && (text == "0" || !text.starts_with('0')) {
        LeftOperand::Literal(text.into())
    } else {
        LeftOperand::Unreadable(NEITHER)
    }
}

fn path(text: &str) -> LeftOperand {
    for part in text.split('.') {
        if KEYWORDS.contains(&part) || ["False", "None", "True"].contains(&part) {
            return LeftOperand::Unreadable(RESERVED);
        }
        let mut chars = part.chars();
        let first = chars.next().is_some_and(|c| c == '_' || c.is_alphabetic());
        if !first || !chars.all(|c| c == '_' || c.is_alphabetic() || c.is_ascii_digit()) {
            return LeftOperand::Unreadable(NEITHER);
        }
    }
    LeftOperand::Path(text.split('.').map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_the_text_of_their_value() {
        for (text, expected) in [
            ("True", "True"),
            ("False", "False"),
            ("None", "None"),
            ("42", "42"),
            ("0", "0"),
            ("'public'", "public"),
            ("\"a-b.v1\"", "a-b.v1"),
            ("'it is \"so\"'", "it is \"so\""),
            ("''", ""),
        ] {
            assert_eq!(
                LeftOperand::parse(text),
                LeftOperand::Literal(expected.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn names_with_dots_are_paths() {
        for (text, parts) in [
            ("user_id", &["user_id"][..]),
            ("token.project.id", &["token", "project", "id"]),
            ("_x1.true", &["_x1", "true"]),
            ("match", &["match"]),
        ] {
            let path = parts.iter().map(|part| (*part).into()).collect();
            assert_eq!(LeftOperand::parse(text), LeftOperand::Path(path), "{text}");
        }
    }

    #[test]
    fn what_only_python_can_evaluate_is_refused_with_what_to_write() {
        for text in [
            "0x10", "1_000", "007", "1.5", "-1", "1+1", "'a''b'", "'a\\'b'", "u'x'", "b'x'", "[]",
            "(1,)", "{}", "...", " 1", "foo-bar", "x[0]", "f()", "a==b", "a#b", " role", "not a",
            "a b", "", ".a", "a..b", "a.1", "'a", "'", "a'", "$x", "%(x)s", "?", "\u{308}a",
        ] {
            let LeftOperand::Unreadable(problem) = LeftOperand::parse(text) else {
                panic!("{text:?} is read");
            };
            assert!(!problem.is_empty(), "{text:?}");
        }
        for text in ["class", "in", "a.is.b", "a.None", "True.a"] {
            assert_eq!(
                LeftOperand::parse(text),
                LeftOperand::Unreadable(RESERVED),
                "{text}"
            );
        }
    }
}
