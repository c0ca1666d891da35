//! Sets of features other than the usual ones: that they build, and what differs without TLS.

use std::process::ExitStatus;

use crate::failure::{self, Failure};
use crate::workspace::{self, Workspace};

/// Sets of several features that leave out what others would bring along.
const SETS: [(&str, &str); 1] = [("keystone-sdk", "identity,schema")];

/// Tests that say something else without TLS.
const WITHOUT_TLS: [(&str, &str, &[&str]); 2] = [
    ("keystone-sdk", "config,identity", &["--lib"]),
    ("keystone-middleware", "axum", &["--test", "tls"]),
];

/// Builds each published package by itself, without any feature and with each alone, then runs the
/// tests without TLS; stops at the first that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitStatus, Failure> {
    let single = workspace.published_features();
    let several = SETS.map(|(package, set)| (package.to_owned(), set.to_owned()));
    for (package, features) in single.into_iter().chain(several) {
        let outcome = cargo("check", &package, &features, &[])?;
        if !outcome.success() {
            return Ok(outcome);
        }
    }
    let mut outcome = ExitStatus::default();
    for (package, features, which) in WITHOUT_TLS {
        outcome = cargo("test", package, features, which)?;
        if !outcome.success() {
            break;
        }
    }
    Ok(outcome)
}

fn cargo(
    command: &str,
    package: &str,
    features: &str,
    further: &[&str],
) -> Result<ExitStatus, Failure> {
    let set = [
        "--package",
        package,
        "--no-default-features",
        "--features",
        features,
    ];
    failure::status(workspace::cargo().arg(command).args(set).args(further))
}
