//! The `keystone` program: tokens, catalog, policies, provisioning and code generation on the command line.

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

// Modules need only what comes later in: arguments, the commands, login, identity, output and
// prompt, log, failure.
mod arguments;
mod catalog;
mod codegen;
mod discover;
mod failure;
mod identity;
mod log;
mod login;
mod new;
mod output;
mod plugins;
mod policy;
mod prompt;
mod provision;
mod request;
mod token;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    log::start(arguments.verbose, arguments.debug);
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
        login,
        output,
        ..
    } = arguments;
    match command {
        Command::Catalog { action } => catalog::run(action, &login, &output).await?,
        Command::Codegen { action } => return codegen::run(&action, &output),
        Command::Completion { shell } => completion(shell),
        Command::Discover(discover) => discover::run(&discover, &login, &output).await?,
        Command::New(arguments) => new::run(&arguments)?,
        Command::Plugins(plugins) => plugins::run(&plugins, &output)?,
        Command::Policy { action } => return policy::run(&action, &output),
        Command::Provision(request) => return provision::run(&request, &login, &output).await,
        Command::Request(request) => return request::run(&request, &login).await,
        Command::Token { action } => token::run(action, &login, &output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn completion(shell: clap_complete::Shell) {
    let mut program = arguments::program();
    clap_complete::generate(shell, &mut program, "keystone", &mut std::io::stdout());
}
