//! The files that a test names.

use std::path::{Path, PathBuf};

use keystone_codegen::resource_spec::SpecFile;

/// Where a test is, for the paths that it names.
#[derive(Clone, Copy, Debug)]
pub struct TestPlace {
    manifest: &'static str,
    file: &'static str,
}

impl TestPlace {
    /// The directory of the crate's manifest, `env!("CARGO_MANIFEST_DIR")`, and the file, `file!()`.
    #[must_use]
    pub const fn new(manifest: &'static str, file: &'static str) -> Self {
        Self { manifest, file }
    }

    /// The file of this name, below the manifest or beside the test.
    pub(super) fn find(&self, name: &str) -> Result<PathBuf, String> {
        let mut folders = vec![PathBuf::from(self.manifest)];
        // The path of a source file is relative to the root of the workspace.
        let beside = Path::new(self.file).parent().unwrap_or(Path::new(""));
        let roots = Path::new(self.manifest).ancestors();
        folders.extend(
            roots
                .map(|root| root.join(beside))
                .find(|folder| folder.is_dir()),
        );
        let candidates: Vec<PathBuf> = folders.iter().map(|folder| folder.join(name)).collect();
        if let Some(found) = candidates.iter().find(|path| path.exists()) {
            return Ok(found.clone());
        }
        let tried: Vec<String> = candidates
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        Err(format!(
            "there is no file `{name}`; tried {}",
            tried.join(" and ")
        ))
    }

    /// The files under names that are relative to the manifest.
    pub(super) fn shortened(&self, files: Vec<SpecFile>) -> Vec<SpecFile> {
        let files = files.into_iter().map(|mut file| {
            let short = file.name.strip_prefix(self.manifest);
            if let Some(short) = short.and_then(|short| short.strip_prefix('/')) {
                file.name = short.to_owned();
            }
            file
        });
        files.collect()
    }
}
