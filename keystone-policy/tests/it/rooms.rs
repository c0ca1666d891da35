//! The order of the crate's rooms, and that no two of its files need one another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the lowest to the highest. None imports what stands behind it.
const ROOMS: [&str; 7] = [
    "value", "language", "decide", "sources", "explain", "analysis", "oslo",
];

/// The modules under `folder` by their paths, with their texts but for unit tests.
fn modules(folder: &Path, found: &mut BTreeMap<String, String>) {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            modules(&path, found);
        } else {
            let name = path.strip_prefix(&root).unwrap().with_extension("");
            let name: Vec<_> = name.iter().map(|part| part.to_str().unwrap()).collect();
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.insert(name.join("::"), text.to_owned());
        }
    }
}

/// What `use crate::..` of a text names: paths with braces written out.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("use crate::").skip(1) {
        let import = part.split(';').next().unwrap_or_default();
        match import.split_once("::{") {
            Some((base, names)) => {
                let names = names.trim_end().trim_end_matches('}').split(',');
                found.extend(names.map(|name| format!("{base}::{}", name.trim())));
            }
            None => found.push(import.to_owned()),
        }
    }
    found
}

/// Each module with those that it imports from.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    modules(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut texts,
    );
    let module_of = |path: &str| {
        let mut path = path;
        loop {
            if texts.contains_key(path) {
                return Some(path.to_owned());
            }
            path = path.rsplit_once("::")?.0;
        }
    };
    texts
        .iter()
        .filter(|(name, _)| *name != "lib")
        .map(|(name, text)| {
            let imported = imports(text)
                .into_iter()
                .filter_map(|path| module_of(&path));
            (
                name.clone(),
                imported.filter(|other| other != name).collect(),
            )
        })
        .collect()
}

#[test]
fn no_room_imports_from_a_higher_one() {
    let rank = |module: &str| {
        let room = module.split("::").next().unwrap_or_default();
        ROOMS.iter().position(|known| *known == room)
    };
    let graph = graph();
    assert!(graph.len() > 40, "{}", graph.len());
    for (module, imported) in &graph {
        for other in imported {
            if let (Some(own), Some(theirs)) = (rank(module), rank(other)) {
                assert!(theirs <= own, "{module} imports from {other}");
            }
        }
    }
}

#[test]
fn no_files_need_one_another() {
    let mut graph = graph();
    // Takes away what imports nothing that is left, until only circles are left.
    loop {
        let free: Vec<String> = graph
            .iter()
            .filter(|(_, imported)| imported.iter().all(|other| !graph.contains_key(other)))
            .map(|(module, _)| module.clone())
            .collect();
        if free.is_empty() {
            break;
        }
        for module in free {
            graph.remove(&module);
        }
    }
    assert!(
        graph.is_empty(),
        "in circles or above them: {:?}",
        graph.keys()
    );
}
