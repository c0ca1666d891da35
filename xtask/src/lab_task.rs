//! `cargo xtask lab`: the servers of the federated logins, by hand.

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;
use crate::federation::{Kept, PACKAGE};
use crate::lab::Lab;
use crate::test::{self, TestOptions};
use crate::workspace::Workspace;

#[derive(Subcommand)]
pub(crate) enum LabTask {
    /// Start the servers of the federated logins, and leave them running.
    Up,
    /// Stop what `up` has started.
    Down,
    /// Tell which servers run, and where.
    Status,
    /// Run the tests of federated logins, on the servers of `up` where they run.
    Test {
        /// Passed on to `cargo test`: options and a name filter.
        #[arg(allow_hyphen_values = true)]
        cargo: Vec<String>,
        /// Passed on to the test programs.
        #[arg(last = true, value_name = "TEST OPTION")]
        programs: Vec<String>,
    },
}

pub(crate) fn run(workspace: &Workspace, lab: &Lab, task: LabTask) -> Result<ExitCode, Failure> {
    let kept = Kept::of(lab);
    match task {
        LabTask::Up => kept.up(lab),
        LabTask::Down => kept.down(),
        LabTask::Status => kept.status(),
        LabTask::Test { cargo, programs } => {
            test::run(workspace, lab, &TestOptions::of(PACKAGE, cargo, programs))
        }
    }
}
