//! Random walks on the embedded and the real Keystone.

use std::process::ExitCode;

use clap::Args;

use crate::failure::{self, Failure};
use crate::keystone::Keystone;
use crate::lab::Lab;
use crate::test::{CONTRACT, cargo_test};
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct WalkOptions {
    /// The first seed; the others follow it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many walks to take, each with its own seed.
    #[arg(long, default_value_t = 100)]
    walks: u64,
    /// How many steps a walk has.
    #[arg(long, default_value_t = 15)]
    steps: u64,
    /// Of how many different findings to look for the shortest sequence; of the others the last
    /// step is shown.
    #[arg(long, default_value_t = 3)]
    shrink: u64,
}

pub(crate) fn run(
    workspace: &Workspace,
    lab: &Lab,
    options: &WalkOptions,
) -> Result<ExitCode, Failure> {
    let keystone = Keystone::start(lab)?;
    let mut walks = cargo_test(workspace, &[CONTRACT.to_owned()]);
    walks
        .args(["--test", "walk", "--", "--nocapture"])
        .envs(keystone.test_variables())
        .env(keystone_lab::PYTHON, lab.python())
        .env("KEYSTONE_WALK_SEED", options.seed.to_string())
        .env("KEYSTONE_WALK_COUNT", options.walks.to_string())
        .env("KEYSTONE_WALK_STEPS", options.steps.to_string())
        .env("KEYSTONE_WALK_SHRINK", options.shrink.to_string());
    failure::status(&mut walks).map(failure::exit_code)
}
