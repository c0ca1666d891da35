//! `keystone policy who-can` and `diff`: what rules say of callers that are not known.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use keystone_policy::analysis::{Analysis, Change, ChangeKind, Example, Obstacle, Way, Witness};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Answer, Output};
use crate::policy::files::{Defaults, Source};

/// What is taken for granted.
#[derive(Args)]
pub(super) struct Assumptions {
    /// Do not take it that admin implies manager, that member, and that reader.
    #[arg(long)]
    no_implied_roles: bool,
    /// Also count what works only when an attribute of the target is null and so equals a value that
    /// the token leaves null.
    #[arg(long)]
    null_targets: bool,
    /// Take it that no caller has this credential, such as is_admin; may be given several times.
    #[arg(long, value_name = "NAME")]
    absent: Vec<String>,
}

impl Assumptions {
    pub(super) fn apply<'r>(&self, analysis: Analysis<'r>) -> Analysis<'r> {
        let analysis = analysis.null_matches(self.null_targets);
        let absent = self.absent.iter();
        let analysis = absent.fold(analysis, |analysis, name| analysis.absent(name.as_str()));
        if self.no_implied_roles {
            analysis
        } else {
            analysis.default_roles()
        }
    }
}

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    source: Source,
    /// The policy.
    policy: String,
    #[command(flatten)]
    assumptions: Assumptions,
}

#[derive(Args)]
pub(crate) struct DiffOptions {
    /// The policy file so far: an operator's, or that of a service.
    old: PathBuf,
    /// The one to come.
    new: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
    #[command(flatten)]
    assumptions: Assumptions,
    /// Look only at this policy; may be given several times, and with a `*` at the end for all that
    /// begin so.
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
}

pub(super) fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let (files, rules) = options.source.rules()?;
    files.expect(&options.policy)?;
    let analysis = options.assumptions.apply(Analysis::new(&rules));
    let ways = analysis.who_can(&options.policy).map_err(obstacle)?;
    if ways.is_empty() {
        eprintln!("nobody is allowed");
    }
    let row = |way: &Way| {
        vec![
            json!(way.roles()),
            json!(way.excluded_roles()),
            json!(way.conditions()),
            json!(scopes(way)),
        ]
    };
    let columns = ["roles", "without_roles", "conditions", "scopes"];
    output.print(Answer::list(&columns, ways.iter().map(row).collect()))
}

/// Tells what callers gain and lose, and ends with 1 if anything changes.
pub(super) fn diff(options: &DiffOptions, output: &Output) -> Result<ExitCode, Failure> {
    let old = options.defaults.with(Some(&options.old))?;
    let new = options.defaults.with(Some(&options.new))?;
    let (before, after) = (
        old.rules(options.defaults.old_defaults)?,
        new.rules(options.defaults.old_defaults)?,
    );
    let mut policies = old.policies();
    policies.extend(new.policies());
    let mut names: Vec<&str> = Vec::new();
    for name in policies {
        let wanted = options
            .policies
            .iter()
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == pattern,
            });
        if !names.contains(&name) && (wanted || options.policies.is_empty()) {
            names.push(name);
        }
    }
    let analysis = options.assumptions.apply(Analysis::new(&before));
    let changes = analysis.diff(&after, names).map_err(obstacle)?;
    let unchanged = changes.is_empty();
    if output.is_json() {
        output.print_json(&changes.iter().map(change_json).collect())?;
    } else if unchanged {
        eprintln!("nothing changes");
    } else {
        output.print(Answer::list(
            &["policy", "change", "who", "example"],
            changes.iter().map(change_row).collect(),
        ))?;
    }
    Ok(if unchanged {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn change_row(change: &Change) -> Vec<Value> {
    let example = match &change.witness {
        Some(witness) => witness.to_string(),
        None => "none found: another server decides, or too many texts are mixed".to_owned(),
    };
    vec![
        json!(change.policy),
        json!(kind(change)),
        json!(change.way.to_string()),
        json!(example),
    ]
}

fn change_json(change: &Change) -> Value {
    json!({
        "policy": change.policy,
        "change": kind(change),
        "roles": change.way.roles(),
        "without_roles": change.way.excluded_roles(),
        "conditions": change.way.conditions(),
        "scopes": scopes(&change.way),
        "example": change.witness.as_ref().map(witness_json),
    })
}

fn kind(change: &Change) -> &'static str {
    match change.kind {
        ChangeKind::Gain => "gain",
        ChangeKind::Loss => "loss",
    }
}

/// An example that `keystone policy check` takes as it is.
fn witness_json(witness: &Witness) -> Value {
    let credentials = witness.credentials();
    let mut creds: serde_json::Map<String, Value> = credentials
        .values()
        .map(|(name, value)| (name.to_owned(), example(value)))
        .collect();
    let roles = keystone_policy::Credentials::roles(credentials);
    creds.insert("roles".to_owned(), json!(roles.names()));
    json!({"credentials": creds, "target": witness.target()})
}

fn example(value: &Example) -> Value {
    match value {
        Example::List(items) => items.iter().map(example).collect(),
        Example::Map(map) => {
            let pairs = map
                .iter()
                .map(|(name, value)| (name.clone(), example(value)));
            Value::Object(pairs.collect())
        }
        Example::Null => Value::Null,
        Example::Text(text) => json!(text),
    }
}

fn scopes(way: &Way) -> Vec<String> {
    let plain = way.scopes().iter().map(|scope| scope.name().to_owned());
    let null = way.null_scopes().iter();
    plain
        .chain(null.map(|scope| format!("{} (null on both sides)", scope.name())))
        .collect()
}

pub(super) fn obstacle(obstacle: Obstacle) -> Failure {
    Failure::settings(obstacle.to_string())
}
