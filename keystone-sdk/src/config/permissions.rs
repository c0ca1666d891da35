//! The permissions of files with secrets.

/// Warns if every user of the system may read the file.
pub(super) fn warn_if_open(path: &str) {
    if is_open(path) {
        tracing::warn!(
            "the file `{path}` contains secrets and can be read by every user of this system; \
             run `chmod o-rwx {path}`"
        );
    }
}

#[cfg(unix)]
fn is_open(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;

    const READABLE_BY_OTHERS: u32 = 0o004;
    // A file without metadata was not read either.
    let mode = std::fs::metadata(path).map_or(0, |file| file.permissions().mode());
    mode & READABLE_BY_OTHERS != 0
}

/// Other systems have no modes.
#[cfg(not(unix))]
fn is_open(_: &str) -> bool {
    false
}
