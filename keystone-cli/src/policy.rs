//! `keystone policy`: policy files and what they decide.

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

mod caller;
mod check;
mod check_kinds;
mod convert;
mod diff;
mod eval;
mod expect;
mod files;
mod format;
mod html;
mod labels;
mod matrix;
mod names;
mod redundant;
mod sample;
mod schema;
mod service;
mod upgrade;
mod validate;
mod who_can;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Decide policies for one caller and one target.
    Check(check::CheckOptions),
    /// Print an operator's JSON file as YAML, with its comments.
    Convert(convert::ConvertOptions),
    /// Show who gains and who loses access when one policy file replaces another; 1 if anybody
    /// does, or if that cannot be decided.
    Diff(diff::DiffOptions),
    /// Decide as oslo.policy would: a JSON object a line on stdin, a decision a line on stdout.
    ///
    /// An object has `id`, `rules`, `default_rule`, `rule`, `target` and `creds`, and may have
    /// `registered`, `enforce_new_defaults`, `enforce_scope`, `api` and `do_raise`; one with `parse`
    /// asks for the canonical text of a rule.
    Eval,
    /// Explain why a policy allows or denies, and what is required; 1 if it does not allow.
    Explain(check::ExplainOptions),
    /// Print the effective policy: all rules in force, in one file.
    Generate(sample::GenerateOptions),
    /// Show what each role and scope may do, as a table or an HTML page; 1 if a policy has too many
    /// cases.
    Matrix(matrix::MatrixOptions),
    /// List overrides that change nothing.
    Redundant(redundant::RedundantOptions),
    /// Print the defaults of services, documented and commented out.
    Sample(sample::SampleOptions),
    /// Print the JSON Schema of the file in which a service declares its policies.
    Schema,
    /// Check the rules against a file of expectations; 1 if one is not met.
    Test(expect::TestOptions),
    /// Print an operator's file with deprecated names replaced by the current ones.
    Upgrade(upgrade::UpgradeOptions),
    /// Check a policy file and report every mistake with its line and column; 1 if there is one.
    Validate(validate::ValidateOptions),
    /// List the grants of a policy: who is allowed, under which conditions.
    WhoCan(who_can::WhoCanOptions),
}

pub(crate) fn run(action: &Action, output: &Output) -> Result<ExitCode, Failure> {
    match action {
        Action::Check(options) => return check::run(options, output),
        Action::Convert(options) => convert::run(options, output)?,
        Action::Diff(options) => return diff::run(options, output),
        Action::Eval => return eval::run(),
        Action::Explain(options) => return check::explain(options, output),
        Action::Generate(options) => sample::generate(options, output)?,
        Action::Matrix(options) => return matrix::run(options, output),
        Action::Redundant(options) => redundant::run(options, output)?,
        Action::Sample(options) => sample::run(options, output)?,
        Action::Schema => output.print_json(&schema::document())?,
        Action::Test(options) => return expect::run(options, output),
        Action::Upgrade(options) => upgrade::run(options, output)?,
        Action::Validate(options) => return validate::run(options, output),
        Action::WhoCan(options) => who_can::run(options, output)?,
    }
    Ok(ExitCode::SUCCESS)
}
