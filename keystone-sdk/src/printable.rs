//! Makes text from a server safe to print: on one line, short, and without control sequences.
//!
//! Errors and logs of this crate do so. Programs that print names from a catalog or bodies of
//! responses should use these functions too.
//!
//! Invisible characters, and those that change the text around them, are written as escapes such as
//! `\u{1b}`: see [`is_unseen`].

use std::borrow::Cow;

pub use keystone_document::is_unseen;

/// The most bytes that [`line()`] returns.
pub const LONGEST: usize = 1 << 10;

/// The characters that [`line()`] looks at; none beyond can be shown.
const SEEN: usize = LONGEST + 1;

/// The text on one line of at most [`LONGEST`] bytes. A longer one is cut, and ends with `…` and its
/// length.
///
/// ```
/// use keystone_sdk::printable;
///
/// assert_eq!(printable::line("no user \u{1b}[2Jx\u{202e}"), r"no user \u{1b}[2Jx\u{202e}");
/// assert!(printable::line(&"x".repeat(5_000_000)).ends_with("x… (5000000 bytes)"));
/// ```
pub fn line(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let end = format!("… ({} bytes)", text.len());
    let mut shown = String::new();
    // Where to cut if the whole turns out too long.
    let mut cut = 0;
    for character in text.chars().take(SEEN) {
        push(&mut shown, character);
        if shown.len() + end.len() <= LONGEST {
            cut = shown.len();
        }
        if shown.len() > LONGEST {
            shown.truncate(cut);
            return Cow::Owned(shown + &end);
        }
    }
    Cow::Owned(shown)
}

/// The text on one line, however long.
pub fn whole(text: &str) -> Cow<'_, str> {
    escaped(text, is_unseen, push)
}

/// The text with its line breaks and tabs.
pub fn lines(text: &str) -> Cow<'_, str> {
    let is_layout = |one: char| matches!(one, '\n' | '\t');
    escaped(text, |one| is_unseen(one) && !is_layout(one), push)
}

/// A text of several lines, each as [`line()`] makes it.
///
/// ```
/// use keystone_sdk::printable;
///
/// assert_eq!(printable::short_lines("error: no\n  because: \u{7}"), "error: no\n  because: \\u{7}");
/// ```
pub fn short_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// A JSON document with the invisible characters of its strings as JSON escapes, so its meaning stays
/// the same. Line breaks between values stay.
pub fn json(document: &str) -> Cow<'_, str> {
    let is_bare = |one: char| one != '\n' && is_unseen(one);
    escaped(document, is_bare, |shown, one| {
        for unit in one.encode_utf16(&mut [0; 2]) {
            shown.push_str(&format!("\\u{unit:04x}"));
        }
    })
}

/// The text with some characters as `push` writes them.
fn escaped(
    text: &str,
    is_escaped: impl Fn(char) -> bool,
    push: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for one in text.chars() {
        if is_escaped(one) {
            push(&mut shown, one);
        } else {
            shown.push(one);
        }
    }
    Cow::Owned(shown)
}

/// As [`line()`], without a copy where nothing changes.
pub(crate) fn owned(text: String) -> String {
    match line(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    }
}

fn push(shown: &mut String, one: char) {
    if is_unseen(one) {
        shown.extend(match one {
            '\n' | '\r' | '\t' => one.escape_default().collect::<Vec<_>>(),
            _ => one.escape_unicode().collect(),
        });
    } else {
        shown.push(one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_is_not_seen_is_escaped() {
        for (text, shown) in [
            ("plain, é, 漢, 🔑", "plain, é, 漢, 🔑"),
            ("a\u{1b}]0;title\u{7}b", r"a\u{1b}]0;title\u{7}b"),
            ("a\r\nb\tc\u{0}", r"a\r\nb\tc\u{0}"),
            ("\u{9b}31m\u{7f}", r"\u{9b}31m\u{7f}"),
            (
                "\u{202e}\u{2066}\u{2069}\u{200f}",
                r"\u{202e}\u{2066}\u{2069}\u{200f}",
            ),
            ("a\u{200b}\u{200d}\u{feff}b", r"a\u{200b}\u{200d}\u{feff}b"),
            ("\u{2028}\u{2029}\u{85}", r"\u{2028}\u{2029}\u{85}"),
            ("\u{e0041}\u{ad}", r"\u{e0041}\u{ad}"),
        ] {
            assert_eq!(line(text), shown);
            assert_eq!(whole(text), shown);
        }
        assert_eq!(lines("a\tb\n\u{1b}[1m\r\n"), "a\tb\n\\u{1b}[1m\\r\n");
    }

    #[test]
    fn what_is_escaped_stays_as_it_is() {
        for one in '\0'..=char::MAX {
            let shown = whole(&one.to_string()).into_owned();
            assert_eq!(whole(&shown), shown);
            assert!(shown == one.to_string() || shown.is_ascii());
        }
    }

    #[test]
    fn a_line_is_never_longer_than_said() {
        for piece in ["x", "é", "🔑", "\u{1b}", "\u{e0041}", "x\u{202e}"] {
            for count in [
                0, 1, 100, 255, 256, 511, 512, 1022, 1023, 1024, 1025, 1_000_000,
            ] {
                let text = piece.repeat(count);
                let shown = line(&text);
                assert!(shown.len() <= LONGEST, "{piece:?} {count}: {}", shown.len());
                let is_whole = whole(&text).len() <= LONGEST;
                assert_eq!(is_whole, shown == whole(&text), "{piece:?} {count}");
                let says_so = shown.ends_with(&format!("… ({} bytes)", text.len()));
                assert_eq!(says_so, !is_whole, "{piece:?} {count}");
            }
        }
    }

    #[test]
    fn json_says_the_same_to_a_program() {
        let value = serde_json::json!({"a\u{202e}": ["\u{9b}31m", "\u{1b}", "\u{e0041}é\n"]});
        for document in [value.to_string(), format!("{value:#}")] {
            let shown = json(&document);
            assert!(
                !shown.contains(|one: char| one != '\n' && is_unseen(one)),
                "{shown}"
            );
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
                value
            );
        }
    }
}
