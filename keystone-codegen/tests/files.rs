//! Generated files on disk: what counts as stale, and what is put right.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

use std::fs;
use std::path::{Path, PathBuf};

use keystone_codegen::{Error, Generated, files};

/// An empty directory of this test's own.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn generated() -> Vec<Generated> {
    vec![
        Generated::new("client.rs", "mod a;\n"),
        Generated::new("client/a.rs", "// a\n"),
    ]
}

fn stale(directory: &Path) -> Vec<String> {
    match files::check(directory, &generated()) {
        Ok(()) => Vec::new(),
        Err(Error::Stale(error)) => error
            .paths()
            .iter()
            .map(|path| path.strip_prefix(directory).unwrap().display().to_string())
            .collect(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn missing_changed_and_left_over_files_are_stale() {
    let directory = directory("stale");
    assert_eq!(stale(&directory), ["client/a.rs", "client.rs"]);
    files::write(&directory, &generated()).unwrap();
    assert!(stale(&directory).is_empty());
    fs::write(directory.join("client/a.rs"), "// b\n").unwrap();
    fs::write(directory.join("client/old.rs"), "").unwrap();
    fs::write(directory.join("other.rs"), "").unwrap();
    assert_eq!(stale(&directory), ["client/a.rs", "client/old.rs"]);
}

#[test]
fn writing_puts_everything_right_and_touches_nothing_else() {
    let directory = directory("write");
    fs::create_dir_all(directory.join("client")).unwrap();
    fs::write(directory.join("client/old.rs"), "").unwrap();
    fs::write(directory.join("other.rs"), "").unwrap();
    files::write(&directory, &generated()).unwrap();
    assert!(stale(&directory).is_empty());
    assert!(!directory.join("client/old.rs").exists());
    assert!(directory.join("other.rs").exists());
}
