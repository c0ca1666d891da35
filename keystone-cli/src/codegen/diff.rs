//! `keystone codegen diff`: what a new version of an API changes, and for whom.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use keystone_codegen::diff::{Change, Diff, Effect, diff};
use keystone_codegen::model::Api;
use keystone_codegen::{Error, describe, files};
use serde_json::{Map, Value, json};

use crate::failure::{Failure, exit_code};
use crate::output::Output;

#[derive(Args)]
pub(crate) struct DiffOptions {
    /// The description so far: a file, or a directory for the YAML files in it.
    old: PathBuf,
    /// The one to come.
    new: PathBuf,
    /// End with 1 at changes with these effects only.
    #[arg(
        long,
        value_name = "EFFECT",
        value_delimiter = ',',
        default_values = [Effect::Clients.as_str(), Effect::Source.as_str()],
        value_parser = PossibleValuesParser::new(Effect::ALL.map(Effect::as_str)),
    )]
    fail_on: Vec<String>,
    /// Print JSON, as `--format json` does.
    #[arg(long)]
    json: bool,
}

/// Prints all changes, and ends with 1 if one of them has one of the effects to fail on.
pub(super) fn run(options: &DiffOptions, output: &Output) -> Result<ExitCode, Failure> {
    let (old, new) = (read(&options.old)?, read(&options.new)?);
    let diff = diff(&old, &new);
    let fails = |effect: &Effect| options.fail_on.iter().any(|name| name == effect.as_str());
    let effects: Vec<Effect> = Effect::ALL.into_iter().filter(fails).collect();
    let breaking = diff.is_breaking(&effects);
    if options.json || output.is_json() {
        output.print_json(&document(&diff, breaking))?;
    } else if diff.changes.is_empty() {
        eprintln!("nothing changes");
    } else {
        output.print_text(diff.to_string().trim_end())?;
    }
    Ok(exit_code(!breaking))
}

fn read(path: &Path) -> Result<Api, Failure> {
    let described = files::read(&[path.to_owned()]).and_then(|sources| describe(&sources));
    described.map_err(|error| match &error {
        Error::Io(error) => Failure::settings("nothing is compared").caused_by(error),
        error => {
            let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
            Failure::settings(lines.join("\nerror: "))
        }
    })
}

fn document(diff: &Diff, breaking: bool) -> Value {
    let counts = Effect::ALL.map(|effect| {
        let count = diff.of(effect).count();
        (effect.as_str().to_owned(), json!(count))
    });
    json!({
        "breaking": breaking,
        "summary": Value::Object(counts.into_iter().collect::<Map<_, _>>()),
        "changes": diff.changes.iter().map(change).collect::<Value>(),
    })
}

fn change(change: &Change) -> Value {
    json!({
        "effect": change.effect.as_str(),
        "kind": change.kind,
        "subject": change.subject,
        "what": change.what,
        "why": change.why,
        "operations": change.operations,
    })
}
