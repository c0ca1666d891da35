//! What is read, and what is refused at which place.

use super::*;

fn root(text: &str) -> Mapping {
    read("a.yaml", text.into()).unwrap()
}

fn refusal(text: &[u8]) -> String {
    let error = read("a.yaml", text.into()).err().unwrap().to_string();
    assert!(!error.contains("canary"), "{error}");
    error
}

#[test]
fn plain_scalars_are_the_texts_that_stand_there() {
    let map = root("a: 0123\nb: yes\nc: 2024-01-01\nd: ~\ne: '~'\nf:\ng: !!str null\n");
    let filled = |key| map.get(key).unwrap().filled();
    assert_eq!([filled("a"), filled("b")], [Some("0123"), Some("yes")]);
    assert_eq!([filled("c"), filled("e")], [Some("2024-01-01"), Some("~")]);
    assert_eq!([filled("d"), filled("f")], [None, None]);
    assert_eq!(filled("g"), Some("null"));
}

#[test]
fn anchors_and_merge_keys_count_and_own_values_beat_merged_ones() {
    let map = root(
        "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nall:\n  <<: [*base, *more]\n  a: 9\n",
    );
    let all = map.get("all").unwrap();
    let text = |key| all.get(key).unwrap().filled().unwrap();
    assert_eq!([text("a"), text("b"), text("c")], ["9", "2", "4"]);
}

#[test]
fn names_are_read_with_underscores_at_every_depth() {
    let map = with_plain_names(root("a-b: {c-d: 1}\na_b: {c-e: 2}\n"));
    let names: Vec<_> = map.iter().map(Entry::name).collect();
    assert_eq!(names, ["a_b"]);
    let inner = map.get("a_b").unwrap();
    assert_eq!(inner.get("c_e").unwrap().filled(), Some("2"));
    assert!(inner.get("c_d").is_none());
}

#[test]
fn json_is_read_too() {
    let map = root(r#"{"clouds": {"a": {"auth": {"password": "\ud83d\ude00"}}}}"#);
    let auth = map.get("clouds").and_then(|one| one.get("a")?.get("auth"));
    let password = auth.and_then(|auth| auth.get("password")?.filled());
    assert_eq!(password, Some("\u{1f600}"));
}

#[test]
fn nothing_is_nothing() {
    for text in ["", "# a comment\n", "---\n", "~\n"] {
        assert!(root(text).is_empty(), "{text:?}");
    }
}

#[test]
fn mistakes_are_told_with_file_line_and_column() {
    for (text, says) in [
        (
            "a: 1\nb: canary\na: 2\n",
            "`a` is already defined at a.yaml:1:1, remove one of them (a.yaml:3:1)",
        ),
        ("a: [canary\nb: 2\n", "this is not YAML: "),
        ("a: \"canary\n", "this is not YAML: "),
        ("a:\n\t- canary\n", "this is not YAML: "),
        ("a: &x\n  b: *x\n", ""),
        ("[a]: canary\n", ""),
        ("a: *nowhere\n", "this is not YAML: "),
        ("a: 1\n---\nb: 2\n", ""),
        ("a:\n  <<: canary\n", ""),
        ("canary", "the file is not a mapping (a.yaml:1:1)"),
    ] {
        let error = refusal(text.as_bytes());
        assert!(error.starts_with(says), "{text:?}: {error}");
        assert!(error.contains("(a.yaml:"), "{error}");
    }
    let error = refusal(b"a: canary\nb: \xff\n");
    assert!(error.contains("this is not UTF-8"), "{error}");
    assert!(error.contains("(a.yaml:2:4)"), "{error}");
}
