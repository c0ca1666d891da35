//! Builds BDDs from rules, for any kind of atoms.

use std::collections::HashMap;

use crate::analysis::bdd::{ALLOWED, BROKEN, Bdds, DENIED, Ref};
use crate::analysis::obstacle::TooComplex;
use crate::decide::rules::Rules;
use crate::language::rule::Rule;

/// How deep rules may nest: a stack of this many calls is small.
const MAX_DEPTH: usize = 512;

/// Turns single checks into BDDs.
pub(super) trait Leaves {
    /// The BDD of a check that is neither `and`, `or`, `not`, `@`, `!` nor `rule:`.
    fn leaf(&mut self, bdds: &mut Bdds, check: &Rule) -> Result<Ref, TooComplex>;
}

pub(super) struct Builder<'a, L> {
    rules: &'a Rules,
    bdds: &'a mut Bdds,
    leaves: &'a mut L,
    done: HashMap<u32, Ref>,
    /// The rules being built.
    open: Vec<u32>,
    depth: usize,
    /// Whether a cycle was met: the result then depends on the rules now open, and must not be
    /// cached.
    circle: bool,
}

impl<'a, L: Leaves> Builder<'a, L> {
    pub(super) fn new(rules: &'a Rules, bdds: &'a mut Bdds, leaves: &'a mut L) -> Self {
        Self {
            rules,
            bdds,
            leaves,
            done: HashMap::new(),
            open: Vec::new(),
            depth: 0,
            circle: false,
        }
    }

    /// The BDD of a policy; one that is not defined denies.
    pub(super) fn policy(&mut self, name: &str) -> Result<Ref, TooComplex> {
        match self.rules.number_of(name) {
            Some(number) => self.rule(number),
            None => Ok(DENIED),
        }
    }

    fn rule(&mut self, number: u32) -> Result<Ref, TooComplex> {
        if let Some(done) = self.done.get(&number) {
            return Ok(*done);
        }
        if self.open.contains(&number) {
            // An evaluation that gets here would repeat the same path for ever.
            self.circle = true;
            return Ok(BROKEN);
        }
        let Some(rule) = self.rules.rule_of(number) else {
            return Ok(DENIED);
        };
        self.open.push(number);
        let outer = std::mem::take(&mut self.circle);
        let found = self.tree(rule)?;
        self.open.pop();
        if !self.circle {
            self.done.insert(number, found);
        }
        self.circle |= outer;
        Ok(found)
    }

    fn tree(&mut self, rule: &Rule) -> Result<Ref, TooComplex> {
        if self.depth >= MAX_DEPTH {
            return Err(TooComplex);
        }
        self.depth += 1;
        let found = match rule {
            Rule::True => ALLOWED,
            Rule::False => DENIED,
            Rule::Not(inner) => {
                let inner = self.tree(inner)?;
                self.bdds.not(inner)?
            }
            Rule::And(parts) => self.join(parts, ALLOWED, Bdds::and)?,
            Rule::Or(parts) => self.join(parts, DENIED, Bdds::or)?,
            Rule::RuleRef(name) => self.policy(name)?,
            check => self.leaves.leaf(self.bdds, check)?,
        };
        self.depth -= 1;
        Ok(found)
    }

    fn join(
        &mut self,
        parts: &[Rule],
        none: Ref,
        join: impl Fn(&mut Bdds, Ref, Ref) -> Result<Ref, TooComplex>,
    ) -> Result<Ref, TooComplex> {
        // Built from the left, which numbers the atoms in the order of the rule, and joined from
        // the right, so that a part with new atoms adds only its own nodes.
        let mut read = Vec::with_capacity(parts.len());
        for part in parts {
            read.push(self.tree(part)?);
        }
        let last = read.pop().unwrap_or(none);
        let mut parts = read.into_iter().rev();
        parts.try_fold(last, |all, part| join(self.bdds, part, all))
    }
}
