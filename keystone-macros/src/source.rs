//! The files that macros read, and where they are searched.

use std::path::{Path, PathBuf};
use std::{env, fs};

use keystone_document::decode;
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// A file that was named in an argument.
pub(crate) struct SourceFile {
    path: PathBuf,
    text: String,
}

impl SourceFile {
    /// Finds the file that `argument` names: relative to the crate's manifest, or else to the file
    /// that holds the macro. (In a compile-fail test, the manifest is not the crate's own.)
    pub(crate) fn find(argument: &LitStr) -> syn::Result<Self> {
        Self::find_in(&folders(argument), argument)
    }

    /// As [`find`](Self::find), in these directories, in order.
    pub(crate) fn find_in(folders: &[PathBuf], argument: &LitStr) -> syn::Result<Self> {
        let name = argument.value();
        let mut candidates: Vec<_> = folders.iter().map(|folder| folder.join(&name)).collect();
        candidates.dedup();
        for path in &candidates {
            if let Ok(path) = fs::canonicalize(path) {
                return Self::read(argument, path);
            }
        }
        let tried: Vec<_> = candidates.iter().map(|path| shown(path)).collect();
        let message = format!("there is no file `{name}`; tried {}", tried.join(" and "));
        Err(syn::Error::new(argument.span(), message))
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The whole path.
    pub(crate) fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// An item that makes the compiler run the macro again when the file has changed.
    pub(crate) fn watched(&self) -> TokenStream {
        // Absolute, because for `include_bytes!` a path is relative to the calling file.
        let path = self.path();
        quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        )
    }

    fn read(argument: &LitStr, path: PathBuf) -> syn::Result<Self> {
        let text = fs::read(&path)
            .map_err(|error| format!("`{}` cannot be read: {error}", path.display()))
            .and_then(|bytes| decode(&argument.value(), bytes).map_err(|fault| fault.to_string()));
        match text {
            Ok(text) => Ok(Self { path, text }),
            Err(message) => Err(syn::Error::new(argument.span(), message)),
        }
    }
}

/// A path for error messages: relative to the working directory of the compiler, which is the root
/// of the workspace.
fn shown(path: &Path) -> String {
    let root = env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(root).unwrap_or(path);
    format!("`{}`", path.display())
}

fn folders(argument: &LitStr) -> Vec<PathBuf> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    // Outside of a macro, as in unit tests, a span has no file.
    let invoking = proc_macro::is_available()
        .then(|| argument.span().unwrap().local_file())
        .flatten();
    let beside = invoking.and_then(|file| Some(file.parent()?.to_path_buf()));
    manifest.into_iter().chain(beside).collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn find(name: &str) -> syn::Result<SourceFile> {
        SourceFile::find(&LitStr::new(name, Span::call_site()))
    }

    #[test]
    fn a_file_is_found_beside_the_manifest() {
        let source = find("src/source.rs").unwrap();
        assert!(
            source
                .text()
                .starts_with("//! The files that macros read, and where they are searched.")
        );
        assert!(source.watched().to_string().contains("include_bytes"));
    }

    #[test]
    fn a_missing_file_says_where_it_was_sought() {
        let error = find("specs/nothing.yaml").err().unwrap().to_string();
        assert!(
            error.starts_with("there is no file `specs/nothing.yaml`; tried "),
            "{error}"
        );
    }

    #[test]
    fn a_missing_file_is_told_with_the_places_tried() {
        let folders = ["one", "two", "two"].map(PathBuf::from);
        let file = LitStr::new("absent.yaml", Span::call_site());
        let error = SourceFile::find_in(&folders, &file).err().unwrap();
        assert_eq!(
            error.to_string(),
            "there is no file `absent.yaml`; tried `one/absent.yaml` and `two/absent.yaml`"
        );
    }
}
