//! The keystone program: tokens, catalog and code generation at the command line.

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

mod arguments;
mod catalog;
mod codegen;
mod failure;
mod output;
mod plugins;
mod policy;
mod provision;
mod source;
mod token;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.verbose {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_env_filter("keystone_sdk=debug")
            .init();
    }
    match run(arguments).await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments {
        command,
        source,
        output,
        ..
    } = arguments;
    match command {
        Command::Catalog { action } => catalog::run(action, &source, &output).await?,
        Command::Codegen { action } => return codegen::run(&action),
        Command::Plugins { action } => plugins::run(action, &output)?,
        Command::Policy { action } => return policy::run(&action, &output),
        Command::Provision(request) => return provision::run(&request, &source, &output).await,
        Command::Token { action } => token::run(action, &source, &output).await?,
    }
    Ok(ExitCode::SUCCESS)
}
