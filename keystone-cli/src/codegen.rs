//! `keystone codegen`: typed clients from resource specs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use keystone_codegen::model::Api;
use keystone_codegen::{ClientOptions, Error, client, files, resource_spec};

use crate::failure::Failure;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Write the typed client of an API.
    Client(Client),
    /// Print every operation of an API: method, path, policies (`-` for none), with tabs between.
    Operations(Specs),
}

#[derive(Args)]
pub(crate) struct Specs {
    /// The resource specs that together describe the API.
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Client {
    /// The resource specs that together describe the API.
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// The module to write: DIR.rs and the files in DIR.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write nothing, but tell which files differ from what would be written.
    #[arg(long)]
    check: bool,
    /// The crate that holds the client runtime, as the code names it.
    #[arg(long, value_name = "CRATE", default_value = "keystone_sdk")]
    root: String,
}

pub(crate) fn run(action: &Action) -> Result<ExitCode, Failure> {
    match action {
        Action::Client(arguments) => run_client(arguments),
        Action::Operations(arguments) => {
            let table = read(&arguments.specs).map(|api| keystone_codegen::operations(&api));
            finish(table.map(|table| print!("{table}")))
        }
    }
}

fn run_client(arguments: &Client) -> Result<ExitCode, Failure> {
    let Some(module) = arguments.out.file_name().and_then(|name| name.to_str()) else {
        return Err(Failure::settings(format!(
            "`{}` does not end in the name of a module; give one, such as `src/client`",
            arguments.out.display()
        )));
    };
    finish(generate(arguments, module))
}

fn finish(result: Result<(), Error>) -> Result<ExitCode, Failure> {
    match result {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Error::Io(error)) => Err(Failure::settings("nothing is generated").caused_by(&error)),
        Err(error) => {
            for line in error.to_string().lines() {
                eprintln!("error: {line}");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

fn generate(arguments: &Client, module: &str) -> Result<(), Error> {
    let api = read(&arguments.specs)?;
    let generated = client(&api, &ClientOptions::new(module).root(&arguments.root))?;
    let parent = arguments.out.parent().unwrap_or(&arguments.out);
    if arguments.check {
        files::check(parent, &generated)
    } else {
        files::write(parent, &generated)
    }
}

fn read(specs: &[PathBuf]) -> Result<Api, Error> {
    resource_spec::read(&files::read(specs)?)
}
