//! The attributes of targets that rules read.

use std::sync::OnceLock;

use crate::decide::entry::Entry;
use crate::language::rule::Rule;
use crate::language::template::Template;

/// The attributes that a rule and those it refers to read; `None` if it may read the whole target.
pub(super) type Reads = OnceLock<Option<Box<[String]>>>;

/// For each rule, whether a negated check in it or in a rule that it refers to reads the target.
/// Linear in the size of the rules, since services reload them.
pub(super) fn readers_below_not(
    entries: &[Entry],
    resolve: &dyn Fn(&str) -> Option<u32>,
) -> Box<[bool]> {
    // Two nodes a rule: as it stands, and below a `not`.
    let node = |rule: usize, negated: bool| 2 * rule + usize::from(negated);
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); 2 * entries.len()];
    let mut reads = vec![false; 2 * entries.len()];
    let mut found = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        for outer in [false, true] {
            let caller = node(number, outer);
            each_polarity(&entry.rule, outer, &mut |check, negated| match check {
                Rule::RuleRef(name) => {
                    let callee = resolve(name).map(|callee| node(callee as usize, negated));
                    if let Some(callers) = callee.and_then(|callee| callers.get_mut(callee)) {
                        callers.push(caller);
                    }
                }
                check if negated && reads_target(check) => found.push(caller),
                _ => {}
            });
        }
    }
    while let Some(reader) = found.pop() {
        if let Some(known) = reads.get_mut(reader).filter(|known| !**known) {
            *known = true;
            found.extend(callers.get(reader).into_iter().flatten());
        }
    }
    reads.into_iter().step_by(2).collect()
}

/// Calls `visit` with each check and whether it is below an odd number of `not`s.
fn each_polarity<'a>(rule: &'a Rule, negated: bool, visit: &mut dyn FnMut(&'a Rule, bool)) {
    match rule {
        Rule::And(parts) | Rule::Or(parts) => {
            for part in parts {
                each_polarity(part, negated, visit);
            }
        }
        Rule::Not(inner) => each_polarity(inner, !negated, visit),
        check => visit(check, negated),
    }
}

fn reads_target(check: &Rule) -> bool {
    match check {
        Rule::Generic { right: text, .. } | Rule::Role(text) => {
            Template::parse(text).reads_target()
        }
        _ => false,
    }
}
