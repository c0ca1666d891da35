//! `keystone policy upgrade`: an operator's file that uses names which services have given up gets
//! the new names, and decides as before.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use keystone_policy::{Checks, Rule};

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::convert::comments;
use crate::policy::files::{Declared, Defaults, Files, Override};
use crate::policy::writing::entry;

#[derive(Args)]
pub(crate) struct Options {
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
pub(super) fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let (files, text) = options.defaults.with_operator(&options.file)?;
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
        tell(given, step);
    }
    let upgraded = if steps.iter().all(|step| matches!(step, Step::Keep)) {
        text
    } else if is_flow(&text) {
        rewritten(&files, &steps)
    } else {
        edited(&text, &files, &steps)
    };
    files.confirm(
        &options.defaults,
        &options.file.display().to_string(),
        &upgraded,
    )?;
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

fn tell(given: &Override, step: &Step) {
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

/// The lines that take the place of a rule.
fn lines(given: &Override, step: &Step) -> Vec<String> {
    let names = names(given, step).into_iter();
    names.map(|name| entry(name, &given.value)).collect()
}

/// Whether the rules stand in braces, as in JSON.
fn is_flow(text: &str) -> bool {
    let mut lines = text
        .lines()
        .map(|line| line.trim_start_matches("---").trim_start());
    lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line.starts_with('{'))
}

/// The whole file anew, for one that is not written in lines.
fn rewritten(files: &Files, steps: &[Step]) -> String {
    let pairs = files.overrides.iter().zip(steps);
    let all: Vec<String> = pairs.flat_map(|(given, step)| lines(given, step)).collect();
    format!("{{\n  {}\n}}", all.join(",\n  "))
}

/// The file with only those rules replaced that change; comments and the rest stay as they are.
fn edited(text: &str, files: &Files, steps: &[Step]) -> String {
    let source: Vec<&str> = text.lines().collect();
    let comments = comments(text);
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    for (index, (given, step)) in files.overrides.iter().zip(steps).enumerate() {
        let begin = given.line.saturating_sub(1);
        let next = files.overrides.get(index + 1);
        let next = next.map_or(source.len(), |next| next.line.saturating_sub(1));
        let before = source.get(at..begin).unwrap_or_default();
        found.extend(before.iter().map(|line| (*line).to_owned()));
        let own = source.get(begin..next).unwrap_or_default();
        // Blank lines and comments before the next rule are not this one's.
        let tail = own.iter().rev().take_while(|line| {
            let line = line.trim_start();
            line.is_empty() || line.starts_with('#') || line == "..."
        });
        let end = next - tail.count().min(next);
        if matches!(step, Step::Keep) {
            let own = source.get(begin..end).unwrap_or_default();
            found.extend(own.iter().map(|line| (*line).to_owned()));
        } else {
            let mut lines = lines(given, step);
            let within = comments
                .iter()
                .filter(|one| (begin + 1..=end).contains(&one.line));
            for comment in within {
                match lines.first_mut().filter(|_| !comment.alone) {
                    Some(line) => line.push_str(&format!("  {}", comment.text)),
                    None => found.push(comment.text.clone()),
                }
            }
            found.extend(lines);
        }
        at = end;
    }
    let rest = source.get(at..).unwrap_or_default();
    found.extend(rest.iter().map(|line| (*line).to_owned()));
    found.join("\n")
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
                let after = edited(&operator, &files, &steps);
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
