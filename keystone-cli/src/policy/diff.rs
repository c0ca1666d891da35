//! `keystone policy diff`: who gains and who loses what by a change of rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use keystone_policy::Rules;
use keystone_policy::analysis::{Analysis, Change, ChangeKind, Diff, Example, Witness};
use serde_json::{Value, json};

use crate::failure::{Failure, exit_code};
use crate::output::{Listing, Output};
use crate::policy::check_kinds::CheckKinds;
use crate::policy::files::{Defaults, Files};
use crate::policy::who_can::{Assumptions, scopes};

/// How many policies are named in a line of the summary.
const MOST_NAMED: usize = 4;

#[derive(Args)]
pub(crate) struct DiffOptions {
    /// The policy file so far: an operator's, or that of a service.
    old: PathBuf,
    /// The one to come.
    new: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
    #[command(flatten)]
    kinds: CheckKinds,
    #[command(flatten)]
    assumptions: Assumptions,
    /// Look only at this policy; may be given several times, and with a `*` at the end for all that
    /// begin so.
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
}

/// What there is to tell.
#[derive(Default)]
struct Report<'a> {
    diff: Diff,
    /// Policies that are only in the new rules, with the names that they replace.
    new: Vec<(&'a str, Vec<&'a str>)>,
    /// Policies that are only in the old rules.
    gone: Vec<&'a str>,
    unchanged: usize,
}

/// Tells what callers gain and lose, and ends with 1 if anything changes or cannot be told.
pub(super) fn run(options: &DiffOptions, output: &Output) -> Result<ExitCode, Failure> {
    let old = options.defaults.with(Some(&options.old))?;
    let new = options.defaults.with(Some(&options.new))?;
    let has = |name: &str| options.assumptions.excludes(name);
    let checks = options
        .kinds
        .checks(old.each_rule().chain(new.each_rule()), &has);
    old.report_problems();
    new.report_problems();
    let old_defaults = options.defaults.old_defaults;
    let before = old.rules_with(old_defaults, checks.clone())?;
    let after = new.rules_with(old_defaults, checks)?;
    let names = old.names().and(new.names());
    let names = names.selected(&options.policies)?;
    let analysis = options.assumptions.apply(Analysis::new(&before))?;
    let report = report(&analysis, (&before, &after), &new, names);
    let unchanged = report.is_empty();
    if output.is_json() {
        output.print_json(&report.json())?;
    } else if unchanged {
        eprintln!("nothing changes");
    } else {
        report.print(output)?;
    }
    Ok(exit_code(unchanged))
}

/// Compares what both have. What only one has, no rule of that name decides in the other: the rule
/// `default` would stand in there, which says nothing about the change.
fn report<'a>(
    analysis: &Analysis<'_>,
    (before, after): (&Rules, &Rules),
    files: &'a Files,
    names: Vec<&'a str>,
) -> Report<'a> {
    let mut report = Report::default();
    let mut replaced: HashMap<&str, Vec<&str>> = HashMap::new();
    for declared in &files.declared {
        let policy = declared.policy.as_ref();
        if let Some(old) = policy.and_then(|policy| policy.deprecated.as_ref())
            && old.rule.name != declared.name
        {
            let names = replaced.entry(&declared.name).or_default();
            names.push(&old.rule.name);
        }
    }
    let mut both = Vec::new();
    for name in names {
        match (before.get(name).is_some(), after.get(name).is_some()) {
            (false, true) => {
                let old = replaced.get(name).cloned().unwrap_or_default();
                report.new.push((name, old));
            }
            (true, false) => report.gone.push(name),
            _ => both.push(name),
        }
    }
    report.diff = analysis.diff(after, both.iter().copied());
    let changed: BTreeSet<&str> = report.diff.changes.iter().map(policy).collect();
    report.unchanged = both.len() - changed.len() - report.diff.obstacles.len();
    report
}

fn policy(change: &Change) -> &str {
    &change.policy
}

impl Report<'_> {
    fn is_empty(&self) -> bool {
        self.diff.changes.is_empty()
            && self.diff.obstacles.is_empty()
            && self.new.is_empty()
            && self.gone.is_empty()
    }

    /// The names of policies that somebody gains or loses.
    fn of(&self, kind: ChangeKind) -> BTreeSet<&str> {
        let changes = self.diff.changes.iter();
        changes
            .filter(|change| change.kind == kind)
            .map(policy)
            .collect()
    }

    /// For each kind of caller the policies that are lost and gained.
    fn callers(&self) -> BTreeMap<String, [BTreeSet<&str>; 2]> {
        let mut callers: BTreeMap<String, [BTreeSet<&str>; 2]> = BTreeMap::new();
        for change in &self.diff.changes {
            let [lost, gained] = callers.entry(who(change)).or_default();
            let policies = match change.kind {
                ChangeKind::Loss => lost,
                ChangeKind::Gain => gained,
            };
            policies.insert(&change.policy);
        }
        callers
    }

    fn print(&self, output: &Output) -> Result<(), Failure> {
        output.print_text(&self.summary())?;
        let callers = self.callers();
        if !callers.is_empty() {
            let mut callers: Vec<_> = callers.into_iter().collect();
            callers
                .sort_by_key(|(_, [lost, gained])| std::cmp::Reverse((lost.len(), gained.len())));
            let rows = callers.into_iter().map(|(who, [lost, gained])| {
                vec![
                    json!(who),
                    json!(lost.len()),
                    json!(some(&lost)),
                    json!(gained.len()),
                    json!(some(&gained)),
                ]
            });
            let columns = ["who", "loses", "lost", "gains", "gained"];
            output.print(Listing::list(&columns, rows.collect()))?;
        }
        let mut rows: Vec<Vec<Value>> = self.diff.changes.iter().map(row).collect();
        let bare = |name: &str, change: &str, note: String| {
            vec![json!(name), json!(change), json!(""), json!(note)]
        };
        let new = self.new.iter().map(|(name, old)| {
            let note = match old.as_slice() {
                [] => String::new(),
                old => format!("it replaces {}", old.join(", ")),
            };
            bare(name, "new", note)
        });
        rows.extend(new);
        rows.extend(
            self.gone
                .iter()
                .map(|name| bare(name, "gone", String::new())),
        );
        rows.extend(self.diff.obstacles.iter().map(|obstacle| {
            let note = "there are too many cases to tell whether anything changes";
            bare(obstacle.policy(), "!", note.to_owned())
        }));
        output.print(Listing::list(&["policy", "change", "who", "example"], rows))
    }

    fn summary(&self) -> String {
        let (losses, gains) = (self.of(ChangeKind::Loss), self.of(ChangeKind::Gain));
        let changed = losses.union(&gains).count();
        let count = |count: usize, what| match count {
            0 => String::new(),
            count => format!(", {count} {what}"),
        };
        format!(
            "policies: {changed} changed (somebody loses {}, somebody gains {}){}{}{}{}",
            losses.len(),
            gains.len(),
            count(self.new.len(), "new"),
            count(self.gone.len(), "gone"),
            count(self.diff.obstacles.len(), "too complex to tell"),
            count(self.unchanged, "unchanged"),
        )
    }

    fn json(&self) -> Value {
        let callers = self.callers().into_iter();
        let who = callers
            .map(|(who, [lost, gained])| json!({"who": who, "loses": lost, "gains": gained}));
        let new = self.new.iter();
        let new = new.map(|(name, old)| json!({"policy": name, "replaces": old}));
        let obstacles = self.diff.obstacles.iter();
        json!({
            "summary": {
                "lost": self.of(ChangeKind::Loss).len(),
                "gained": self.of(ChangeKind::Gain).len(),
                "new": self.new.len(),
                "gone": self.gone.len(),
                "unknown": self.diff.obstacles.len(),
                "unchanged": self.unchanged,
                "who": who.collect::<Value>(),
            },
            "changes": self.diff.changes.iter().map(change_json).collect::<Value>(),
            "new": new.collect::<Value>(),
            "gone": self.gone,
            "unknown": obstacles.map(|one| json!(one.policy())).collect::<Value>(),
        })
    }
}

/// The first of some names, and how many more there are.
fn some(names: &BTreeSet<&str>) -> String {
    let mut list: Vec<String> = names
        .iter()
        .take(MOST_NAMED)
        .map(|name| (*name).to_owned())
        .collect();
    if names.len() > MOST_NAMED {
        list.push(format!("{} more", names.len() - MOST_NAMED));
    }
    list.join(", ")
}

/// The callers that a change is about, by what tells them apart from others: roles and scopes.
fn who(change: &Change) -> String {
    let roles = change.grant.roles();
    let roles = match roles.as_slice() {
        [] => "no role needed".to_owned(),
        roles => format!("role {}", roles.join(" and ")),
    };
    let scopes = change
        .grant
        .scopes()
        .iter()
        .chain(change.grant.null_scopes());
    let scopes: Vec<&str> = scopes.map(|scope| scope.name()).collect();
    match scopes.len() {
        4 => roles,
        _ => format!("{roles} ({} scope)", scopes.join(", ")),
    }
}

fn row(change: &Change) -> Vec<Value> {
    let example = match &change.witness {
        Some(witness) => witness.to_string(),
        None => "none found: another server decides, or too many texts are mixed".to_owned(),
    };
    vec![
        json!(change.policy),
        json!(kind(change)),
        json!(change.grant.to_string()),
        json!(example),
    ]
}

fn change_json(change: &Change) -> Value {
    json!({
        "policy": change.policy,
        "change": kind(change),
        "roles": change.grant.roles(),
        "without_roles": change.grant.excluded_roles(),
        "conditions": change.grant.conditions(),
        "scopes": scopes(&change.grant),
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
    let target = witness.target().iter();
    let target = target.map(|(name, value)| (name.clone(), example(value)));
    json!({"credentials": creds, "target": Value::Object(target.collect())})
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
