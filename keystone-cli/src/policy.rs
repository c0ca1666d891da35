//! `keystone policy`: policy files and what they decide.

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

mod check;
mod eval;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Read an operator's policy file and tell every mistake with its line and column.
    Check(check::Options),
    /// Decide as oslo.policy would: a JSON object a line on stdin, a decision a line on stdout.
    ///
    /// An object has `id`, `rules`, `default_rule`, `rule`, `target` and `creds`, and may have
    /// `registered`, `enforce_new_defaults`, `enforce_scope`, `api` and `do_raise`; one with `parse`
    /// asks for the canonical text of a rule.
    Eval,
}

pub(crate) fn run(action: &Action, output: &Output) -> Result<ExitCode, Failure> {
    match action {
        Action::Check(options) => check::run(options, output),
        Action::Eval => eval::run(),
    }
}
