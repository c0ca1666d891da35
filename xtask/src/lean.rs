//! Sets of features other than the usual ones: that they build, and what differs without TLS.

use std::process::ExitStatus;

use crate::failure::{self, Failure};
use crate::workspace;

/// Packages with sets of features of which each has to build alone.
const SETS: [(&str, &[&str]); 3] = [
    ("keystone-policy", &["", "eval", "file", "json"]),
    (
        "keystone-sdk",
        &[
            "",
            "client-macro",
            "config",
            "identity",
            "identity,schema",
            "oauth1",
            "tls",
            "token-files",
        ],
    ),
    ("keystone-middleware", &["", "axum", "tls"]),
];

/// Tests that say something else without TLS.
const WITHOUT_TLS: [(&str, &str, &[&str]); 2] = [
    ("keystone-sdk", "config,identity", &["--lib"]),
    ("keystone-middleware", "axum", &["--test", "tls"]),
];

/// Builds all sets, then runs the tests without TLS; stops at the first that fails.
pub(crate) fn run() -> Result<ExitStatus, Failure> {
    let sets = SETS
        .iter()
        .flat_map(|(package, sets)| sets.iter().map(move |set| (*package, *set)));
    let builds = sets.map(|(package, set)| ("check", package, set, &[][..]));
    let tests = WITHOUT_TLS.map(|(package, set, which)| ("test", package, set, which));
    let mut outcome = ExitStatus::default();
    for (command, package, features, further) in builds.chain(tests) {
        outcome = cargo(command, package, features, further)?;
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
