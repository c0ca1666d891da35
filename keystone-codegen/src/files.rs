//! Generated files on disk: write them, or tell which differ.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::emit::Generated;
use crate::error::{IoError, StaleError};
use crate::resource_spec::Source;

/// Reads the files of a description.
///
/// # Errors
///
/// [`Error::Io`] when one cannot be read.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Source>, Error> {
    paths
        .iter()
        .map(|path| {
            let text =
                fs::read_to_string(path).map_err(|error| IoError::new(path, "read", error))?;
            Ok(Source::new(path.to_string_lossy().replace('\\', "/"), text))
        })
        .collect()
}

/// The YAML files of a directory, sorted.
///
/// # Errors
///
/// [`Error::Io`] when the directory cannot be read.
pub fn specs_in(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = list(directory, "yaml")?;
    paths.sort();
    Ok(paths)
}

/// Writes generated files below `directory`, and removes those that are no longer generated from
/// the directories that hold nothing else.
///
/// # Errors
///
/// [`Error::Io`] when a file cannot be written.
pub fn write(directory: &Path, files: &[Generated]) -> Result<(), Error> {
    for file in files {
        let path = directory.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| IoError::new(parent, "create", error))?;
        }
        fs::write(&path, &file.text).map_err(|error| IoError::new(&path, "write", error))?;
    }
    for path in left_over(directory, files)? {
        fs::remove_file(&path).map_err(|error| IoError::new(&path, "remove", error))?;
    }
    Ok(())
}

/// Compares generated files with those below `directory`.
///
/// # Errors
///
/// [`Error::Stale`] with all that differ, are missing or are left over; [`Error::Io`] when the
/// directory cannot be read.
pub fn check(directory: &Path, files: &[Generated]) -> Result<(), Error> {
    let mut stale = left_over(directory, files)?;
    for file in files {
        let path = directory.join(&file.path);
        match fs::read_to_string(&path) {
            Ok(text) if text == file.text => {}
            Ok(_) => stale.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => stale.push(path),
            Err(error) => return Err(IoError::new(&path, "read", error).into()),
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    stale.sort();
    Err(StaleError::new(stale).into())
}

/// Rust files in the subdirectories of generated files that were not generated now.
fn left_over(directory: &Path, files: &[Generated]) -> Result<Vec<PathBuf>, Error> {
    let expected: BTreeSet<PathBuf> = files
        .iter()
        .map(|file| directory.join(&file.path))
        .collect();
    let directories: BTreeSet<&Path> = expected
        .iter()
        .filter_map(|path| path.parent())
        .filter(|parent| *parent != directory && parent.is_dir())
        .collect();
    let mut found = Vec::new();
    for directory in directories {
        found.extend(list(directory, "rs")?);
    }
    found.retain(|path| !expected.contains(path));
    Ok(found)
}

fn list(directory: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let fail = |error| IoError::new(directory, "read", error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    Ok(paths)
}
