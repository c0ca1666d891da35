//! The service types that the catalog knows are those of the file that says where they come from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use keystone_document::Node;
use keystone_sdk::catalog::{SERVICE_TYPES_VERSION, service_types};

type Types = BTreeMap<String, Vec<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The version in the file, and its types.
fn spec() -> (String, Types) {
    let text = fs::read_to_string(root().join("specs/service-types.yaml")).unwrap();
    let spec = keystone_document::read("service-types.yaml", &text).unwrap();
    let texts = |node: &Node| {
        let items = node.sequence().unwrap().iter();
        items.map(|it| it.text().unwrap().to_owned()).collect()
    };
    let types = spec.get("types").and_then(Node::mapping).unwrap().iter();
    let types = types.map(|it| (it.name().to_owned(), texts(&it.value)));
    let version = spec.get("version").and_then(Node::text).unwrap();
    (version.to_owned(), types.collect())
}

#[test]
fn the_catalog_knows_the_types_of_the_spec() {
    let owned = |aliases: &[&str]| aliases.iter().map(|&it| it.to_owned()).collect();
    let known = service_types().map(|(name, aliases)| (name.to_owned(), owned(aliases)));
    let known = (SERVICE_TYPES_VERSION.to_owned(), known.collect::<Types>());
    assert_eq!(known, spec());
}

#[cfg(feature = "real-servers")]
mod real {
    use serde::Deserialize;

    use super::{Types, fs, root, spec};

    #[derive(Deserialize)]
    struct Installed {
        release: String,
        version: String,
        types: Types,
    }

    /// The file as it should be, with the head that it has.
    fn as_spec(installed: &Installed, now: &str) -> String {
        let (head, _) = now.split_once("\nversion:").unwrap();
        let types = installed.types.iter();
        let types = types.map(|(name, aliases)| format!("  {name}: [{}]\n", aliases.join(", ")));
        let types: String = types.collect();
        format!(
            "{head}\nversion: \"{}\"\ntypes:\n{types}",
            installed.version
        )
    }

    /// The table of keystone-sdk as it should be.
    fn as_table(installed: &Installed, now: &str) -> String {
        let (before, rest) = now.split_once("SERVICE_TYPES_VERSION: &str = ").unwrap();
        let (_, between) = rest.split_once(";\n").unwrap();
        let (between, rest) = between.split_once("&[(&str, &[&str])] = &[\n").unwrap();
        let (_, after) = rest.split_once("\n];").unwrap();
        let rows = installed.types.iter();
        let rows = rows.map(|(name, aliases)| format!("    ({name:?}, &{aliases:?}),"));
        let rows: Vec<_> = rows.collect();
        format!(
            "{before}SERVICE_TYPES_VERSION: &str = {:?};\n{between}&[(&str, &[&str])] = &[\n{}\n];{after}",
            installed.version,
            rows.join("\n")
        )
    }

    #[test]
    fn the_spec_is_that_of_the_installed_authority() {
        let output = keystone_lab::python("service_types.py").unwrap().output();
        let installed: Installed = serde_json::from_slice(&output.unwrap().stdout).unwrap();
        if keystone_lab::bless() {
            for (file, written) in [
                (
                    "specs/service-types.yaml",
                    as_spec as fn(&Installed, &str) -> String,
                ),
                ("keystone-sdk/src/catalog/aliases.rs", as_table),
            ] {
                let path = root().join(file);
                let now = fs::read_to_string(&path).unwrap();
                fs::write(path, written(&installed, &now)).unwrap();
            }
        }
        let text = fs::read_to_string(root().join("specs/service-types.yaml")).unwrap();
        assert!(text.contains(&format!("os-service-types {}", installed.release)));
        assert_eq!(spec(), (installed.version, installed.types));
    }
}
