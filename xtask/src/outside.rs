//! What stands outside the workspace, since nobody else shall need what it needs: it has to compile too.

use std::fs;
use std::path::Path;
use std::process::ExitStatus;

use crate::failure::{self, Failure};
use crate::workspace::{self, Workspace};

const FOLDERS: [&str; 2] = ["benches", "fuzz"];

/// Where libfuzzer-sys looks for a fuzzer instead of compiling its own, which only linking needs.
const FUZZER: &str = "CUSTOM_LIBFUZZER_PATH";

/// Compiles the benches and the fuzz targets, without linking; stops at the first that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitStatus, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut outcome = ExitStatus::default();
    for folder in FOLDERS.map(|folder| root.join(folder)) {
        // The workspace's versions where both have one, so that what is built already is used.
        let lock = folder.join("Cargo.lock");
        if !lock.exists() {
            fs::copy(root.join("Cargo.lock"), &lock)
                .map_err(Failure::at(format!("cannot write `{}`", lock.display())))?;
        }
        let mut check = workspace::cargo();
        check.args(["check", "--all-targets", "--manifest-path"]);
        check.arg(folder.join("Cargo.toml"));
        check.arg("--target-dir").arg(workspace.target());
        check.env(FUZZER, &folder);
        outcome = failure::status(&mut check)?;
        if !outcome.success() {
            break;
        }
    }
    Ok(outcome)
}
