//! A directory that is made as a whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A directory under a name of its own, beside the one that it will be; removed when it is dropped.
pub(super) struct Staged {
    staging: PathBuf,
    destination: PathBuf,
}

impl Staged {
    /// # Errors
    ///
    /// When the destination is not free, or nothing can be written beside it.
    pub(super) fn new(destination: &Path) -> Result<Self, Failure> {
        check_free(destination)?;
        let name = destination
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let staging = destination.with_file_name(format!(".{name}.{}.new", std::process::id()));
        fs::create_dir(&staging).map_err(failed(&staging, "create"))?;
        Ok(Self {
            staging,
            destination: destination.to_owned(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.staging
    }

    /// # Errors
    ///
    /// When the file cannot be written.
    pub(super) fn write(&mut self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.staging.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed(parent, "create"))?;
        }
        fs::write(&path, text).map_err(failed(&path, "write"))
    }

    /// Moves it to its destination.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the destination meanwhile.
    pub(super) fn finish(self) -> Result<(), Failure> {
        check_free(&self.destination)?;
        // An empty directory is no obstacle; one with something in it is not removed by this.
        let _ = fs::remove_dir(&self.destination);
        fs::rename(&self.staging, &self.destination).map_err(failed(&self.destination, "create"))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // It is in its place already when all went well.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// Refuses a destination that holds something.
fn check_free(destination: &Path) -> Result<(), Failure> {
    let is_free = match fs::symlink_metadata(destination) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed(destination, "look at")(error)),
        Ok(metadata) if metadata.is_dir() => fs::read_dir(destination)
            .map_err(failed(destination, "read"))?
            .next()
            .is_none(),
        Ok(_) => false,
    };
    match is_free {
        true => Ok(()),
        false => Err(Failure::settings(format!(
            "`{}` exists already, and is not an empty directory; choose another name, or move it away",
            destination.display()
        ))),
    }
}

fn failed(path: &Path, what: &str) -> impl FnOnce(io::Error) -> Failure {
    let message = format!("cannot {what} `{}`; no service is made", path.display());
    move |error| Failure::settings(message).caused_by(&error)
}
