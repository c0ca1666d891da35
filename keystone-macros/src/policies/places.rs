//! Where the files that a macro names are looked for.

use std::path::{Path, PathBuf};

use keystone_document::decode;

use crate::source::shown;

/// Folders to look in, the first first.
pub(super) struct Places(Vec<PathBuf>);

impl Places {
    /// The folder of the crate's manifest, then that of the file that calls the macro.
    pub(super) fn of_the_call() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "cargo tells macros the manifest's folder so only"
        )]
        let manifest = std::env::var("CARGO_MANIFEST_DIR").ok().map(PathBuf::from);
        let caller = proc_macro::Span::call_site().local_file();
        let folder = caller.and_then(|file| file.parent().map(Path::to_owned));
        Self(manifest.into_iter().chain(folder).collect())
    }

    #[cfg(test)]
    pub(super) fn of(folders: &[&Path]) -> Self {
        Self(folders.iter().map(|folder| (*folder).to_owned()).collect())
    }

    /// The absolute path of `file` and its text, or what is wrong.
    pub(super) fn read(&self, file: &str) -> Result<(String, String), String> {
        let mut tried = Vec::new();
        for folder in &self.0 {
            let path = folder.join(file);
            // `include_bytes!` takes a relative path for one beside the calling file.
            let path = std::path::absolute(&path).unwrap_or(path);
            match std::fs::read(&path) {
                Ok(bytes) => {
                    let text = decode(file, bytes).map_err(|fault| fault.to_string())?;
                    return Ok((path.display().to_string(), text));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => tried.push(path),
                Err(error) => return Err(format!("`{}` cannot be read: {error}", path.display())),
            }
        }
        tried.dedup();
        let tried: Vec<String> = tried.iter().map(|path| shown(path)).collect();
        Err(format!(
            "no file `{file}` beside the crate's manifest or beside this file; looked for {}",
            tried.join(" and ")
        ))
    }
}
