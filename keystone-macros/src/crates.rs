//! The names of the workspace's crates in the crate that invokes a macro.
//!
//! A dependency may be renamed in `Cargo.toml` (`km = { package = "keystone-middleware" }`), and
//! applications that depend on keystone-middleware reach keystone-sdk through it. The manifest is
//! read once per run of the compiler, line by line; unknown syntax is ignored, and `crate = path`
//! always takes precedence.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The path of `package`, if it is not under its own name.
pub(crate) fn renamed(package: &str) -> Option<String> {
    static MANIFEST: OnceLock<Option<Manifest>> = OnceLock::new();
    if !proc_macro::is_available() {
        return None;
    }
    let manifest = MANIFEST.get_or_init(|| Manifest::read(&manifest_folder()?));
    manifest.as_ref()?.path_of(package)
}

fn manifest_folder() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// The dependencies of a crate, with their packages.
struct Manifest {
    /// The crate's own name.
    package: Option<String>,
    /// The names in the crate with the names of the packages.
    dependencies: Vec<(String, String)>,
}

impl Manifest {
    fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        let mut ancestors = folder.ancestors().skip(1);
        let workspace = || {
            ancestors.find_map(|folder| {
                let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
                text.contains("[workspace").then_some(text)
            })
        };
        Some(Self::parse(&text, workspace))
    }

    fn parse(text: &str, workspace: impl FnOnce() -> Option<String>) -> Self {
        let own = |table: &str| {
            let mut parts = table.split('.');
            !is_shared(table)
                && parts.any(|part| matches!(part, "dependencies" | "dev-dependencies"))
        };
        let mut dependencies = entries(text, own);
        if dependencies.iter().any(|entry| entry.shared) {
            // The crate may be the root of its workspace.
            let elsewhere = match text.contains("[workspace.dependencies") {
                true => Some(text.to_owned()),
                false => workspace(),
            };
            let shared = entries(&elsewhere.unwrap_or_default(), is_shared);
            for entry in dependencies.iter_mut().filter(|entry| entry.shared) {
                let known = shared.iter().find(|known| known.name == entry.name);
                entry.package = known.and_then(|known| known.package.clone());
            }
        }
        let named = dependencies.into_iter().map(|entry| {
            let package = entry.package.unwrap_or_else(|| entry.name.clone());
            (entry.name, package)
        });
        let package = entries(text, |table| table == "package").into_iter();
        let mut package = package.filter_map(|entry| entry.text.filter(|_| entry.name == "name"));
        Self {
            package: package.next(),
            dependencies: named.collect(),
        }
    }

    fn path_of(&self, package: &str) -> Option<String> {
        if self.package.as_deref() == Some(package) {
            return None;
        }
        let found = self.dependencies.iter().filter(|(_, one)| one == package);
        let mut names = found.map(|(name, _)| name);
        match names.next() {
            Some(name) if name == package => None,
            Some(_) if names.any(|name| name == package) => None,
            Some(name) => Some(format!("::{}", name.replace('-', "_"))),
            // Re-exported by keystone-middleware.
            None if package == "keystone-sdk" => {
                let middleware = "keystone-middleware";
                let mut found = self.dependencies.iter();
                let (name, _) = found.find(|(_, one)| one == middleware)?;
                Some(format!("::{}::sdk", name.replace('-', "_")))
            }
            None => None,
        }
    }
}

fn is_shared(table: &str) -> bool {
    table.starts_with("workspace.dependencies")
}

/// A line `name = ..` of a table, or a table of its own.
#[derive(Default)]
struct Entry {
    name: String,
    /// The value, if it is a string.
    text: Option<String>,
    /// The value of `package`.
    package: Option<String>,
    /// Whether it has `workspace = true`.
    shared: bool,
}

/// The entries of the tables that `wanted` selects.
fn entries(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            table = name.trim().to_owned();
            continue;
        }
        if !wanted(&table) || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let of_table = table.rsplit_once("dependencies.").map(|(_, name)| name);
        let (name, key) = match (of_table, key.trim().split_once('.')) {
            (Some(name), _) => (name, Some(key.trim())),
            (None, Some((name, key))) => (name, Some(key.trim())),
            (None, None) => (key.trim(), None),
        };
        let name = name.trim().trim_matches('"');
        let value = value.trim();
        let known = found.iter().position(|entry| entry.name == name);
        let known = known.unwrap_or_else(|| {
            found.push(Entry {
                name: name.to_owned(),
                ..Entry::default()
            });
            found.len() - 1
        });
        if let Some(entry) = found.get_mut(known) {
            match key {
                Some("package") => entry.package = quoted(value),
                Some("workspace") => entry.shared = value.starts_with("true"),
                Some(_) => {}
                None => {
                    entry.text = quoted(value);
                    entry.package = inside(value, "package").and_then(quoted);
                    entry.shared = inside(value, "workspace").is_some();
                }
            }
        }
    }
    found
}

/// The value of `key` in an inline table.
fn inside<'a>(value: &'a str, key: &str) -> Option<&'a str> {
    let table = value.strip_prefix('{')?;
    table.split([',', '}']).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.trim() == key).then(|| value.trim())
    })
}

/// The string at the start of `value`.
fn quoted(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.split(quote).nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(manifest: &str, package: &str) -> Option<String> {
        let workspace = "[workspace]\n[workspace.dependencies]\n\
            km = { package = \"keystone-middleware\", version = \"1\" }\n\
            keystone-sdk = \"1\"\n";
        Manifest::parse(manifest, || Some(workspace.to_owned())).path_of(package)
    }

    #[test]
    fn a_crate_is_found_under_its_name_or_another() {
        let middleware = "keystone-middleware";
        let cases = [
            ("[dependencies]\nkeystone-middleware = \"1\"", None),
            (
                "[dependencies]\nkm = { version = \"1\", package = \"keystone-middleware\" }",
                Some("::km"),
            ),
            (
                "[dependencies.k-m]\nversion = \"1\"\npackage = 'keystone-middleware'",
                Some("::k_m"),
            ),
            (
                "[target.'cfg(unix)'.dependencies]\nkm.package = \"keystone-middleware\"",
                Some("::km"),
            ),
            (
                "[dev-dependencies]\nkm = { workspace = true }",
                Some("::km"),
            ),
            (
                "[dev-dependencies]\nkm.workspace = true # here",
                Some("::km"),
            ),
            ("[dependencies]\nkeystone-middleware.workspace = true", None),
            (
                "[dependencies]\nkm = { package = \"keystone-middleware\" }\n[dev-dependencies]\n\
                 keystone-middleware = \"1\"",
                None,
            ),
            ("[package]\nname = \"keystone-middleware\"", None),
            ("[dependencies]\naxum = \"1\"", None),
            ("not toml at all", None),
            ("", None),
        ];
        for (manifest, expected) in cases {
            assert_eq!(
                path(manifest, middleware).as_deref(),
                expected,
                "{manifest}"
            );
        }
    }

    #[test]
    fn the_sdk_is_found_through_the_middleware() {
        let cases = [
            (
                "[dependencies]\nkeystone-middleware = \"1\"",
                Some("::keystone_middleware::sdk"),
            ),
            (
                "[dependencies]\nkm = { package = \"keystone-middleware\" }",
                Some("::km::sdk"),
            ),
            (
                "[dependencies]\nkeystone-middleware = \"1\"\nkeystone-sdk = \"1\"",
                None,
            ),
            (
                "[dependencies]\nks = { package = \"keystone-sdk\" }",
                Some("::ks"),
            ),
            (
                "[package]\nname = \"keystone-sdk\"\n[dev-dependencies]\nkeystone-middleware = \"1\"",
                None,
            ),
        ];
        for (manifest, expected) in cases {
            assert_eq!(
                path(manifest, "keystone-sdk").as_deref(),
                expected,
                "{manifest}"
            );
        }
    }
}
