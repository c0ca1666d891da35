//! `keystone policy sample` and `generate`: policy files out of what services declare.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use keystone_policy::Rules;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::files::{Declared, Defaults, Files, PolicyInput, written};
use crate::policy::format::{documentation, entry};

#[derive(Args)]
pub(crate) struct SampleOptions {
    /// The files in which services declare their policies.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Leave out what is said of policies that others replaced.
    #[arg(long)]
    exclude_deprecated: bool,
}

#[derive(Args)]
pub(crate) struct GenerateOptions {
    #[command(flatten)]
    input: PolicyInput,
}

/// Prints all defaults: commented out with their documentation, or in JSON just as they are.
pub(super) fn run(options: &SampleOptions, output: &Output) -> Result<(), Failure> {
    let defaults = Defaults {
        defaults: options.files.clone(),
        old_defaults: false,
    };
    let mut files = defaults.with(None)?;
    files.describe_operations()?;
    if output.is_json() {
        let pairs = files.declared.iter();
        return output.print_json(&object(
            pairs.map(|one| (one.name.clone(), one.value.clone())),
        ));
    }
    let mut text = String::new();
    for declared in rules_first(&files) {
        text.push_str(&documentation(declared, !options.exclude_deprecated));
        text.push_str(&format!("#{}\n\n", entry(&declared.name, &declared.value)));
    }
    output.print_text(text.trim_end())
}

/// Prints the policy file that says in full what is in force.
pub(super) fn generate(options: &GenerateOptions, output: &Output) -> Result<(), Failure> {
    let files = options.input.read()?;
    let rules = files.rules(options.input.defaults.old_defaults)?;
    let pairs = effective(&files, &rules);
    if output.is_json() {
        return output.print_json(&object(pairs.into_iter()));
    }
    let lines: Vec<String> = pairs
        .iter()
        .map(|(name, value)| entry(name, value))
        .collect();
    output.print_text(&lines.join("\n"))
}

/// The rules in force as they would be written, overrides first as the operator ordered them.
fn effective(files: &Files, rules: &Rules) -> Vec<(String, Value)> {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for given in &files.overrides {
        pairs.push((given.name.clone(), given.value.clone()));
    }
    let given: HashSet<&str> = files
        .overrides
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    for declared in rules_first(files) {
        if given.contains(declared.name.as_str()) {
            continue;
        }
        let value = match rules.get(&declared.name) {
            Some(rule) if *rule != declared.rule => written(rule),
            _ => declared.value.clone(),
        };
        pairs.push((declared.name.clone(), value));
    }
    pairs
}

fn rules_first(files: &Files) -> impl Iterator<Item = &Declared> {
    let of = |policies: bool| {
        let declared = files.declared.iter();
        declared.filter(move |one| one.policy.is_some() == policies)
    };
    of(false).chain(of(true))
}

fn object(pairs: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(pairs.collect::<Map<_, _>>())
}
