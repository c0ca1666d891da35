//! Descriptions as documentation comments: the first sentences, as plain text.

/// How much of a description is taken over.
const LONGEST: usize = 300;

/// The first paragraph of a description, in one line: words, and code in single backticks. What else it
/// would be in Markdown is the emitters' to escape.
pub(super) fn sentence(text: &str) -> String {
    let paragraph: Vec<&str> = text
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || line.starts_with(['#', '=', '-']))
        .take_while(|line| !line.is_empty() && !is_fence(line))
        .collect();
    let words: Vec<&str> = paragraph
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    let text = shorten(&words.join(" "));
    let mut single = text.clone();
    while single.contains("``") {
        single = single.replace("``", "`");
    }
    // Without its other end, a backtick is none.
    if !single.matches('`').count().is_multiple_of(2) {
        return with_addresses(&text.replace('`', ""));
    }
    let parts = single.split('`').enumerate();
    let parts: Vec<String> = parts
        .map(|(index, part)| match index % 2 {
            0 => with_addresses(part),
            _ => format!("`{part}`"),
        })
        .collect();
    parts.concat()
}

fn is_fence(line: &str) -> bool {
    line.starts_with("```") || line.starts_with("~~~")
}

/// A bare address is text, so it stands as code.
fn with_addresses(text: &str) -> String {
    let words: Vec<String> = text.split(' ').map(address).collect();
    words.join(" ")
}

fn address(word: &str) -> String {
    let is_address = ["http://", "https://"]
        .iter()
        .any(|start| word.contains(start));
    if !is_address {
        return word.to_owned();
    }
    let word = word.replace(['\\', '[', ']', '(', ')', '<', '>', '"', '\''], " ");
    let parts: Vec<String> = word
        .split_whitespace()
        .map(|part| match part.find("http") {
            Some(_) => format!("`{part}`"),
            None => part.to_owned(),
        })
        .collect();
    parts.join(" ")
}

/// Whole sentences, or words if the first is too long.
fn shorten(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let mut end = LONGEST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    if let Some((sentences, _)) = head.rsplit_once(". ") {
        return format!("{sentences}.");
    }
    let words = head.rsplit_once(' ').map_or(head, |(words, _)| words);
    format!("{words} ..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_words_and_code() {
        for (text, plain) in [
            ("A pet.\n\nMore of it.", "A pet."),
            (
                "# Title\nSee [the docs](https://x.org/a)",
                "See [the docs `https://x.org/a`",
            ),
            ("Takes `a[0]` or a[0]", "Takes `a[0]` or a[0]"),
            ("An <id> of `x", "An <id> of x"),
            ("A ``x`` or `y`", "A `x` or `y`"),
            ("`x`, `y`", "`x`, `y`"),
            ("`x` of `y", "x of y"),
            (
                "`see http://x [y]` http://z",
                "`see http://x [y]` `http://z`",
            ),
            ("```\ncode\n```", ""),
            ("~~~\ncode\n~~~", ""),
        ] {
            assert_eq!(sentence(text), plain);
        }
    }

    #[test]
    fn long_descriptions_end_with_a_sentence_or_a_word() {
        let long = format!("{} end. {}", "word ".repeat(50), "more ".repeat(50));
        assert!(sentence(&long).ends_with("end."));
        assert!(sentence(&"word ".repeat(100)).ends_with("word .."));
        assert!(sentence(&"ß".repeat(1000)).len() <= LONGEST + 5);
    }
}
