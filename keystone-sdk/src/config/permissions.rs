//! Who may read a file that holds secrets.

/// Warns when every user of the machine may read the file.
pub(super) fn warn_if_open(path: &str) {
    if is_open(path) {
        tracing::warn!(
            "the file `{path}` holds secrets and can be read by every user of this machine; \
             run `chmod o-rwx {path}`"
        );
    }
}

#[cfg(unix)]
fn is_open(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;

    const READABLE_BY_OTHERS: u32 = 0o004;
    // What cannot be asked was not read either.
    let mode = std::fs::metadata(path).map_or(0, |file| file.permissions().mode());
    mode & READABLE_BY_OTHERS != 0
}

/// Elsewhere modes say nothing.
#[cfg(not(unix))]
fn is_open(_: &str) -> bool {
    false
}
