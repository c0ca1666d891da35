//! `cargo xtask lab`: the servers of the federated logins, and PostgreSQL, by hand.

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;
use crate::federation::Kept;
use crate::lab::{FEDERATION, Lab, SERVERS};
use crate::test::{self, TestOptions};
use crate::workspace::Workspace;

#[derive(Subcommand)]
pub(crate) enum LabTask {
    /// Start the servers of the federated logins and PostgreSQL, and leave them running.
    Up,
    /// Stop what `up` has started.
    Down,
    /// Tell which servers run, and where.
    Status,
    /// Run the tests of federated logins, on the servers of `up` where they run.
    Test {
        /// Write the table of logins into `docs/federation.md`, instead of comparing it with that.
        #[arg(long)]
        bless: bool,
        /// Passed on to `cargo test`: options and a name filter.
        #[arg(allow_hyphen_values = true)]
        cargo: Vec<String>,
        /// Passed on to the test programs.
        #[arg(last = true, value_name = "TEST OPTION")]
        programs: Vec<String>,
    },
}

pub(crate) fn run(workspace: &Workspace, lab: &Lab, task: LabTask) -> Result<ExitCode, Failure> {
    let kept = SERVERS.iter().map(|servers| Kept::of(lab, servers));
    let mut well = true;
    match task {
        LabTask::Up => {
            for kept in kept {
                well &= kept.up(lab)?;
            }
        }
        LabTask::Down => {
            for kept in kept {
                well &= kept.down()?;
            }
        }
        LabTask::Status => {
            for kept in kept {
                well &= kept.status()?;
            }
        }
        LabTask::Test {
            bless,
            cargo,
            programs,
        } => {
            let options = TestOptions::of(FEDERATION, cargo, programs).bless_table(bless);
            return test::run(workspace, lab, &options);
        }
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
