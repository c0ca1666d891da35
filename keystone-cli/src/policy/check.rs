//! `keystone policy check` and `explain`: what a policy file decides for one caller.

use std::process::ExitCode;

use clap::Args;
use keystone_policy::analysis::{Analysis, Settled};
use keystone_policy::{Credentials, Decision, DecisionError, JsonCredentials, Rules};
use serde_json::{Value, json};

use crate::failure::{Failure, exit_code};
use crate::output::{Listing, Output};
use crate::policy::caller::{Request, Target};
use crate::policy::files::PolicyInput;

#[derive(Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    input: PolicyInput,
    #[command(flatten)]
    request: Request,
    /// Decide only this policy, and end with 1 if it does not allow; may be given several times, and
    /// with a `*` at the end for all that begin so.
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
}

#[derive(Args)]
pub(crate) struct ExplainOptions {
    #[command(flatten)]
    input: PolicyInput,
    /// The policy.
    policy: String,
    #[command(flatten)]
    request: Request,
}

/// A decision in words.
pub(super) struct Outcome {
    pub(super) result: &'static str,
    pub(super) reason: String,
}

impl Outcome {
    pub(super) fn of(rules: &Rules, name: &str, creds: &JsonCredentials, target: &Target) -> Self {
        let (result, reason) = match rules.decide(name, creds, target) {
            Ok(Decision::Allow) => ("allowed", String::new()),
            Ok(Decision::Deny(reason)) => ("denied", reason.to_string()),
            Ok(Decision::Needs(_)) | Err(DecisionError::Extension(_)) => {
                settled(rules, name, creds, target)
            }
            Err(error) => ("error", error.to_string()),
        };
        Self { result, reason }
    }

    pub(super) fn is_allowed(&self) -> bool {
        self.result == "allowed"
    }
}

/// A decision that asks others than the rules, as far as these tell.
fn settled(
    rules: &Rules,
    name: &str,
    creds: &JsonCredentials,
    target: &Target,
) -> (&'static str, String) {
    match rules.settle(name, creds, target) {
        Ok(Settled::Allowed) => ("allowed", String::new()),
        Ok(Settled::Denied) => {
            let reason = format!("policy `{name}` is denied, whatever others say");
            ("denied", reason)
        }
        Ok(Settled::Broken) => ("error", format!("policy `{name}` cannot be decided")),
        Ok(Settled::Open(checks)) => {
            let checks = checks.join("`, `");
            let reason = format!("it depends on `{checks}`, which rules alone do not tell");
            ("open", reason)
        }
        Err(obstacle) => ("open", obstacle.to_string()),
    }
}

pub(super) fn run(options: &CheckOptions, output: &Output) -> Result<ExitCode, Failure> {
    let (creds, target) = options.request.read()?;
    let (files, rules) = options.input.rules(&|name| creds.attr(name).is_some())?;
    let mut rows = Vec::new();
    let mut all = true;
    for name in files.selected(&options.policies)? {
        let outcome = Outcome::of(&rules, &name, &creds, &target);
        all &= outcome.is_allowed();
        rows.push(vec![
            json!(name),
            json!(outcome.result),
            json!(outcome.reason),
        ]);
    }
    output.print(Listing::list(&["policy", "result", "reason"], rows))?;
    // Of all policies of a service some are always denied; who names one wants to know of it.
    let failed = !options.policies.is_empty() && !all;
    Ok(exit_code(!failed))
}

pub(super) fn explain(options: &ExplainOptions, output: &Output) -> Result<ExitCode, Failure> {
    let (creds, target) = options.request.read()?;
    let (files, rules) = options.input.rules(&|name| creds.attr(name).is_some())?;
    let name = options.policy.as_str();
    files.expect(name)?;
    let explanation = rules.explain(name, &creds, &target);
    let allowed = Outcome::of(&rules, name, &creds, &target).is_allowed();
    let grants = Analysis::new(&rules).who_can(name);
    if let Err(obstacle) = &grants {
        eprintln!("warning: {obstacle}");
    }
    let grants = grants.unwrap_or_default();
    let condition = match rules.condition(name, &creds) {
        Ok(condition) => condition.to_string(),
        Err(obstacle) => obstacle.to_string(),
    };
    if output.is_json() {
        let grants = grants
            .iter()
            .map(|grant| json!({"grant": grant.to_string(), "met": grant.holds(&creds, &target)}));
        let grants: Value = grants.collect();
        let mut document: Value = serde_json::from_str(&explanation.to_json())
            .map_err(|error| Failure::settings("the explanation is no JSON").caused_by(&error))?;
        if let Some(fields) = document.as_object_mut() {
            fields.insert("allowed_if_target".to_owned(), json!(condition));
            fields.insert("grants".to_owned(), grants);
        }
        output.print_json(&document)?;
    } else {
        let mut text = format!("{explanation}this caller is allowed if: {condition}\n");
        text.push_str(
            "grants of this policy, those marked [x] that apply to this caller and target:\n",
        );
        for grant in &grants {
            let mark = if grant.holds(&creds, &target) == Some(true) {
                "x"
            } else {
                " "
            };
            text.push_str(&format!("  [{mark}] {grant}\n"));
        }
        output.print_text(text.trim_end())?;
    }
    Ok(exit_code(allowed))
}
