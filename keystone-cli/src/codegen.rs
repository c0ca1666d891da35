//! `keystone codegen`: code and documents from descriptions of APIs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use keystone_codegen::model::Api;
use keystone_codegen::openapi::{WriteOptions, write};
use keystone_codegen::{
    ClientOptions, Error, Generated, ServerOptions, client, describe, files, server,
};

use crate::failure::Failure;
use crate::output::Output;

mod diff;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Write the typed client of an API.
    Client(Rust),
    /// Show what a new version of an API changes, for whom and why; 1 if it breaks clients or their
    /// source.
    Diff(diff::DiffOptions),
    /// Write an OpenAPI 3.1 document of an API.
    Openapi(Openapi),
    /// Print every operation of an API: method, path, policies (`-` for none), separated by tabs.
    Operations(Operations),
    /// Write the server's side of an API: its types, and what `#[service]` holds an implementation
    /// against.
    Server(Server),
}

#[derive(Args)]
pub(crate) struct Specs {
    /// The files that together describe the API; a directory stands for the YAML files in it.
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Write nothing; report which files differ from what would be written.
    #[arg(long, requires = "out")]
    check: bool,
}

#[derive(Args)]
pub(crate) struct Rust {
    #[command(flatten)]
    specs: Specs,
    /// The module to write: DIR.rs and the files in DIR.
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    /// The crate that holds the runtime, or a path to it, as the code names it: `keystone_sdk` for
    /// a client and `keystone_middleware` for a server unless given.
    #[arg(long, value_name = "PATH")]
    root: Option<String>,
}

#[derive(Args)]
pub(crate) struct Server {
    #[command(flatten)]
    rust: Rust,
    /// The module that `policies!` made, as the code names it.
    #[arg(long, value_name = "PATH", default_value = "crate::policies")]
    policies: String,
}

#[derive(Args)]
pub(crate) struct Openapi {
    #[command(flatten)]
    specs: Specs,
    /// The file to write (`.yaml`), or its directory; standard output by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Allow nothing that is not described: for tests of a service.
    #[arg(long)]
    closed: bool,
    /// As a service serves it of itself: with every error, header and microversion of keystone-middleware.
    #[arg(long)]
    served: bool,
}

#[derive(Args)]
pub(crate) struct Operations {
    #[command(flatten)]
    specs: Specs,
    /// The file to write (`.tsv`), or its directory; standard output by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(action: &Action, output: &Output) -> Result<ExitCode, Failure> {
    match action {
        Action::Client(arguments) => run_rust(arguments, |api, module, root| {
            let options = ClientOptions::new(module);
            client(api, &root.into_iter().fold(options, ClientOptions::root))
        }),
        Action::Diff(options) => diff::run(options, output),
        Action::Server(arguments) => run_rust(&arguments.rust, |api, module, root| {
            let options = ServerOptions::new(module).policies(&arguments.policies);
            server(api, &root.into_iter().fold(options, ServerOptions::root))
        }),
        Action::Openapi(arguments) => {
            let options = WriteOptions::new()
                .closed(arguments.closed)
                .served(arguments.served);
            let text = |api: &Api| write(api, &options);
            run_text(&arguments.specs, arguments.out.as_deref(), "yaml", text)
        }
        Action::Operations(arguments) => {
            let text = |api: &Api| Ok(keystone_codegen::operations(api));
            run_text(&arguments.specs, arguments.out.as_deref(), "tsv", text)
        }
    }
}

fn run_rust(
    arguments: &Rust,
    generate: impl FnOnce(&Api, &str, Option<&str>) -> Result<Vec<Generated>, Error>,
) -> Result<ExitCode, Failure> {
    let out = arguments.out.as_deref().unwrap_or(Path::new(""));
    let Some(module) = out.file_name().and_then(|name| name.to_str()) else {
        return Err(Failure::settings(format!(
            "`{}` does not end in the name of a module; give one, such as `src/client`",
            out.display()
        )));
    };
    let generated =
        read(&arguments.specs).and_then(|api| generate(&api, module, arguments.root.as_deref()));
    let parent = out.parent().unwrap_or(out);
    finish(generated.and_then(|files| deliver(&arguments.specs, parent, &files)))
}

/// Writes one file, or prints it.
fn run_text(
    specs: &Specs,
    out: Option<&Path>,
    extension: &str,
    generate: impl FnOnce(&Api) -> Result<String, Error>,
) -> Result<ExitCode, Failure> {
    let done = read(specs).and_then(|api| {
        let text = generate(&api)?;
        let Some(out) = out else {
            print!("{text}");
            return Ok(());
        };
        let (directory, name) = match out.extension() {
            Some(found) if found == extension => (
                out.parent().unwrap_or(out).to_owned(),
                out.file_name().unwrap_or_default().to_string_lossy().into(),
            ),
            _ => (
                out.to_owned(),
                format!("{}.{extension}", document_name(specs, &api)),
            ),
        };
        deliver(specs, &directory, &[Generated::new(name, text)])
    });
    finish(done)
}

/// The name of the one file that describes the API; type and version of the service if several do.
fn document_name(specs: &Specs, api: &Api) -> String {
    if let [one] = specs.specs.as_slice()
        && !one.is_dir()
        && let Some(name) = one.file_stem()
    {
        return name.to_string_lossy().into_owned();
    }
    let service = &api.service;
    let name = match service.version.as_str() {
        "" => service.service_type.clone(),
        version => format!("{}-{version}", service.service_type),
    };
    // Both stand in the description, which does not choose other folders.
    let is_plain = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
    name.replace(|one| !is_plain(one), "_")
}

fn deliver(specs: &Specs, directory: &Path, generated: &[Generated]) -> Result<(), Error> {
    if specs.check {
        files::check(directory, generated)
    } else {
        files::write(directory, generated)
    }
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

fn read(specs: &Specs) -> Result<Api, Error> {
    describe(&files::read(&specs.specs)?)
}
