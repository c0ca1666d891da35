//! The documentation names the differences that the cases name, and no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::case;

const HEADING: &str = "# Differences from keystoneauth1";

#[test]
fn the_differences_of_the_cases_are_those_of_the_documentation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences.md");
    let text = fs::read_to_string(path).unwrap();
    let section = text.split(HEADING).nth(1).unwrap();
    let section = section.split("\n# ").next().unwrap();
    // Each is the first cell of a row, in backticks.
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: BTreeSet<_> = rows.map(str::to_owned).collect();
    let named = case::all()
        .into_iter()
        .filter_map(|(_, case)| Some(case.differs?.why));
    assert_eq!(named.collect::<BTreeSet<_>>(), documented);
}
