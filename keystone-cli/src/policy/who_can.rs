//! `keystone policy who-can`: what rules say of callers that are not known.

use clap::Args;
use keystone_policy::analysis::{Analysis, Grant};
use serde_json::json;

use crate::failure::Failure;
use crate::output::{Listing, Output};
use crate::policy::files::PolicyInput;

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
    /// Take two names for the same, of credentials as of targets, such as tenant_id=project_id; may be
    /// given several times.
    #[arg(long, value_name = "NAME=NAME")]
    same: Vec<String>,
}

impl Assumptions {
    pub(super) fn apply<'r>(&self, analysis: Analysis<'r>) -> Result<Analysis<'r>, Failure> {
        let mut analysis = analysis.null_matches(self.null_targets);
        for name in &self.absent {
            analysis = analysis.absent(name.as_str());
        }
        for pair in &self.same {
            match pair.split_once('=') {
                Some((one, other)) if !one.is_empty() && !other.is_empty() => {
                    analysis = analysis.same(one, other);
                }
                _ => {
                    let message = format!("`{pair}` names nothing, write `--same NAME=NAME`");
                    return Err(Failure::settings(message));
                }
            }
        }
        Ok(match self.no_implied_roles {
            true => analysis,
            false => analysis.default_roles(),
        })
    }

    /// Whether something was said of this credential.
    pub(super) fn excludes(&self, name: &str) -> bool {
        self.absent.iter().any(|absent| absent == name)
            || self
                .same
                .iter()
                .any(|pair| pair.split('=').any(|part| part == name))
    }
}

#[derive(Args)]
pub(crate) struct WhoCanOptions {
    #[command(flatten)]
    input: PolicyInput,
    /// The policy.
    policy: String,
    #[command(flatten)]
    assumptions: Assumptions,
}

pub(super) fn run(options: &WhoCanOptions, output: &Output) -> Result<(), Failure> {
    let (files, rules) = options
        .input
        .rules(&|name| options.assumptions.excludes(name))?;
    files.expect(&options.policy)?;
    let analysis = options.assumptions.apply(Analysis::new(&rules))?;
    let grants = analysis.who_can(&options.policy);
    let grants = grants.map_err(|obstacle| Failure::settings(obstacle.to_string()))?;
    if grants.is_empty() {
        eprintln!("nobody is allowed");
    }
    let row = |grant: &Grant| {
        vec![
            json!(grant.roles()),
            json!(grant.excluded_roles()),
            json!(grant.conditions()),
            json!(scopes(grant)),
        ]
    };
    let columns = ["roles", "without_roles", "conditions", "scopes"];
    output.print(Listing::list(&columns, grants.iter().map(row).collect()))
}

pub(super) fn scopes(grant: &Grant) -> Vec<String> {
    let plain = grant.scopes().iter().map(|scope| scope.name().to_owned());
    let null = grant.null_scopes().iter();
    plain
        .chain(null.map(|scope| format!("{} (null on both sides)", scope.name())))
        .collect()
}
