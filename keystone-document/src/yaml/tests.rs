//! What is read, and what is refused at which place.

use crate::{Content, Document, Entry, Node, Position, Scalar, Style, Tag, read, read_optional};

fn root(text: &str) -> Node {
    read("t.yaml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn problem(text: &str) -> String {
    let problem = read("t.yaml", text).unwrap_err().to_string();
    assert!(!problem.contains("canary"), "{problem}");
    problem
}

#[test]
fn order_position_and_style_are_kept() {
    let root = root("b: 'x'\na:\n  - \"y\"\n  - z\n");
    let entries = root.mapping().unwrap();
    let names: Vec<&str> = entries.iter().map(Entry::name).collect();
    assert_eq!(names, ["b", "a"]);
    let at = |node: &Node| (node.style, node.position.line, node.position.column);
    assert_eq!(at(&entries[0].value), (Style::SingleQuoted, 1, 4));
    let items = root.get("a").unwrap().sequence().unwrap();
    assert_eq!(at(&items[0]), (Style::DoubleQuoted, 3, 5));
    assert_eq!(at(&items[1]), (Style::Plain, 4, 5));
}

#[test]
fn scalars_keep_their_texts_until_they_are_asked() {
    let root = root("a: no\nb:\nc: !\nd: ~\ne: 012\nf: ''\ng: !!str 1\nh: 1:30\n");
    let get = |name: &str| root.get(name).unwrap();
    assert_eq!(get("a").text(), Some("no"));
    assert_eq!(get("a").scalar(), Some(Scalar::Bool(false)));
    assert!(get("b").is_null() && get("d").is_null() && !get("f").is_null());
    assert_eq!(get("c").tag, Some(Tag::Bare));
    assert_eq!(get("e").scalar(), Some(Scalar::Int(10)));
    assert_eq!(get("g").scalar(), Some(Scalar::Text("1")));
    assert_eq!(get("h").scalar(), Some(Scalar::Int(90)));
}

#[test]
fn a_name_given_twice_is_refused_at_the_second() {
    for (text, says) in [
        (
            "a: 1\nb: canary\n\"a\": 3\n",
            "t.yaml:3:1: `a` is already defined at t.yaml:1:1, remove one of them",
        ),
        (
            "x: {a: 1, a: 2}",
            "t.yaml:1:11: `a` is already defined at t.yaml:1:5",
        ),
        ("1: a\n0x1: b\n", "t.yaml:2:1: `0x1` is already defined"),
        ("yes: a\non: b\n", "t.yaml:2:1: `on` is already defined"),
        (
            "a: &a {}\nb:\n  <<: *a\n  <<: *a\n",
            "t.yaml:4:3: `<<` is already defined",
        ),
    ] {
        let problem = problem(text);
        assert!(problem.starts_with(says), "{text:?}: {problem}");
    }
}

#[test]
fn broken_documents_are_refused_with_their_position() {
    for (text, start) in [
        ("a: [canary", "t.yaml:"),
        ("a: 'canary", "t.yaml:"),
        ("a: 1\n---\nb: 2\n", "t.yaml:2:1: a second document"),
        ("---\n---\n", "t.yaml:2:1: a second document"),
        ("? [a]\n: 1\n", "t.yaml:1:3: a name must be a string"),
        (
            "a: 1\n: 2\n",
            "t.yaml:2:1: the name before the colon is null",
        ),
        ("~: 1\n", "t.yaml:1:1: the name before the colon is null"),
        ("", "t.yaml:1:1: the document is empty"),
        ("# only this\n", "t.yaml:1:1: the document is empty"),
        ("a: *nowhere\n", "t.yaml:"),
        ("a: &x\n  b: *x\n", "t.yaml:2:6: the alias stands inside"),
        ("a:\n  <<: canary\n", "t.yaml:2:7: `<<` takes a mapping"),
        ("a: !canary b\n", "t.yaml:1:12: this tag is not known"),
        ("a: !!null canary\n", "t.yaml:1:11: this tag is not known"),
        ("a: !!binary aaaa\n", "t.yaml:1:13: this tag is not known"),
        ("a: !canary [b]\n", "t.yaml:1:4: this tag is not known"),
        (
            "%TAG !! tag:canary,2000:\n---\na: !!str b\n",
            "t.yaml:1:1: the only supported directives",
        ),
        (
            "a: &x:y canary\nb: x\n",
            "t.yaml:1:6: the name of an anchor",
        ),
        ("a: [?canary]\n", "t.yaml:1:5: a string that begins"),
    ] {
        let problem = problem(text);
        assert!(problem.starts_with(start), "{text:?}: {problem}");
    }
    assert!(problem(&"[".repeat(100)).contains("nested too deeply"));
    assert!(problem(&"[".repeat(10_000)).starts_with("t.yaml:1:"));
}

#[test]
fn what_ends_a_line_for_some_readers_only_is_refused() {
    for one in [
        '\u{85}', '\u{2028}', '\u{2029}', '\r', '\0', '\u{7}', '\u{7f}', '\u{9b}', '\u{feff}',
        '\u{ffff}',
    ] {
        for text in [
            format!("a: b\n# note{one}\"c\": d\ne: f\n"),
            format!("a: b\ng: \"{one}\"\n"),
        ] {
            let problem = problem(&text);
            assert!(problem.starts_with("t.yaml:2:"), "{one:?}: {problem}");
        }
    }
    assert_eq!(
        root("a: \"\\u2028\\x85\"").get("a").unwrap().text(),
        Some("\u{2028}\u{85}")
    );
    assert_eq!(
        root("\u{feff}a: b\r\nc: d\r\n")
            .get("c")
            .unwrap()
            .position
            .line,
        2
    );
}

#[test]
fn anchors_and_merge_keys_count_and_own_values_beat_merged_ones() {
    let root = root(
        "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nall:\n  <<: [*base, *more]\n  a: 9\n\
         text: &t 'x'\nagain: *t\n&k key: v\n\"<<\": plain\n",
    );
    let all = root.get("all").unwrap();
    let text = |key| all.get(key).unwrap().text().unwrap();
    assert_eq!([text("a"), text("b"), text("c")], ["9", "2", "4"]);
    let again = root.get("again").unwrap();
    assert_eq!((again.text(), again.position.line), (Some("x"), 6));
    assert_eq!(root.get("key").unwrap().text(), Some("v"));
    assert_eq!(root.get("<<").unwrap().text(), Some("plain"));
}

#[test]
fn a_document_that_grows_by_aliases_is_refused() {
    let mut text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for level in 1..9 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        text += &format!("a{level}: &a{level} [{below}*a{}]\n", level - 1);
    }
    assert!(problem(&text).contains("repeat too much"));
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1_000_000),
        "*a, ".repeat(20)
    );
    assert!(problem(&long).contains("repeat too much"));
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        deep += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert!(problem(&deep).contains("nested too deeply"));
}

#[test]
fn a_place_in_a_text_is_a_place_in_the_document() {
    let root = root("a: \"xyz\"\nb: xyz\nc: \"x\\tz\"\nd: |\n  xyz\ne: !!str xyz\n");
    let at = |name: &str| root.get(name).unwrap().position_at(2);
    assert_eq!((at("a").column, at("b").column, at("e").column), (7, 6, 12));
    assert_eq!(at("c").column, 4);
    assert_eq!(at("d"), Position { line: 5, column: 3 });
}

#[test]
fn spans_lead_to_what_stands_in_the_document() {
    let text = "\u{feff}é: 'it''s'   # c\n\"b\": [x,\n  y]  # d\nc: |  # e\n  one\n  # in\n\n# out\nd: a\n  b\ne:\n- k\n";
    let root = root(text);
    let span = |name: &str| text.get(root.get(name).unwrap().span()).unwrap();
    assert_eq!(span("é"), "'it''s'");
    assert_eq!(span("b"), "[x,\n  y]");
    assert_eq!(span("c"), "one\n  # in");
    assert_eq!(span("d"), "a\n  b");
    assert_eq!(span("e"), "k");
    let keys: Vec<&str> = root
        .mapping()
        .unwrap()
        .iter()
        .map(|entry| text.get(entry.key.span()).unwrap())
        .collect();
    assert_eq!(keys, ["é", "\"b\"", "c", "d", "e"]);
}

#[test]
fn comments_are_found_wherever_they_stand() {
    let text = "# head\n\
                a: o'brien   # behind an apostrophe\n\
                b: [\"#no\", '# no',   # in a list\n\
                \t  # alone\n  \
                x#no]\n\
                c: |  # at a block\n  # no\n  text\n # less\n\
                d: &x !!str  # at a tag\n  'y'\n\
                e:  # at nothing\n\
                f: !  # at a tag of nothing\n\
                g: a\n  b # behind two lines\n\
                h: *x # at an alias\n\
                ... # end\n\
                # tail";
    let document = Document::read("t.yaml", text).unwrap();
    let found: Vec<(&str, usize, bool)> = document
        .comments
        .iter()
        .map(|one| (one.text.as_str(), one.position.line, one.alone))
        .collect();
    assert_eq!(
        found,
        [
            ("# head", 1, true),
            ("# behind an apostrophe", 2, false),
            ("# in a list", 3, false),
            ("# alone", 4, true),
            ("# at a block", 6, false),
            ("# less", 9, true),
            ("# at a tag", 10, false),
            ("# at nothing", 12, false),
            ("# at a tag of nothing", 13, false),
            ("# behind two lines", 15, false),
            ("# at an alias", 16, false),
            ("# end", 17, false),
            ("# tail", 18, true),
        ]
    );
    for one in &document.comments {
        assert!(text.get(one.offset..).unwrap().starts_with(&one.text));
    }
}

#[test]
fn json_is_read_as_json_and_as_yaml_where_it_is_not_quite() {
    let root = root("{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"b\": [1e3]\n}");
    assert_eq!(root.get("a").unwrap().text(), Some("\u{1f600}"));
    let number = root.get("b").unwrap().sequence().unwrap()[0].scalar();
    assert_eq!(number, Some(Scalar::Float(1000.0)));
    let document = Document::read("t.json", "{\"a\": yes, # why\n}").unwrap();
    assert_eq!(document.comments.len(), 1);
    for text in ["{\"a\": [}", "nothing: [", "\t"] {
        let problem = read("t.json", text).unwrap_err().to_string();
        let says = if text == "\t" {
            "is empty"
        } else {
            "this is not JSON"
        };
        assert!(problem.contains(says), "{problem}");
    }
}

#[test]
fn texts_are_never_shown() {
    let root = root("canary: [canary, {canary: 'canary'}]");
    assert!(!format!("{root:?}").contains("canary"));
    assert!(matches!(root.value, Content::Mapping(_)));
    assert!(read_optional("t.yaml", "# nothing").unwrap().is_none());
}
