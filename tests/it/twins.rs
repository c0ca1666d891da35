//! The passing twins of the mistakes in `tests/ui`: the same code, put right, does what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

keystone_middleware::policies!("twins/policies.yaml");

mod descriptions;
mod handlers;
mod identity;
mod methods;
mod operations;
mod plugins;
mod policy_files;
mod proofs;
mod services;

const SOURCES: [&str; 9] = [
    include_str!("twins/descriptions.rs"),
    include_str!("twins/handlers.rs"),
    include_str!("twins/identity.rs"),
    include_str!("twins/methods.rs"),
    include_str!("twins/operations.rs"),
    include_str!("twins/plugins.rs"),
    include_str!("twins/policy_files.rs"),
    include_str!("twins/proofs.rs"),
    include_str!("twins/services.rs"),
];

/// The mistakes that lines like "// Twin of a, b" name.
fn named_by_twins() -> BTreeSet<String> {
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let twins = lines.filter_map(|line| line.trim().strip_prefix("// Twin of "));
    let names = twins.flat_map(|names| names.trim_end_matches('.').split(", "));
    names.map(str::to_owned).collect()
}

#[test]
fn every_mistake_has_a_twin_and_every_twin_a_mistake() {
    let mistakes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/mistakes");
    let entries = fs::read_dir(mistakes).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let cases = paths.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let names = cases.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), named_by_twins());
}
