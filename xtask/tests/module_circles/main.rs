//! No module of a crate needs one that needs it in turn: such modules are read, tested and moved together or not at all.
//!
//! A circle is found between files. A module may use what its ancestors define, of which it is a part; beyond that, files
//! that reach each other by the paths in their code are a circle. `pub use` of what a module's own children define counts
//! where the name is used, not where it is offered. Code under `#[cfg(test)]` does not count.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail with it"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

mod circles;
mod modules;

use circles::circles;
use modules::{Edge, Modules, Sources};

/// The crates, with the file that each begins with.
const CRATES: &[(&str, &str)] = &[
    ("keystone-cli", "main.rs"),
    ("keystone-codegen", "lib.rs"),
    ("keystone-document", "lib.rs"),
    ("keystone-macros", "lib.rs"),
    ("keystone-middleware", "lib.rs"),
    ("keystone-policy", "lib.rs"),
    ("keystone-provision", "lib.rs"),
    ("keystone-sdk", "lib.rs"),
    ("keystone-testing", "lib.rs"),
    ("xtask", "main.rs"),
];

/// Circles that do no harm: the crate, the files, and why. One that is gone has to go from here too.
const HARMLESS: &[(&str, &[&str], &str)] = &[
    (
        "keystone-sdk",
        &[
            "identity/v3/endpoint_groups.rs",
            "identity/v3/endpoints.rs",
            "identity/v3/projects.rs",
        ],
        "generated: resources of the API link to each other both ways",
    ),
    (
        "keystone-sdk",
        &["identity/v3/groups.rs", "identity/v3/users.rs"],
        "generated: resources of the API link to each other both ways",
    ),
];

#[test]
fn no_crate_has_a_circle_of_modules_that_is_not_listed() {
    let mut wrong = String::new();
    for (name, root) in CRATES {
        let edges = Modules::read(&sources(name), root).edges();
        let found = circles(&edges);
        let known: BTreeSet<BTreeSet<String>> = known(name).collect();
        for circle in found.difference(&known) {
            wrong += &format!("{name}/src has a circle of modules; open it:\n");
            wrong += &describe(circle, &edges);
        }
        for gone in known.difference(&found) {
            let files: Vec<&str> = gone.iter().map(String::as_str).collect();
            wrong += &format!(
                "{name}/src has no circle of exactly {} any more; correct the list\n",
                files.join(", ")
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_circle_is_named_with_the_paths_that_close_it() {
    let sources = made_up(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        (
            "b.rs",
            "pub fn f() { assert!(crate::c::g()) } pub struct B;",
        ),
        ("c.rs", "use super::a; pub fn g() -> bool { a::h() }"),
    ]);
    let edges = Modules::read(&sources, "lib.rs").edges();
    let found: Vec<_> = circles(&edges).into_iter().collect();
    assert_eq!(found.len(), 1);
    let text = describe(&found[0], &edges);
    for line in [
        "a.rs needs b.rs by `crate::b::B`",
        "b.rs needs c.rs by `crate::c::g`",
        "c.rs needs a.rs by `super::a`",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn names_are_followed_to_the_module_that_defines_them() {
    // `x` looks as if it needed `outer` only, which offers what `outer::inner` defines.
    let sources = made_up(&[
        ("lib.rs", "mod outer; mod x; pub use outer::Deep;"),
        (
            "outer.rs",
            "mod inner; pub use self::inner::{Deep, other as renamed};",
        ),
        (
            "outer/inner.rs",
            "pub struct Deep; pub fn other() { crate::x::f() }",
        ),
        ("x.rs", "use crate::{Deep, outer::renamed}; pub fn f() {}"),
    ]);
    let found = circles(&Modules::read(&sources, "lib.rs").edges());
    assert_eq!(found, BTreeSet::from([files(&["outer/inner.rs", "x.rs"])]));
}

#[test]
fn parents_and_tests_close_no_circle() {
    let sources = made_up(&[
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "mod part; pub use part::Part; pub struct A(Part);"),
        (
            "a/part.rs",
            "use super::A; use crate::b; pub struct Part; impl A { fn f() { b::f() } }",
        ),
        (
            "b.rs",
            "pub fn f() {} #[cfg(test)] mod tests { use crate::a::A; }",
        ),
        (
            "c.rs",
            "fn f() { quote!(crate::a::A) } mod d { pub fn g() { super::f() } } fn h() { d::g() }",
        ),
    ]);
    let found = circles(&Modules::read(&sources, "lib.rs").edges());
    assert!(found.is_empty(), "{found:?}");
}

/// A line for each two files of the circle, with the path of an import rather than that of a call.
fn describe(circle: &BTreeSet<String>, edges: &BTreeSet<Edge>) -> String {
    let mut paths: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for Edge { from, to, path } in edges {
        if circle.contains(from) && circle.contains(to) {
            let kept = paths.entry((from, to)).or_insert(path);
            if path.starts_with("crate::") || path.starts_with("super::") {
                *kept = path;
            }
        }
    }
    let lines = paths.into_iter();
    lines
        .map(|((from, to), path)| format!("  {from} needs {to} by `{path}`\n"))
        .collect()
}

fn known(name: &str) -> impl Iterator<Item = BTreeSet<String>> {
    let harmless = HARMLESS.iter().filter(move |(of, ..)| *of == name);
    harmless.map(|(_, names, _)| files(names))
}

fn files(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn made_up(files: &[(&str, &str)]) -> Sources {
    let files = files.iter();
    files
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

fn sources(name: &str) -> Sources {
    let mut sources = Sources::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    add(&root.join("src"), "", &mut sources);
    sources
}

fn add(folder: &Path, below: &str, sources: &mut Sources) {
    for entry in fs::read_dir(folder).expect("the sources of a crate") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = format!("{below}{}", name.expect("a name in UTF-8"));
        if path.is_dir() {
            add(&path, &format!("{name}/"), sources);
        } else if name.ends_with(".rs") {
            sources.insert(name, fs::read_to_string(&path).expect("Rust code"));
        }
    }
}
