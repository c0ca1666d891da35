//! What is read, and what is refused at which place.

use super::*;

fn root(text: &str) -> Map {
    read("a.yaml", text)
        .unwrap()
        .unwrap()
        .expect_map("a")
        .unwrap()
}

fn refusal(text: &str) -> String {
    let error = read("a.yaml", text).err().unwrap().to_string();
    assert!(!error.contains("canary"), "{error}");
    error
}

#[test]
fn plain_scalars_are_the_texts_that_stand_there() {
    let map = root("a: 0123\nb: yes\nc: 2024-01-01\nd: ~\ne: '~'\nf:\n");
    let text = |key| map.get(key).unwrap().text();
    assert_eq!([text("a"), text("b")], [Some("0123"), Some("yes")]);
    assert_eq!([text("c"), text("e")], [Some("2024-01-01"), Some("~")]);
    assert!(map.get("d").unwrap().is_null() && map.get("f").unwrap().is_null());
}

#[test]
fn anchors_and_merge_keys_count_and_own_values_beat_merged_ones() {
    let map = root(
        "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nall:\n  <<: [*base, *more]\n  a: 9\n",
    );
    let all = map.get("all").unwrap().map().unwrap();
    let text = |key| all.get(key).unwrap().text().unwrap();
    assert_eq!([text("a"), text("b"), text("c")], ["9", "2", "4"]);
}

#[test]
fn json_is_read_too() {
    let map = root(r#"{"clouds": {"a": {"auth": {"password": "p"}}}}"#);
    assert!(map.get("clouds").unwrap().map().is_some());
}

#[test]
fn nothing_is_nothing() {
    for text in ["", "# a comment\n", "---\n", "~\n"] {
        assert!(read("a.yaml", text).unwrap().is_none(), "{text:?}");
    }
}

#[test]
fn mistakes_are_told_with_file_line_and_column() {
    for (text, says) in [
        (
            "a: 1\nb: canary\na: 2\n",
            "`a` stands twice, first at a.yaml, line 1, column 1 (a.yaml, line 3, column 1); \
             remove one of them",
        ),
        ("a: [canary\nb: 2\n", "this is not YAML: "),
        ("a: \"canary\n", "this is not YAML: "),
        ("a:\n\t- canary\n", "this is not YAML: "),
        (
            "[a]: canary\n",
            "a name must be a text (a.yaml, line 1, column ",
        ),
        (
            "a: &x\n  b: *x\n",
            "the alias stands inside what it repeats (a.yaml, line 2, column 6)",
        ),
        ("a: *nowhere\n", "this is not YAML: "),
        (
            "a: 1\n---\nb: 2\n",
            "a second document begins here, keep to one (a.yaml, line 2",
        ),
        (
            "a:\n  <<: canary\n",
            "`<<` takes a mapping or a list of mappings (a.yaml, line 2, column 7)",
        ),
    ] {
        let error = refusal(text);
        assert!(error.starts_with(says), "{text:?}: {error}");
        assert!(error.contains("a.yaml, line "), "{error}");
    }
}

#[test]
fn a_document_that_grows_by_aliases_is_refused() {
    let mut text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for level in 1..9 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        text += &format!("a{level}: &a{level} [{below}*a{}]\n", level - 1);
    }
    assert!(refusal(&text).contains("too many values"));
    let deep = "[".repeat(70);
    assert!(refusal(&deep).contains("nested too deeply"));
}
