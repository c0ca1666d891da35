//! Left operands as oslo.policy reads them.
//!
//! oslo.policy hands one to Python's `ast.literal_eval`. Three things can come of that: a literal,
//! whose text is compared; an expression that is no literal, such as a name, which is then taken as
//! a path; or a syntax error, which aborts the decision. This module tells the three apart.

use crate::language::left_operand::LeftOperand;
use crate::oslo::left_operand::syntax::Syntax;

mod syntax;

/// Reads a left operand. What cannot be read matters only when an evaluation gets there.
pub(super) fn read(text: &str) -> LeftOperand {
    match syntax::read(text) {
        Ok(Syntax::Literal(text)) => LeftOperand::Literal(text.into()),
        Ok(Syntax::Expression) => LeftOperand::Path(text.split('.').map(Into::into).collect()),
        Err(problem) => LeftOperand::Unreadable(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_the_text_of_their_value() {
        let cases = [
            ("True", "True"),
            ("None", "None"),
            ("42", "42"),
            ("-1", "-1"),
            ("+1", "1"),
            ("0x10", "16"),
            ("0b101", "5"),
            ("0o17", "15"),
            ("1_000", "1000"),
            ("00", "0"),
            ("1.50", "1.5"),
            ("1e3", "1000.0"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("1_0.0_1", "10.01"),
            ("'x'", "x"),
            ("\"x\"", "x"),
            ("u'x'", "x"),
            ("r'a\\b'", "a\\b"),
            ("b'x'", "b'x'"),
            ("'a''b'", "ab"),
            ("'a\\'b'", "a'b"),
            ("'\\x41\\u00e9\\101\\n'", "AéA\n"),
            ("'a b'", "a b"),
            ("[]", "[]"),
            ("{}", "{}"),
            ("()", "()"),
            ("...", "Ellipsis"),
            (" 1", "1"),
            ("'a'#b", "a"),
            ("[1, 'a', (2,), None]", "[1, 'a', (2,), None]"),
            ("[ -1.50,b'\\xff' , ]", "[-1.5, b'\\xff']"),
            ("1,'it\\'s'", "(1, \"it's\")"),
            ("(1)", "1"),
            ("set()", "set()"),
            ("{'a',}", "{'a'}"),
            ("\n1\n", "1"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), LeftOperand::Literal(expected.into()), "{text}");
        }
    }

    #[test]
    fn what_is_no_literal_is_a_path() {
        let cases: [(&str, &[&str]); 29] = [
            ("user_id", &["user_id"]),
            ("token.project.id", &["token", "project", "id"]),
            ("true", &["true"]),
            ("none", &["none"]),
            ("foo-bar", &["foo-bar"]),
            ("foo/bar", &["foo/bar"]),
            ("a@b", &["a@b"]),
            ("x[0]", &["x[0]"]),
            ("f()", &["f()"]),
            ("f(1,x)", &["f(1,x)"]),
            ("a==b", &["a==b"]),
            ("a#b", &["a#b"]),
            ("match", &["match"]),
            ("type", &["type"]),
            ("-foo", &["-foo"]),
            ("1-2", &["1-2"]),
            ("--1", &["--1"]),
            ("None.a", &["None", "a"]),
            ("naïve", &["naïve"]),
            ("nai\u{308}ve", &["nai\u{308}ve"]),
            (" role", &[" role"]),
            ("f'x'", &["f'x'"]),
            ("[a]", &["[a]"]),
            ("set", &["set"]),
            ("not a", &["not a"]),
            ("a if b else c", &["a if b else c"]),
            ("a not in b", &["a not in b"]),
            ("a is not b", &["a is not b"]),
            ("a and b or c", &["a and b or c"]),
        ];
        for (text, path) in cases {
            let path = path.iter().map(|part| (*part).into()).collect();
            assert_eq!(read(text), LeftOperand::Path(path), "{text}");
        }
    }

    #[test]
    fn what_python_cannot_read_is_unreadable() {
        let cases = [
            "class",
            "from",
            "is",
            "in",
            "not",
            "a.is.b",
            "007",
            "3fa",
            "a.1",
            "a..b",
            ".a",
            "",
            "$x",
            "%(x)s",
            "a=b",
            "'a",
            "a'",
            "1__0",
            "0x",
            "1.a",
            "x[0",
            "f(",
            "a.None",
            "?",
            "a-",
            "1e",
            "'\\x4'",
            "[",
            "a b",
            "a²",
            "\u{308}a",
            "a.\u{308}",
            "1j",
            "{1,2}",
            "a if b",
            "a not b",
            "a not",
            "(1,)not",
            "'\0'",
            "a\0b",
            "[1",
            "1,,2",
            "\n a",
        ];
        for text in cases {
            assert!(
                matches!(read(text), LeftOperand::Unreadable(_)),
                "{text}: {:?}",
                read(text)
            );
        }
    }

    #[test]
    fn deep_brackets_do_not_overflow_the_stack() {
        let deep = "[".repeat(100_000);
        assert!(matches!(read(&deep), LeftOperand::Unreadable(_)));
        let negated = format!("{}x", "-".repeat(100_000));
        assert!(matches!(read(&negated), LeftOperand::Path(_)));
    }

    #[test]
    fn what_the_language_reads_means_the_same_to_python() {
        let parts = [
            "True", "None", "a", "_b", "class", "x1", "1", "007", "0", "12", "'", "\"", "'a'",
            "\"b c\"", "\\", ".", "..", " ", "-", "é", "$", "", "in", "e", "0x1", "1_0", "(", ",",
        ];
        let mut read_by_both = 0;
        for first in parts {
            for second in parts {
                for third in parts {
                    let text = format!("{first}{second}{third}");
                    let ours = LeftOperand::parse(&text);
                    if !matches!(ours, LeftOperand::Unreadable(_)) {
                        read_by_both += 1;
                        assert_eq!(ours, read(&text), "{text:?}");
                    }
                }
            }
        }
        assert!(read_by_both > 200, "{read_by_both}");
    }
}
