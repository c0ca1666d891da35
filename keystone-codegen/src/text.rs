//! Escapes text of documents for code, tables and messages. Documents are not trusted: their text must not end a
//! line, a comment or a table cell, nor change the direction of the text.

use std::borrow::Cow;

use keystone_document::is_unseen;

/// How many bytes of a text a message or a comment shows.
const LONGEST: usize = 1 << 10;

/// The text on one line: control and invisible characters are escapes such as `\n` and `\u{202e}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::new(), |mut shown, one| {
        push(&mut shown, one);
        shown
    }))
}

/// As [`visible`], cut after [`LONGEST`] bytes.
pub(crate) fn short(text: &str) -> String {
    let mut shown = String::new();
    for one in text.chars() {
        if shown.len() >= LONGEST {
            return format!("{shown}… ({} bytes)", text.len());
        }
        push(&mut shown, one);
    }
    shown
}

/// Source code with escapes for such characters, which occur in string literals only.
pub(crate) fn source(code: String) -> String {
    let is_layout = |one: char| one == '\n';
    if !code.contains(|one| is_unseen(one) && !is_layout(one)) {
        return code;
    }
    let mut shown = String::with_capacity(code.len());
    for one in code.chars() {
        if is_layout(one) {
            shown.push(one);
        } else {
            push(&mut shown, one);
        }
    }
    shown
}

fn push(shown: &mut String, one: char) {
    match one {
        '\n' | '\r' | '\t' => shown.extend(one.escape_default()),
        one if is_unseen(one) => shown.extend(one.escape_unicode()),
        one => shown.push(one),
    }
}

/// What is wrong with the name of a policy, if anything: tables separate policies by commas, and have
/// `-` for none.
pub(crate) fn problem_of_policy(name: &str) -> Option<String> {
    let fits = |one: char| !is_unseen(one) && !one.is_whitespace() && one != ',';
    (name.is_empty() || name == "-" || !name.chars().all(fits)).then(|| {
        format!(
            "`{}` is not the name of a policy; use one such as `identity:get_user`",
            short(name)
        )
    })
}

/// What is wrong with the name of an action, if anything: it is also the name of an argument.
pub(crate) fn problem_of_action(name: &str) -> Option<String> {
    let fits = |one: char| one.is_ascii_alphanumeric() || "-_.:".contains(one);
    let begins = name.starts_with(|one: char| one.is_ascii_alphabetic());
    (!begins || !name.chars().all(fits)).then(|| {
        format!(
            "`{}` is not the name of an action; use one such as `os-resetState`",
            short(name)
        )
    })
}

/// What is wrong with a path, if anything.
pub(crate) fn problem_of_path(path: &str) -> Option<String> {
    let unseen = path.chars().find(|one| is_unseen(*one))?;
    Some(format!(
        "`{}` contains the character `{}`, which is not allowed in a path; percent-encode it, or remove it",
        short(path),
        unseen.escape_unicode()
    ))
}

/// What is wrong with the type of a service, if anything: it is looked up in the catalog, and is part of file names.
pub(crate) fn problem_of_service_type(name: &str) -> Option<String> {
    let fits = |one: char| one.is_ascii_alphanumeric() || "-_.:".contains(one);
    let begins = name.starts_with(|one: char| one.is_ascii_alphanumeric());
    (!begins || !name.chars().all(fits)).then(|| {
        format!(
            "`{}` is not a service type; use one such as `block-storage`",
            short(name)
        )
    })
}

/// What is wrong with the version that paths begin with, if anything.
pub(crate) fn problem_of_version(version: &str) -> Option<String> {
    let fits = |one: char| one.is_ascii_alphanumeric() || "-_.~/".contains(one);
    let segments = |version: &str| {
        version
            .split('/')
            .all(|one| !matches!(one, "" | "." | ".."))
    };
    let fine = version.is_empty() || version.chars().all(fits) && segments(version);
    (!fine).then(|| {
        format!(
            "`{}` is not a version for paths; use one such as `v3`",
            short(version)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_an_escape_everywhere() {
        let text = "a\nb\r\t\u{0}\u{1b}\u{7f}\u{85}\u{ad}\u{200b}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{e0041}é漢🔑e\u{301}";
        let shown = "a\\nb\\r\\t\\u{0}\\u{1b}\\u{7f}\\u{85}\\u{ad}\\u{200b}\\u{2028}\\u{2029}\\u{202e}\\u{2066}\\u{feff}\\u{e0041}é漢🔑e\u{301}";
        assert_eq!(visible(text), shown);
        assert_eq!(short(text), shown);
        let literal: syn::LitStr = syn::parse_str(&source(format!("\"{}\"", &text[4..]))).unwrap();
        assert_eq!(literal.value(), text[4..]);
    }

    #[test]
    fn long_texts_are_cut() {
        for piece in ["x", "é", "\u{1b}"] {
            let text = piece.repeat(100_000);
            assert!(short(&text).len() < LONGEST + 50);
            assert!(short(&text).ends_with(&format!("… ({} bytes)", text.len())));
        }
    }

    #[test]
    fn names_that_would_be_read_as_something_else_are_refused() {
        for name in ["", "-", "a b", "a,b", "a\nb", "a\u{202e}", "a\u{a0}b"] {
            assert!(problem_of_policy(name).is_some(), "{name:?}");
        }
        for name in ["", "../x", "a/b", ".x", "-x", "a\nb", "a b", "é"] {
            assert!(problem_of_service_type(name).is_some(), "{name:?}");
        }
        for version in ["../x", "/v3", "v3/", "v 3", "v3\n", "v{x}"] {
            assert!(problem_of_version(version).is_some(), "{version:?}");
        }
        for path in ["/a\nb", "/a\u{200b}", "/\u{85}", "/\u{e0041}"] {
            assert!(problem_of_path(path).is_some(), "{path:?}");
        }
        for name in ["", "2fa", "-x", "a b", "a\nb", "é", "a\u{202e}"] {
            assert!(problem_of_action(name).is_some(), "{name:?}");
        }
        assert_eq!(problem_of_action("os-resetState"), None);
        assert_eq!(problem_of_policy("os_compute_api:os-flavor:get"), None);
        assert_eq!(problem_of_service_type("block-storage"), None);
        assert_eq!(problem_of_version(""), None);
        assert_eq!(problem_of_version("v2.1"), None);
        assert_eq!(problem_of_path("/é/{id} x"), None);
    }
}
