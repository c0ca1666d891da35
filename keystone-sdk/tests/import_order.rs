//! The modules of this crate import in one direction: a room knows only the rooms below it.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail with it")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the top down; modules in one row may know each other.
const ORDER: &[&[&str]] = &[
    &["identity"],
    &["client"],
    &["config"],
    &["session"],
    &["auth"],
    &["catalog", "discovery", "microversion"],
    &["transport"],
    &["secret", "clock", "error"],
    &["printable", "setters", "sync"],
];

/// Names at the root of the crate, with the module that they come from.
const RE_EXPORTED: &[(&str, &str)] = &[
    ("Error", "error"),
    ("SecretString", "secret"),
    ("Session", "session"),
];

#[test]
fn modules_import_only_from_below() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in files(&root) {
        let module = module(&root, &file);
        let Some(own) = rank(&module) else {
            assert_eq!(module, "lib", "`{module}` has no place in the order");
            continue;
        };
        let text = fs::read_to_string(&file).unwrap();
        for imported in imports(&text) {
            if rank(&imported).is_some_and(|other| other < own) {
                wrong.push(format!("{} imports `{imported}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn imports_are_seen_in_all_their_forms() {
    let text = "use crate::session::Call;\n\
                use crate::{Error, auth::{self, Token}, config};\n\
                // use crate::identity::v3;\n\
                fn f() { crate::client::run() }\n";
    let found = imports(text);
    assert_eq!(found, ["session", "error", "auth", "config", "client"]);
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|row| row.contains(&module))
}

/// The top-level module that a file belongs to.
fn module(root: &Path, file: &Path) -> String {
    let first = file.strip_prefix(root).unwrap().iter().next().unwrap();
    first.to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

/// The modules that a file names after `crate::`, outside comments.
fn imports(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(group) => found.extend(members(group).iter().filter_map(|it| name(it))),
            None => found.extend(name(part)),
        }
    }
    found
}

/// The members of a group of imports, up to its closing brace.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut members = vec![String::new()];
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            letter => members.last_mut().unwrap().push(letter),
        }
    }
    members
}

fn name(path: &str) -> Option<String> {
    let is_part = |letter: &char| letter.is_alphanumeric() || *letter == '_';
    let name: String = path.trim_start().chars().take_while(is_part).collect();
    let root = RE_EXPORTED.iter().find(|(known, _)| *known == name);
    let name = root.map_or(name.as_str(), |(_, module)| module).to_owned();
    (!name.is_empty()).then_some(name)
}
