//! Whether two sets of rules decide alike for every caller and target.

use std::collections::{BTreeSet, HashSet};

use crate::decide::rules::Rules;

impl Rules {
    /// The names of the rules on which these policies depend and which differ in `other`, sorted.
    /// If there are none, both sets decide these policies alike for all callers, targets and checks
    /// of the service: the same rules are reached under the same names, and the same scopes are
    /// enforced. The comparison is syntactic: equivalent rules that are written differently count
    /// as different.
    pub fn unlike<'a>(
        &'a self,
        other: &Self,
        policies: impl IntoIterator<Item = &'a str>,
    ) -> Vec<String> {
        let mut open: Vec<&str> = policies.into_iter().collect();
        let mut seen: HashSet<&str> = open.iter().copied().collect();
        let mut found: BTreeSet<&str> = open
            .iter()
            .copied()
            .filter(|policy| {
                self.enforced_scope_types(policy) != other.enforced_scope_types(policy)
            })
            .collect();
        while let Some(name) = open.pop() {
            let rule = self.resolve(name).map(|(rule, _)| rule);
            if rule != other.resolve(name).map(|(rule, _)| rule) {
                found.insert(name);
            }
            let references = rule.map(crate::Rule::references).unwrap_or_default();
            open.extend(references.into_iter().filter(|name| seen.insert(name)));
        }
        found.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_rule;

    fn rules(texts: &[(&'static str, &str)]) -> Rules {
        let parsed = texts.iter();
        Rules::new(parsed.map(|(name, text)| (*name, parse_rule(text).unwrap())))
    }

    #[test]
    fn a_difference_is_found_wherever_rules_lead() {
        let old = rules(&[("p", "rule:q"), ("q", "rule:gone or role:a"), ("x", "@")]);
        assert!(old.unlike(&old, ["p", "x"]).is_empty());
        let new = rules(&[("p", "rule:q"), ("q", "rule:gone or role:a"), ("x", "!")]);
        assert!(old.unlike(&new, ["p"]).is_empty());
        assert_eq!(old.unlike(&new, ["p", "x"]), ["x"]);
        // A default rule stands in for whatever is not defined.
        let new = rules(&[
            ("p", "rule:q"),
            ("q", "rule:gone or role:a"),
            ("default", "@"),
        ]);
        assert_eq!(old.unlike(&new, ["p"]), ["gone"]);
    }
}
