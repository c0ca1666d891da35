//! `keystone policy redundant`: overrides that say what the default says.

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::output::{Answer, Output};
use crate::policy::files::{Source, text};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    source: Source,
}

/// Lists the overrides that may be left out. Rules are compared as they are understood, not as they
/// are written.
pub(super) fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let files = options.source.read()?;
    if files.declared.is_empty() {
        let message = "there are no defaults to compare with, name them with `--defaults FILE`";
        return Err(Failure::settings(message));
    }
    let redundant = files.overrides.iter().filter(|given| {
        let mut declared = files.declared.iter();
        declared.any(|one| one.name == given.name && one.rule == given.rule)
    });
    let row = |given: &crate::policy::files::Override| {
        vec![
            json!(given.name),
            json!(text(&given.value)),
            json!(given.place),
        ]
    };
    let rows = redundant.map(row).collect();
    output.print(Answer::list(&["rule", "check", "place"], rows))
}
