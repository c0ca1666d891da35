//! How deep Python can follow a rule before it runs into its recursion limit.

use crate::language::rule::Rule;

/// The name of a rule that refers to itself, which stands where Python can follow no further: in
/// both cases it raises the same. No other rule has this name by chance.
pub(super) const UNFOLLOWABLE: &str = "\0deeper than Python can follow";

pub(super) const TOO_DEEP: &str = "the rule is nested deeper than Python can follow";

/// How many checks inside one another can be asked.
const MOST_ASKED: usize = 329;

/// What the parts of a rule cost on Python's stack while it is written, and how much there is.
const COST_OF_NOT: usize = 3;
const COST_OF_JOINED: usize = 4;
const MOST_WRITTEN: usize = 995;

/// Stands for a rule, or a part of one, that cannot be followed.
pub(super) fn unfollowable() -> Rule {
    Rule::RuleRef(UNFOLLOWABLE.to_owned())
}

/// Whether something in this rule cannot be followed.
pub(super) fn is_cut(rule: &Rule) -> bool {
    rule.references().contains(&UNFOLLOWABLE)
}

/// The rule as far as it can be followed. What lies deeper fails when a decision gets there.
pub(super) fn cut(rule: Rule) -> Rule {
    cut_below(rule, MOST_ASKED)
}

fn cut_below(rule: Rule, left: usize) -> Rule {
    let Some(below) = left.checked_sub(1) else {
        return unfollowable();
    };
    let each = |parts: Vec<Rule>| {
        parts
            .into_iter()
            .map(|part| cut_below(part, below))
            .collect()
    };
    match rule {
        Rule::And(parts) => Rule::And(each(parts)),
        Rule::Or(parts) => Rule::Or(each(parts)),
        Rule::Not(inner) => Rule::Not(Box::new(cut_below(*inner, below))),
        check => check,
    }
}

/// Whether Python can write the canonical text.
pub(super) fn can_be_written(rule: &Rule) -> bool {
    !is_cut(rule) && cost(rule) <= MOST_WRITTEN
}

fn cost(rule: &Rule) -> usize {
    match rule {
        Rule::And(parts) | Rule::Or(parts) => {
            COST_OF_JOINED + parts.iter().map(cost).max().unwrap_or_default()
        }
        Rule::Not(inner) => COST_OF_NOT + cost(inner),
        _ => 0,
    }
}
