//! What cargo says about this workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::Failure;

/// The feature of a test crate whose tests need real servers.
const REAL_SERVERS: &str = "real-servers";

/// The output of `cargo metadata`.
pub(crate) struct Workspace {
    metadata: Value,
    target: PathBuf,
}

impl Workspace {
    pub(crate) fn load() -> Result<Self, Failure> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(Failure::at("cannot run `cargo metadata`"))?;
        let metadata = serde_json::from_slice(&output.stdout).map_err(|_| {
            Failure::new(format!(
                "`cargo metadata` failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ))
        })?;
        Self::of(metadata)
    }

    fn of(metadata: Value) -> Result<Self, Failure> {
        let target = metadata.get("target_directory").and_then(Value::as_str);
        let target = target
            .map(PathBuf::from)
            .ok_or_else(|| Failure::new("`cargo metadata` names no target directory"))?;
        Ok(Self { metadata, target })
    }

    /// The folder for everything that can be made again.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// `package/real-servers` for each of these packages, or of all, that has the feature.
    pub(crate) fn real_server_features(&self, selected: &[String]) -> Vec<String> {
        let packages = self.metadata.get("packages").and_then(Value::as_array);
        packages
            .into_iter()
            .flatten()
            .filter(|package| package.pointer("/features/real-servers").is_some())
            .filter_map(|package| package.get("name")?.as_str())
            .filter(|name| selected.is_empty() || selected.iter().any(|other| other == name))
            .map(|name| format!("{name}/{REAL_SERVERS}"))
            .collect()
    }
}

impl Workspace {
    /// Each package that is published, with no feature and with each alone.
    pub(crate) fn published_features(&self) -> Vec<(String, String)> {
        let packages = self.metadata.get("packages").and_then(Value::as_array);
        let published = packages.into_iter().flatten().filter(|package| {
            // `publish = false` is an empty list of registries.
            package.get("publish").is_none_or(Value::is_null)
        });
        let mut found = Vec::new();
        for package in published {
            let Some(name) = package.get("name").and_then(Value::as_str) else {
                continue;
            };
            found.push((name.to_owned(), String::new()));
            let features = package.get("features").and_then(Value::as_object);
            let features = features.into_iter().flat_map(|features| features.keys());
            let alone = features.filter(|feature| *feature != "default");
            found.extend(alone.map(|feature| (name.to_owned(), feature.clone())));
        }
        found
    }
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn features_are_those_of_the_packages_that_have_them() {
        let packages = json!([
            {"name": "live", "publish": [], "features": {"real-servers": []}},
            {"name": "plain", "publish": null, "features": {"default": [], "fast": []}},
            {"name": "other", "publish": [], "features": {"real-servers": []}},
        ]);
        let metadata = json!({"target_directory": "/somewhere", "packages": packages});
        let workspace = Workspace::of(metadata).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(workspace.target(), Path::new("/somewhere"));
        let all = ["live/real-servers", "other/real-servers"];
        assert_eq!(workspace.real_server_features(&[]), all);
        let own = workspace.published_features();
        let own: Vec<_> = own.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(own, [("plain", ""), ("plain", "fast")]);
        let selected = ["plain".to_owned(), "other".to_owned()];
        assert_eq!(workspace.real_server_features(&selected), [all[1]]);
    }
}
