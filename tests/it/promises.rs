//! The pages that name the tests which hold what is promised name tests that there are.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The texts in backquotes, in order.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether this is how the name of a test looks: of several words, in small letters.
fn is_test_name(text: &str) -> bool {
    !text.starts_with("__")
        && text.matches('_').count() > 1
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn mistakes() -> PathBuf {
    root().join("tests/ui/mistakes")
}

/// What is wrong with the last cell of a row: files and folders, each followed by tests in it.
fn problems(cell: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut place = PathBuf::new();
    let mut named = 0;
    for text in quoted(cell) {
        if text.contains('/') {
            place = root().join(text);
            named += 1;
            if !place.exists() {
                problems.push(format!("there is no `{text}`"));
            }
            continue;
        }
        let found = match place.is_dir() {
            true => place.join(text).with_extension("rs").exists(),
            false => {
                fs::read_to_string(&place).is_ok_and(|code| code.contains(&format!("fn {text}(")))
            }
        };
        if !found {
            problems.push(format!("there is no `{text}` in {}", place.display()));
        }
    }
    if named == 0 {
        problems.push(format!("no test is named: {cell}"));
    }
    problems
}

#[test]
fn every_promise_names_tests_that_there_are() {
    let page = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| **"));
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [promise, tests] = cells.as_slice() else {
            panic!("a row has two cells: {row}");
        };
        let problems = problems(tests);
        assert!(problems.is_empty(), "{promise}: {problems:#?}");
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn the_page_about_proofs_names_mistakes_and_files_that_there_are() {
    let page = fs::read_to_string(root().join("docs/proofs.md")).unwrap();
    let prose: String = page.split("```").step_by(2).collect();
    let mut count = 0;
    for text in quoted(&prose) {
        if let Some(file) = text.strip_prefix("middleware/") {
            let file = root().join("tests/it/middleware").join(file);
            assert!(file.exists(), "{}", file.display());
            count += 1;
        } else if is_test_name(text) && text != "token_cache_time" {
            let file = mistakes().join(text).with_extension("rs");
            assert!(file.exists(), "{}", file.display());
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn a_promise_without_its_test_is_told() {
    for cell in [
        "none",
        "`tests/it/promises.rs`: `a_test_that_was_never_written`",
        "`tests/ui/mistakes`: `a_mistake_that_nobody_makes`",
        "`tests/it/nowhere.rs`",
    ] {
        assert!(!problems(cell).is_empty(), "{cell}");
    }
}
