//! `keystone new`: a service to start from.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use keystone_codegen::describe;
use keystone_codegen::resource_spec::SpecFile;

use self::dependencies::Dependencies;
use self::directory::Staged;
use self::names::Names;
use self::template::{FILES, Values, render};
use crate::failure::Failure;

// Modules need only what comes later in: dependencies, directory, names, template.
mod dependencies;
mod directory;
mod names;
mod template;

#[derive(Args)]
pub(crate) struct New {
    /// The name of the crate and of its directory, such as `image-registry`.
    name: String,
    /// A checkout of Keystone for Rust; the service depends on it by path. Without this, it depends on
    /// published crates of the version of this program.
    #[arg(long, value_name = "PATH")]
    workspace: Option<PathBuf>,
    /// What the API is about, in the singular, such as `image`; derived from the name by default.
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// The type of the service in the catalog; the resource by default.
    #[arg(long, value_name = "TYPE")]
    r#type: Option<String>,
}

pub(crate) fn run(arguments: &New) -> Result<(), Failure> {
    let names = Names::new(
        &arguments.name,
        arguments.resource.as_deref(),
        arguments.r#type.as_deref(),
    )?;
    let dependencies = match &arguments.workspace {
        Some(path) => Dependencies::of_checkout(path)?,
        None => Dependencies::published(),
    };
    let files = files(&names, &dependencies)?;
    let mut staged = Staged::new(Path::new(&names.name))?;
    for (path, text) in &files {
        staged.write(path, text)?;
    }
    if let Some(lock) = dependencies.lock() {
        staged.write("Cargo.lock", lock)?;
    }
    let is_formatted = format(staged.path());
    staged.finish()?;
    println!("{}", report(&names, &dependencies, &files, is_formatted));
    Ok(())
}

/// All files, with their paths in the new directory.
fn files(names: &Names, dependencies: &Dependencies) -> Result<Vec<(String, String)>, Failure> {
    let mut values = Values::default();
    names.add_to(&mut values);
    dependencies.add_to(&mut values);
    let rendered = |path, text| render(path, text, &values).map_err(Failure::settings);
    let mut files = Vec::with_capacity(FILES.len());
    for (path, text) in FILES {
        files.push((rendered(path, path)?, rendered(path, text)?));
    }
    let spec = files.iter().find(|(path, _)| path == "specs/service.yaml");
    if let Some((path, text)) = spec {
        // The reader knows which names the generated code has no room for.
        describe(&[SpecFile::new(path.as_str(), text.as_str())]).map_err(|error| {
            let message = format!(
                "`{}` cannot be the resource of a service; choose another with `--resource NAME`",
                names.resource
            );
            Failure::settings(message).caused_by(&error)
        })?;
    }
    Ok(files)
}

/// Formats the code, whose lines are as long as the names in them; false without a rustfmt.
fn format(directory: &Path) -> bool {
    Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(["src/lib.rs", "src/main.rs", "tests/service.rs"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn report(
    names: &Names,
    dependencies: &Dependencies,
    files: &[(String, String)],
    is_formatted: bool,
) -> String {
    let Names {
        name,
        service_type,
        resource,
        ..
    } = names;
    let mut text = format!(
        "Created `{name}`, a service of type `{service_type}` with the resource `{resource}`:\n"
    );
    for (path, _) in files {
        text.push_str(&format!("  {name}/{path}\n"));
    }
    text.push_str(&format!("\n{}\n\nNext:\n", dependencies.note()));
    text.push_str(&format!("  cd {name}\n"));
    if !is_formatted {
        text.push_str("  cargo fmt     # rustfmt was not found\n");
    }
    text.push_str("  cargo test\n  cargo run     # with a Keystone inside the process");
    text
}
