//! The files that are read, and their directories.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use keystone_document::Mapping;

use crate::Error;
use crate::config::variables::Variables;
use crate::config::yaml;
use crate::error::ConfigurationError;

const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// The files that were read.
#[derive(Clone, Default)]
pub(super) struct FilesRead(Vec<PathBuf>);

impl FilesRead {
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(PathBuf::as_path)
    }

    /// The files, for errors.
    pub(super) fn shown(&self) -> Option<String> {
        let names: Vec<_> = self
            .0
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// The file that `variable` names, or else the first one with the name `stem` in `directories`.
    pub(super) fn first(
        &mut self,
        stem: &str,
        variable: &str,
        directories: &[PathBuf],
        variables: &Variables,
    ) -> Result<Option<Mapping>, Error> {
        if let Some(path) = variables.get(variable) {
            let path = PathBuf::from(path);
            let bytes = std::fs::read(&path).map_err(|error| {
                let shown = path.display();
                ConfigurationError::new(format!("the file `{shown}` cannot be read"))
                    .at(variables.place(variable))
                    .caused_by(error)
            })?;
            return self.parsed(path, bytes).map(Some);
        }
        for directory in directories {
            for ending in ENDINGS {
                let path = directory.join(format!("{stem}.{ending}"));
                match std::fs::read(&path) {
                    Ok(bytes) => return self.parsed(path, bytes).map(Some),
                    Err(error) => passed_over(&path, error)?,
                }
            }
        }
        Ok(None)
    }

    fn parsed(&mut self, path: PathBuf, bytes: Vec<u8>) -> Result<Mapping, Error> {
        let mapping = yaml::read(&path.display().to_string(), bytes)?;
        self.0.push(path);
        Ok(mapping)
    }
}

/// Ignores errors after which the next file is tried.
fn passed_over(path: &Path, error: std::io::Error) -> Result<(), Error> {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(()),
        ErrorKind::PermissionDenied => {
            let path = path.display();
            tracing::warn!("the file `{path}` is skipped: this user may not read it");
            Ok(())
        }
        _ => Err(
            ConfigurationError::new(format!("the file `{}` cannot be read", path.display()))
                .caused_by(error)
                .into(),
        ),
    }
}

/// The default directories, in their order.
pub(super) fn directories(variables: &Variables) -> Vec<PathBuf> {
    let home = variables.home();
    let mut found = vec![PathBuf::from("")];
    let mut add = |directory: PathBuf| {
        if !found.contains(&directory) {
            found.push(directory);
        }
    };
    if let Some(path) = variables.get("XDG_CONFIG_HOME") {
        add(Path::new(&path).join("openstack"));
    } else if let Some(home) = home.as_ref().filter(|_| cfg!(target_os = "macos")) {
        add(home.join("Library/Application Support/openstack"));
    }
    let snap = variables.get("SNAP_REAL_HOME").map(PathBuf::from);
    if let Some(home) = snap.or(home) {
        add(home.join(".config/openstack"));
    }
    let shared = variables.get("XDG_CONFIG_DIRS");
    for path in std::env::split_paths(shared.as_deref().unwrap_or("/etc/xdg")) {
        add(path.join("openstack"));
    }
    add(PathBuf::from("/etc/openstack"));
    found
}
