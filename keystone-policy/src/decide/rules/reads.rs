//! Which attributes of its target a policy reads.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::decide::registry::Policy;
use crate::decide::rules::Rules;
use crate::language::rule::Rule;

/// The attributes that a rule reads, in it and in those that it refers to; none when only the whole
/// target will do.
pub(super) type Reads = OnceLock<Option<Box<[String]>>>;

impl Rules {
    /// The attributes of the target on which the decision about a policy may depend, by the rules in
    /// force: each once. None when it may depend on all of them, since a check of the service's own
    /// or another server is given the whole target.
    pub fn reads<P: Policy>(&self) -> Option<&[String]> {
        let number = self.find_policy::<P>()?;
        let reads = self.0.reads.get(number as usize)?;
        reads.get_or_init(|| self.find_reads(number)).as_deref()
    }

    fn find_reads(&self, number: u32) -> Option<Box<[String]>> {
        let mut seen = HashSet::from([number]);
        let mut open = vec![number];
        let mut names: Vec<String> = Vec::new();
        while let Some(rule) = open.pop().and_then(|number| self.rule_of(number)) {
            let mut whole = false;
            rule.each_check(&mut |check| match check {
                Rule::Generic { left, .. } if self.checks().get(left).is_some() => whole = true,
                Rule::Remote { .. } => whole = true,
                Rule::RuleRef(name) => {
                    open.extend(self.number_of(name).filter(|number| seen.insert(*number)));
                }
                _ => {}
            });
            if whole {
                return None;
            }
            for name in rule.attributes() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Some(names.into())
    }
}
