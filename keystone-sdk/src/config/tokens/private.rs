//! Files that only this user may read, and that are never half-written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::UNFINISHED;

/// The content, if the file exists.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates the directory and its parents without access for others. An existing one is closed too.
pub(super) fn directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    close(path)
}

#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// On other systems, the directories of a user are not accessible to others anyway.
#[cfg(not(unix))]
fn close(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Replaces the file atomically.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let written = temporary(path, content)?;
    finish(fs::rename(&written, path), &written)
}

/// As [`write`], but keeps an existing file.
pub(super) fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let written = temporary(path, content)?;
    let linked = match fs::hard_link(&written, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    };
    fs::remove_file(&written)?;
    linked
}

/// A file with a unique name next to `path`.
fn temporary(path: &Path, content: &[u8]) -> io::Result<PathBuf> {
    let mut number = 0_u32;
    loop {
        let ending = format!("{}-{number}.{UNFINISHED}", std::process::id());
        let beside = path.with_extension(ending);
        match create(&beside) {
            Ok(mut file) => {
                let written = file.write_all(content).and_then(|()| file.sync_all());
                return finish(written, &beside).map(|()| beside);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes the file after an error.
fn finish(result: io::Result<()>, written: &Path) -> io::Result<()> {
    if result.is_err() {
        let _ = fs::remove_file(written);
    }
    result
}
