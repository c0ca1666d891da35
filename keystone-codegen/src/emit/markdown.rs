//! Text as lines of a documentation comment.
//!
//! rustdoc reads comments as Markdown, runs code blocks as tests, follows links and passes HTML on. Text
//! of documents is therefore none of it: besides words there is `code` in single backticks.

use crate::text::{short, visible};

const WIDTH: usize = 88;

/// A name as code, whatever is in it.
pub(crate) fn code(name: &str) -> String {
    let plain = short(name).replace('`', "\\u{60}");
    match plain.trim().is_empty() {
        // Nothing between two backticks would be two backticks, and spaces would be nothing.
        true => format!("`\"{plain}\"`"),
        false => format!("`{plain}`"),
    }
}

/// Text in lines that say the same in Markdown, one after the other in one paragraph; an empty line
/// separates paragraphs.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.split('\n').flat_map(wrap).collect()
}

/// The same on one line, however long.
pub(super) fn line(text: &str) -> String {
    let words: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
    without_block(words.join(" "), true)
}

struct Word {
    text: String,
    /// Whether it stands in code that began before it.
    in_code: bool,
}

fn wrap(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(paragraph) {
        let fits = |line: &str| line.len() + 1 + word.text.len() <= WIDTH;
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = without_block(word.text, true),
            Some(line) if fits(line) || word.in_code && !is_harmless(&word.text) => {
                line.push(' ');
                line.push_str(&word.text);
            }
            _ if word.in_code => lines.push(word.text),
            _ => lines.push(without_block(word.text, false)),
        }
    }
    lines
}

fn words(paragraph: &str) -> Vec<Word> {
    let has_code = paragraph.matches('`').count().is_multiple_of(2) && !paragraph.contains("``");
    let mut inside = false;
    let words = paragraph.split_whitespace();
    words
        .map(|word| Word {
            in_code: inside,
            text: escaped(&visible(word), has_code, &mut inside),
        })
        .collect()
}

/// The word without anything that means more than itself.
fn escaped(word: &str, has_code: bool, inside: &mut bool) -> String {
    let mut text = String::new();
    for one in word.chars() {
        match one {
            '`' if has_code => *inside = !*inside,
            '`' | '[' | ']' | '<' | '>' | '*' | '_' | '~' | '&' | '\\' if !*inside => {
                text.push('\\')
            }
            _ => {}
        }
        text.push(one);
    }
    text
}

/// At the start of a line, these begin a heading, a list, a table or a line across the page. Within a
/// paragraph, only the first item of a list does.
fn without_block(text: String, begins: bool) -> String {
    if text.starts_with(['#', '-', '+', '=', '|', ':']) {
        return format!("\\{text}");
    }
    match number(&text) {
        Some((digits, rest)) if begins || is_first(digits) => format!("{digits}\\{rest}"),
        _ => text,
    }
}

/// Whether a word in the middle of code can begin a line: there is no escape in code.
fn is_harmless(text: &str) -> bool {
    text.starts_with(|one: char| one.is_alphanumeric() || "/{\"".contains(one))
        && number(text).is_none_or(|(digits, _)| !is_first(digits))
}

/// The number of an item of a list, and what comes after it.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|one: char| !one.is_ascii_digit())?;
    let (digits, rest) = text.split_at(end);
    let item = rest.strip_prefix(['.', ')']).unwrap_or("x");
    let is_item = item.is_empty() || item.starts_with(' ');
    (!digits.is_empty() && is_item).then_some((digits, rest))
}

fn is_first(digits: &str) -> bool {
    digits.trim_start_matches('0') == "1"
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// The text of a comment as rustdoc reads it; anything that is no plain text or code is named.
    fn rendered(lines: &[String]) -> String {
        let mut shown = String::new();
        // As rustdoc has them.
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION;
        for event in Parser::new_ext(&lines.join("\n"), options) {
            match event {
                Event::Text(text) | Event::Code(text) => shown.push_str(&text),
                Event::SoftBreak => shown.push(' '),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                other => shown.push_str(&format!("<<{other:?}>>")),
            }
        }
        shown
    }

    const HOSTILE: &[&str] = &[
        "```\nfn main() { panic!() }\n```",
        "    let indented = include_str!(\"/etc/passwd\");",
        "~~~rust\ncode\n~~~",
        "# Panics",
        "- one\n- two",
        "1. one\n2) two",
        "+ a",
        "a\n===\nb\n---",
        "> quote",
        "| a | b |\n|---|---|\n| c | d |",
        "a | b\n:--|--:\nc | d",
        "[x](https://example.org) [`Vec`] [y]: z ![i](j) [^1]",
        "<script>alert(1)</script> <!-- x --> <https://x.org>",
        "&#x202e; &lt; &amp;",
        "*/ // /// //! /* **",
        "**a** _b_ ~~c~~ \\ \\` $x$ {% y %}",
        "`a",
        "``a ` [b] ``",
        "`a`` [x] ```b",
        "\\`a\\` [x]",
    ];

    #[test]
    fn text_is_neither_markup_nor_code_to_run() {
        for text in HOSTILE {
            for long in [
                "",
                "words that fill a line until the next one begins with what could be a block ",
            ] {
                let text = format!("{long}{text}");
                let seen = rendered(&lines(&text));
                assert!(!seen.contains("<<"), "{text:?} is {seen}");
            }
        }
    }

    #[test]
    fn names_are_code_to_the_letter() {
        for name in HOSTILE {
            for place in 0..120 {
                let text = format!("{} {} b", "x".repeat(place), code(name));
                let seen = rendered(&lines(&text));
                assert!(!seen.contains("<<"), "{text:?} is {seen}");
                let shown = code(name);
                let shown: Vec<&str> = shown.trim_matches('`').split_whitespace().collect();
                let expected = format!("{} {} b", "x".repeat(place), shown.join(" "));
                let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert_eq!(words(&seen), words(&expected));
            }
        }
        assert_eq!(code("a`b\nc"), r"`a\u{60}b\nc`");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code(" "), "`\" \"`");
    }

    #[test]
    fn ordinary_sentences_stay_as_they_are() {
        let codes = format!("{} 401 or 404.", "word ".repeat(16));
        for text in [
            "Lists users, by `GET /v3/users`.",
            "A user's name (of a domain); 3.14 is 50%.",
            codes.as_str(),
        ] {
            assert_eq!(
                lines(text).join(" "),
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            );

            assert_eq!(line(text), lines(text).join(" "));
        }
        let long = "word ".repeat(40);
        assert!(lines(&long).iter().all(|line| line.len() <= WIDTH));
    }
}
