//! Where the new service gets our crates from.

use std::fs;
use std::path::{Component, Path};

use super::template::Values;
use crate::failure::Failure;

/// Our crates that a service depends on, under the names of their placeholders.
const CRATES: [&str; 4] = [
    "keystone-middleware",
    "keystone-provision",
    "keystone-sdk",
    "keystone-testing",
];

/// The version of this program, and of the crates that its templates are made for.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What `Cargo.toml` says of our crates.
pub(super) struct Dependencies {
    /// The checkout as seen from the new directory; none for published crates.
    checkout: Option<String>,
    /// The versions of other crates with which the checkout is tested.
    lock: Option<String>,
}

impl Dependencies {
    /// Crates by their version.
    pub(super) fn published() -> Self {
        Self {
            checkout: None,
            lock: None,
        }
    }

    /// Crates by their path in a checkout of ours.
    ///
    /// # Errors
    ///
    /// When there is none at `path`, or one of another version.
    pub(super) fn of_checkout(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let version = version(path)?;
        if version != VERSION {
            return Err(Failure::settings(format!(
                "`{shown}` is a checkout of version {version}, and this program is of version {VERSION}; \
                 use the program of the checkout: `cargo run --manifest-path {shown}/Cargo.toml \
                 -p keystone-cli -- new ..`"
            )));
        }
        let seen = seen_from_below(path).ok_or_else(|| {
            Failure::settings(format!(
                "the path `{shown}` is no UTF-8, as Cargo.toml has to be"
            ))
        })?;
        Ok(Self {
            checkout: Some(seen),
            lock: fs::read_to_string(path.join("Cargo.lock")).ok(),
        })
    }

    /// The text of a `Cargo.lock` with which the service builds as the checkout does.
    pub(super) fn lock(&self) -> Option<&str> {
        self.lock.as_deref()
    }

    pub(super) fn add_to(&self, values: &mut Values) {
        for name in CRATES {
            let source = match &self.checkout {
                Some(path) => format!("path = {}", toml_string(&format!("{path}/{name}"))),
                None => format!("version = {}", toml_string(VERSION)),
            };
            values.insert(name, source);
        }
        let note = match &self.checkout {
            Some(_) => {
                "\nThe crates of Keystone for Rust come from a checkout, by its path in `Cargo.toml`. CI and the image, which\n\
                 have no such checkout, need published versions there: `keystone-middleware = { version = \"..\", .. }`.\n"
            }
            None => "",
        };
        values.insert("dependencies-note", note.to_owned());
    }

    /// What to know about them before the first build.
    pub(super) fn note(&self) -> String {
        match &self.checkout {
            Some(path) => format!("Its Cargo.toml takes our crates from `{path}`."),
            None => format!(
                "Its Cargo.toml names version {VERSION} of {}: they must be published before it builds. \
                 With `--workspace PATH` it depends on a checkout instead.",
                CRATES.join(", ")
            ),
        }
    }
}

/// The version of the checkout at `path`.
fn version(path: &Path) -> Result<String, Failure> {
    let read = |file: &str| fs::read_to_string(path.join(file)).ok();
    let is_ours = CRATES.iter().all(|name| {
        let manifest = read(&format!("{name}/Cargo.toml")).unwrap_or_default();
        value(&manifest, "package", "name").as_deref() == Some(name)
    });
    let manifest = read("Cargo.toml").unwrap_or_default();
    match value(&manifest, "workspace.package", "version") {
        Some(version) if is_ours => Ok(version),
        _ => Err(Failure::settings(format!(
            "`{}` is no checkout of Keystone for Rust: give the directory that holds keystone-middleware \
             and the workspace's Cargo.toml",
            path.display()
        ))),
    }
}

/// The text of a key in a section of one of our manifests.
fn value(manifest: &str, section: &str, key: &str) -> Option<String> {
    let mut lines = manifest.lines().map(str::trim);
    lines.find(|line| *line == format!("[{section}]"))?;
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// A path as seen from a directory below this one, with slashes.
fn seen_from_below(path: &Path) -> Option<String> {
    if path.is_absolute() {
        return path
            .to_str()
            .map(|path| path.trim_end_matches('/').to_owned());
    }
    let mut seen = String::from("..");
    for part in path.components().filter(|part| *part != Component::CurDir) {
        seen.push('/');
        seen.push_str(part.as_os_str().to_str()?);
    }
    Some(seen)
}

/// A string of TOML. JSON's escapes are among its own.
fn toml_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_seen_from_the_new_directory() {
        for (given, seen) in [
            ("ours", "../ours"),
            ("./ours/", "../ours"),
            ("../ours", "../../ours"),
            (".", ".."),
            ("/opt/ours/", "/opt/ours"),
        ] {
            assert_eq!(seen_from_below(Path::new(given)).as_deref(), Some(seen));
        }
        assert_eq!(toml_string("a\"\\b"), r#""a\"\\b""#);
    }
}
