//! `keystone policy upgrade`: an operator's file that uses names which services have given up gets
//! the new names, and decides as before.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use keystone_document::Comment;
use keystone_policy::{Checks, Rule};

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::files::{Declared, Defaults, Document, Files, Override};
use crate::policy::format::entry;

#[derive(Args)]
pub(crate) struct UpgradeOptions {
    /// The operator's file.
    file: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
}

/// What becomes of a rule.
enum Step {
    Keep,
    /// It had no effect any more: why.
    Drop(String),
    /// The new names under which it counts, and whether the old one is still referred to.
    Rename(Vec<String>, bool),
}

/// Prints the file with new names; tells on stderr what was done.
pub(super) fn run(options: &UpgradeOptions, output: &Output) -> Result<(), Failure> {
    let (files, document) = options.defaults.with_operator(&options.file)?;
    if files.declared.is_empty() {
        let message = "nothing tells which names are old, name the files with `--defaults FILE`";
        return Err(Failure::settings(message));
    }
    let mut steps: Vec<Step> = files
        .overrides
        .iter()
        .map(|given| step(&files, given))
        .collect();
    leave_what_counts(&files, options.defaults.old_defaults, &mut steps)?;
    for (given, step) in files.overrides.iter().zip(&steps) {
        report(given, step);
    }
    let upgraded = edited(&document, &files, &steps)
        .ok_or_else(|| by_hand(options, "a rule stands where it cannot be replaced"))?;
    files.confirm(&options.defaults, &document.name, &upgraded)?;
    output.print_text(upgraded.trim_end())
}

fn step(files: &Files, given: &Override) -> Step {
    let replaced = |declared: &&Declared| {
        let old = declared
            .policy
            .as_ref()
            .and_then(|policy| policy.deprecated.as_ref());
        old.is_some_and(|old| old.rule.name == given.name && declared.name != given.name)
    };
    let new: Vec<&Declared> = files.declared.iter().filter(replaced).collect();
    let still_declared = files
        .declared
        .iter()
        .any(|declared| declared.name == given.name);
    if new.is_empty() {
        return Step::Keep;
    }
    let counts = |declared: &&Declared| {
        let overridden = files
            .overrides
            .iter()
            .any(|other| other.name == declared.name);
        let points_there = given.rule == Rule::RuleRef(declared.name.clone());
        let old = declared
            .policy
            .as_ref()
            .and_then(|policy| policy.deprecated.as_ref());
        let as_before = old.is_some_and(|old| old.rule.rule == given.rule);
        !overridden && !points_there && !as_before
    };
    let names: Vec<String> = new
        .iter()
        .copied()
        .filter(counts)
        .map(|declared| declared.name.clone())
        .collect();
    let mut others = files
        .overrides
        .iter()
        .filter(|other| other.name != given.name);
    let referred = others.any(|other| other.rule.references().contains(&given.name.as_str()))
        || files
            .declared
            .iter()
            .any(|one| one.rule.references().contains(&given.name.as_str()));
    match (names.is_empty(), still_declared || referred) {
        (true, true) => Step::Keep,
        (true, false) => Step::Drop(format!(
            "`{}` has no effect: it says what the old default said, or the new name is overridden",
            given.name
        )),
        (false, keep) => Step::Rename(names, keep),
    }
}

/// Takes back the steps that have to do with a decision that would be another one.
fn leave_what_counts(files: &Files, old_defaults: bool, steps: &mut [Step]) -> Result<(), Failure> {
    let before = files.rules(old_defaults)?;
    loop {
        let given = files.overrides.iter().zip(&*steps);
        let after = given.flat_map(|(given, step)| {
            let names = names(given, step).into_iter();
            names.map(|name| (name, given.rule.clone()))
        });
        let after: Vec<(&str, Rule)> = after.collect();
        let declared = files.declared.iter().map(|one| one.name.as_str());
        let asked: Vec<&str> = declared
            .chain(after.iter().map(|(name, _)| *name))
            .collect();
        let after = files.merged(old_defaults, Checks::new(), after.into_iter())?;
        let unlike: HashSet<String> = before.unlike(&after, asked).into_iter().collect();
        if unlike.is_empty() {
            return Ok(());
        }
        let took_the_place = |given: &Override| {
            files.declared.iter().any(|one| {
                let policy = one.policy.as_ref();
                let old = policy.and_then(|policy| policy.deprecated.as_ref());
                unlike.contains(&one.name) && old.is_some_and(|old| old.rule.name == given.name)
            })
        };
        let mut changed = false;
        for all in [false, true] {
            for (given, step) in files.overrides.iter().zip(&mut *steps) {
                let involved = all
                    || unlike.contains(&given.name)
                    || names(given, step).iter().any(|name| unlike.contains(*name))
                    || took_the_place(given);
                if involved && !matches!(step, Step::Keep) {
                    eprintln!(
                        "{}: `{}` is left as it is: under another name it would decide otherwise",
                        given.place, given.name
                    );
                    (*step, changed) = (Step::Keep, true);
                }
            }
            if changed {
                break;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}

/// The names that a rule has afterwards.
fn names<'a>(given: &'a Override, step: &'a Step) -> Vec<&'a str> {
    match step {
        Step::Keep => vec![&given.name],
        Step::Drop(_) => Vec::new(),
        Step::Rename(names, keep) => {
            let old = keep.then_some(&given.name);
            names.iter().chain(old).map(String::as_str).collect()
        }
    }
}

fn report(given: &Override, step: &Step) {
    let place = &given.place;
    match step {
        Step::Keep => {}
        Step::Drop(why) => eprintln!("{place}: {why}: left out"),
        Step::Rename(names, keep) => eprintln!(
            "{place}: `{}` is now `{}`{}",
            given.name,
            names.join("` and `"),
            if *keep {
                ", and kept since rules refer to it"
            } else {
                ""
            }
        ),
    }
}

/// What takes the place of a rule that changes.
fn entries(given: &Override, step: &Step) -> Vec<String> {
    let names = names(given, step).into_iter();
    names.map(|name| entry(name, &given.value)).collect()
}

/// The file with only those rules replaced that change; comments and the rest stay as they are.
fn edited(document: &Document, files: &Files, steps: &[Step]) -> Option<String> {
    let text = document.text.as_str();
    let start = document.root.as_ref().map_or(0, |root| root.span().start);
    let flow = text.get(start..)?.starts_with('{');
    let mut found = String::new();
    let mut at = 0;
    for (given, step) in files.overrides.iter().zip(steps) {
        if matches!(step, Step::Keep) {
            continue;
        }
        let span = &given.span;
        // What came by a merge key stands elsewhere.
        let mut before = text.get(at..span.start)?;
        at = span.end;
        let comments = document.comments.iter();
        let within = comments.filter(|one| span.contains(&one.offset));
        let within: Vec<&str> = within.map(|one| one.text.as_str()).collect();
        let entries = entries(given, step);
        if entries.is_empty() && flow {
            at += comma(text.get(at..)?, &document.comments, at);
        }
        if entries.is_empty() && within.is_empty() && !flow {
            let rest = text.get(at..)?;
            let line = rest.split('\n').next().unwrap_or_default();
            let blank = line.trim().is_empty();
            if blank && before.trim_end_matches(' ').len() + given.column - 1 == before.len() {
                before = before.trim_end_matches(' ');
                at += (line.len() + 1).min(rest.len());
            }
        }
        found.push_str(before);
        let lines = within.iter().copied().map(str::to_owned);
        if flow {
            let lines: String = lines.map(|line| format!("\n{line}")).collect();
            let after = if lines.is_empty() { "" } else { "\n" };
            found.push_str(&format!("{lines}{after}{}", entries.join(", ")));
        } else {
            let indent = format!("\n{}", " ".repeat(given.column.saturating_sub(1)));
            let lines: Vec<String> = lines.chain(entries).collect();
            found.push_str(&lines.join(&indent));
        }
    }
    found.push_str(text.get(at..)?);
    Some(found)
}

/// How far behind `at` the comma ends that parts a rule from the next; what stands before it goes too
/// unless that is a comment.
fn comma(rest: &str, comments: &[Comment], at: usize) -> usize {
    let comma = rest.trim_start().starts_with(',');
    let end = rest.len() - rest.trim_start().len() + 1;
    let free = !comments
        .iter()
        .any(|one| (at..at + end).contains(&one.offset));
    if comma && free { end } else { 0 }
}

fn by_hand(options: &UpgradeOptions, why: &str) -> Failure {
    let name = options.file.display();
    Failure::settings(format!("{why}, change `{name}` by hand"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::redundant::random::{assert_decide_alike, random_files};

    #[test]
    fn what_is_upgraded_decides_as_before() {
        let (mut changed, mut kept) = (0, 0);
        for seed in 0..1_000 {
            let (service, operator) = random_files(seed);
            let files = Files::of(&service, &operator);
            for old_defaults in [false, true] {
                let mut steps: Vec<Step> = files
                    .overrides
                    .iter()
                    .map(|given| step(&files, given))
                    .collect();
                leave_what_counts(&files, old_defaults, &mut steps)
                    .ok()
                    .unwrap();
                let document = Document::scan("operator.yaml", &operator).unwrap();
                let after = edited(&document, &files, &steps).unwrap();
                let after = Files::of(&service, &after);
                assert_decide_alike(
                    &files,
                    &after,
                    old_defaults,
                    &format!("{service}\n{operator}"),
                );
                for step in &steps {
                    *(match step {
                        Step::Keep => &mut kept,
                        Step::Drop(_) | Step::Rename(..) => &mut changed,
                    }) += 1;
                }
            }
        }
        assert!(changed > 300 && kept > 300, "{changed} {kept}");
    }
}
