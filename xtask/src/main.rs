//! Runs the tests and the real servers they need.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::keystone::Keystone;
use crate::lab::Lab;
use crate::workspace::Workspace;

mod bench;
mod conformance;
mod failure;
mod federation;
mod keystone;
mod lab;
mod lab_task;
mod lean;
mod outside;
mod table;
mod test;
mod walk;
mod workspace;

/// Development tasks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure decisions, logins and lists beside others (a release build: minutes, at first).
    Bench {
        /// Measure instead what applications on our crates and on others cost to build (ten minutes).
        #[arg(long)]
        build: bool,
    },
    /// Hold a real Keystone against the OpenAPI document that the specs lead to.
    Schemathesis(conformance::SchemathesisOptions),
    /// Start or stop the servers of the federated logins and PostgreSQL, or test those logins.
    Lab {
        #[command(subcommand)]
        task: lab_task::LabTask,
    },
    /// Run every test of the workspace, those on real servers included.
    Test(test::TestOptions),
    /// Take random walks on the embedded and a real Keystone, and tell where they differ.
    Walk(walk::WalkOptions),
    /// Keep a real Keystone running until Ctrl-C, or while a command runs.
    Keystone {
        /// A command to run with the OS_* variables set; the Keystone ends with it.
        #[arg(trailing_var_arg = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Failure> {
    let workspace = Workspace::load()?;
    let lab = Lab::set_up(workspace.target())?;
    match task {
        Task::Bench { build: false } => bench::run(&workspace, &lab),
        Task::Bench { build: true } => bench::build(&workspace, &lab),
        Task::Schemathesis(options) => conformance::run(&workspace, &lab, &options),
        Task::Lab { task } => lab_task::run(&workspace, &lab, task),
        Task::Test(options) => test::run(&workspace, &lab, &options),
        Task::Walk(options) => walk::run(&workspace, &lab, &options),
        Task::Keystone { command } => keystone::run(Keystone::start(&lab)?, &command),
    }
}
