//! Descriptions as documentation comments: the first sentences, as plain text.

/// How much of a description is taken over.
const LONGEST: usize = 300;

/// The first paragraph of a description, in one line, so that nothing in it is taken for a link, for
/// markup or for code.
pub(super) fn sentence(text: &str) -> String {
    let paragraph: Vec<&str> = text
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || line.starts_with(['#', '=', '-']))
        .take_while(|line| !line.is_empty() && !line.starts_with("```"))
        .collect();
    let words: Vec<&str> = paragraph
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    let text = shorten(&words.join(" "));
    let odd = text.matches('`').count() % 2 == 1;
    let mut plain = String::new();
    let mut code = false;
    for letter in text.chars() {
        match letter {
            '`' if odd => continue,
            '`' => code = !code,
            '[' | ']' | '<' | '>' | '*' | '_' | '\\' if !code => plain.push('\\'),
            letter if letter.is_control() => continue,
            _ => {}
        }
        plain.push(letter);
    }
    // A bare address is text, so it stands as code.
    let words: Vec<String> = plain.split(' ').map(address).collect();
    words.join(" ")
}

fn address(word: &str) -> String {
    let is_address = ["http://", "https://"]
        .iter()
        .any(|start| word.contains(start));
    if !is_address || word.contains('`') {
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
    fn nothing_in_a_description_is_markup() {
        for (text, plain) in [
            ("A pet.\n\nMore of it.", "A pet."),
            (
                "# Title\nSee [the docs](https://x.org/a)",
                r"See \[the `https://x.org/a`",
            ),
            ("Takes `a[0]` or a[0]", r"Takes `a[0]` or a\[0\]"),
            ("An <id> of `x", r"An \<id\> of x"),
            ("```\ncode\n```", ""),
        ] {
            let found = sentence(text);
            assert!(
                found.starts_with(plain.split(' ').next().unwrap()),
                "{found}"
            );
            if !text.contains("https") {
                assert_eq!(found, plain);
            }
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
