//! Unsafe code stands in one module, whose declaration says why. Tests and benches do not count: some
//! have an allocator of their own.

#![expect(clippy::unwrap_used, reason = "a test may fail with it")]

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// Where the module is declared that may hold it, and the module.
const DECLARED: &str = "keystone-sdk/src/auth/negotiate/gssapi.rs";
const MODULE: &str = "keystone-sdk/src/auth/negotiate/gssapi/library.rs";
/// Besides tests and benches, what Cargo, Git and cargo-mutants make.
const SKIPPED: [&str; 5] = ["tests", "benches", "target", ".git", "mutants.out"];

#[test]
fn one_module_alone_expects_unsafe_code() {
    let found = Found::in_workspace();
    assert_eq!(found.expecting, [DECLARED]);
    assert_eq!(found.holding, [MODULE]);
}

#[test]
fn all_other_code_is_denied_it() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"));
}

#[test]
fn it_is_found_however_it_is_written() {
    for (code, expects, holds) in [
        ("#[expect(unsafe_code, reason = \"x\")] mod m;", true, false),
        ("#![allow(dead_code, unsafe_code)]", true, false),
        ("#![forbid(unsafe_code)] // unsafe", false, false),
        ("fn f() { g(|| unsafe { h() }) }", false, true),
        ("unsafe impl Send for T {}", false, true),
        ("const S: &str = \"unsafe\";", false, false),
    ] {
        let tokens: TokenStream = code.parse().unwrap();
        assert_eq!(lets(tokens.clone()), expects, "{code}");
        assert_eq!(has(tokens, "unsafe"), holds, "{code}");
    }
}

/// Files by their paths in the repository.
#[derive(Default)]
struct Found {
    /// Those that let a lint pass unsafe code.
    expecting: Vec<String>,
    /// Those with unsafe code.
    holding: Vec<String>,
}

impl Found {
    fn in_workspace() -> Self {
        let mut found = Self::default();
        for path in sources(root()) {
            let tokens: TokenStream = fs::read_to_string(&path).unwrap().parse().unwrap();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            if lets(tokens.clone()) {
                found.expecting.push(name.clone());
            }
            if has(tokens, "unsafe") {
                found.holding.push(name);
            }
        }
        found
    }
}

/// Whether the lint is turned off somewhere: by `expect`, `allow` or `warn`.
fn lets(tokens: TokenStream) -> bool {
    let mut before = String::new();
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            let turns_off = ["allow", "expect", "warn"].contains(&before.as_str());
            if lets(group.stream()) || turns_off && has(group.stream(), "unsafe_code") {
                return true;
            }
        }
        before = token.to_string();
    }
    false
}

fn has(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has(group.stream(), word),
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Literal(_) | TokenTree::Punct(_) => false,
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if SKIPPED.iter().any(|skipped| name.starts_with(skipped)) {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
