//! The benches against other engines, which are no part of the workspace.

use std::process::{Command, ExitCode};

use crate::failure::{self, Failure};
use crate::lab::Lab;
use crate::workspace::{self, Workspace};

/// Builds the benches in release mode and runs them.
pub(crate) fn run(workspace: &Workspace, lab: &Lab) -> Result<ExitCode, Failure> {
    let mut benches = workspace::cargo();
    benches
        .args(["run", "--release", "--manifest-path"])
        .arg(keystone_lab::folder().join("../../benches/Cargo.toml"))
        .arg("--target-dir")
        .arg(workspace.target().join("benches"))
        .env(keystone_lab::PYTHON, lab.python());
    failure::status(&mut benches).map(failure::exit_code)
}

/// Builds the applications of `benches/build`, each from nothing, and prints what that costs.
pub(crate) fn build(workspace: &Workspace, lab: &Lab) -> Result<ExitCode, Failure> {
    let mut script = Command::new(lab.python());
    script
        .arg(keystone_lab::folder().join("../../benches/build/measure.py"))
        .arg(workspace.target().join("bench-build"));
    failure::status(&mut script).map(failure::exit_code)
}
