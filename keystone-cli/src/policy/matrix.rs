//! `keystone policy matrix`: who may do what, as a table.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::ASCII_FULL_CONDENSED;
use keystone_policy::analysis::{
    Analysis, Cell, Matrix, MatrixColumn, MatrixRow as Row, TokenScope, Verdict,
};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::files::PolicyInput;
use crate::policy::html;
use crate::policy::labels::{role, sign};
use crate::policy::service::Guarded;
use crate::policy::who_can::Assumptions;

const LEGEND: &str = "\
+ allowed   - denied   ? depends on the target or on other credentials   . not for this scope   ! too complex
one sign for each scope, in this order: ";

#[derive(Args)]
pub(crate) struct MatrixOptions {
    #[command(flatten)]
    input: PolicyInput,
    /// A role to show; may be given several times. Without it: all that rules ask for, and none.
    #[arg(long = "role", value_name = "NAME")]
    roles: Vec<String>,
    /// A scope to show; may be given several times. Without it: system, domain and project.
    #[arg(long = "scope", value_name = "SCOPE", value_enum)]
    scopes: Vec<Scope>,
    /// Show only this policy; may be given several times, and with a `*` at the end for all that
    /// begin so.
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
    #[command(flatten)]
    assumptions: Assumptions,
    /// Print a page for a browser, complete in itself.
    #[arg(long)]
    html: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scope {
    Domain,
    Project,
    System,
    Unscoped,
}

impl From<Scope> for TokenScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Domain => Self::Domain,
            Scope::Project => Self::Project,
            Scope::System => Self::System,
            Scope::Unscoped => Self::Unscoped,
        }
    }
}

/// Ends with 1 if there are policies of which not all could be told.
pub(super) fn run(options: &MatrixOptions, output: &Output) -> Result<ExitCode, Failure> {
    let (mut files, rules) = options
        .input
        .rules(&|name| options.assumptions.excludes(name))?;
    files.describe_operations()?;
    let guarded = files.guarded();
    let policies = files.selected(&options.policies)?;
    let policies = || policies.iter().map(String::as_str);
    let analysis = options.assumptions.apply(Analysis::new(&rules))?;
    let asked = if options.roles.is_empty() {
        analysis.roles(policies())
    } else {
        options.roles.clone()
    };
    let mut roles: Vec<Option<&str>> = asked.iter().map(|role| Some(role.as_str())).collect();
    if options.roles.is_empty() {
        roles.push(None);
    }
    let mut scopes: Vec<TokenScope> = options.scopes.iter().map(|scope| (*scope).into()).collect();
    if scopes.is_empty() {
        scopes = vec![TokenScope::System, TokenScope::Domain, TokenScope::Project];
    }
    let matrix = analysis.matrix(policies(), roles, scopes.iter().copied());
    if options.html {
        output.print_text(&html::page(&matrix, &guarded))?;
    } else if output.is_json() {
        output.print_json(&document(&matrix, &guarded))?;
    } else {
        let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
        let text = format!(
            "{}\n{LEGEND}{}",
            table(&matrix, &guarded, scopes.len()),
            names.join(", ")
        );
        output.print_text(&text)?;
    }
    let unknown = |row: &&Row| {
        let mut cells = row.cells.iter();
        cells.any(|cell| cell.verdict == Verdict::Unknown)
    };
    let mut ended = ExitCode::SUCCESS;
    for row in matrix.rows.iter().filter(unknown) {
        eprintln!(
            "policy `{}` has too many cases to tell all of them, marked `!`",
            row.policy
        );
        ended = ExitCode::FAILURE;
    }
    Ok(ended)
}

/// A column for each role, in which each cell has a sign for each scope.
fn table(matrix: &Matrix, guarded: &Guarded<'_>, scopes: usize) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_FULL_CONDENSED);
    let roles = matrix.columns.chunks(scopes.max(1));
    let header = roles.map(|columns| columns.first().map_or("", role).to_owned());
    table.set_header(std::iter::once("policy".to_owned()).chain(header));
    for row in &matrix.rows {
        let cells = row.cells.chunks(scopes.max(1)).map(|cells| {
            let signs: Vec<&str> = cells.iter().map(|cell| sign(cell.verdict)).collect();
            signs.join(" ")
        });
        let operations = guarded.by(&row.policy);
        let operations = operations.map(|(method, path)| format!("\n  {method} {path}"));
        let policy: String = std::iter::once(row.policy.clone())
            .chain(operations)
            .collect();
        table.add_row(std::iter::once(policy).chain(cells));
    }
    table.to_string()
}

fn document(matrix: &Matrix, guarded: &Guarded<'_>) -> Value {
    let cell = |(column, cell): (&MatrixColumn, &Cell)| {
        let grants: Vec<String> = cell.grants.iter().map(ToString::to_string).collect();
        json!({
            "role": column.role,
            "scope": column.scope.name(),
            "verdict": cell.verdict.name(),
            "if": grants,
        })
    };
    matrix
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<Value> = matrix.columns.iter().zip(&row.cells).map(cell).collect();
            let operations = guarded.by(&row.policy);
            let operations =
                operations.map(|(method, path)| json!({"method": method, "path": path}));
            json!({
                "policy": row.policy,
                "operations": operations.collect::<Value>(),
                "cells": cells,
            })
        })
        .collect()
}
