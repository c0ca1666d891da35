//! The documentation names the differences that the cases name, and no others; and tests that are there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::case;

const DIFFERENCES: &str = "## Shown by the cases";
const FAULTS: &str = "## Known faults that are not here";
/// Where the tests are that the documentation names.
const TESTS: [&str; 3] = ["keystone-sdk/src", "tests/federation", "tests/it"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of the table below a heading, each as its cells.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/differences.md")).unwrap();
    let section = text.split(heading).nth(1).unwrap();
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| {
        line.trim_matches('|')
            .split(" | ")
            .map(|it| it.trim().to_owned())
            .collect()
    };
    rows.map(cells).collect()
}

#[test]
fn the_differences_of_the_cases_are_those_of_the_documentation() {
    let documented = rows(DIFFERENCES).into_iter();
    let documented: BTreeSet<_> = documented
        .map(|row| row[0].trim_matches('`').to_owned())
        .collect();
    let named = case::all()
        .into_iter()
        .filter_map(|(_, case)| Some(case.differs?.why));
    assert_eq!(named.collect::<BTreeSet<_>>(), documented);
}

#[test]
fn what_shows_that_a_fault_is_not_here_exists() {
    let mut sources = String::new();
    TESTS
        .iter()
        .for_each(|folder| read_all(&root().join(folder), &mut sources));
    let cases: BTreeSet<_> = case::all().into_iter().map(|(_, case)| case.name).collect();
    let rows = rows(FAULTS);
    assert!(!rows.is_empty());
    for row in rows {
        let names = row[1].split(", ").map(|it| it.trim_matches('`'));
        for name in names {
            let is_test = sources.contains(&format!("fn {name}("));
            assert!(
                is_test || cases.contains(name),
                "`{name}` is neither test nor case"
            );
        }
    }
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, text);
        } else if path.extension().is_some_and(|it| it == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
