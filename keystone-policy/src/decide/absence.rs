//! Attributes whose absence allowed a caller.
//!
//! A check that reads an absent attribute is false, as in oslo.policy, so below a `not` it is true:
//! `not user_id:%(blocked_id)s` allows everybody about a target that has no `blocked_id`.

use std::collections::HashMap;

use crate::decide::program::{End, Outcome, Program};
use crate::decide::rules::Rules;
use crate::language::rule::Rule;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

impl Rules {
    /// The attributes that `target` lacks and whose absence is why the policy allows this: checks
    /// that read them are negated. For nearly all policies this is empty and costs one look-up.
    ///
    /// ```
    /// use keystone_policy::{PlainCredentials, Rules, parse_rule};
    ///
    /// let rules = Rules::new([("proxy:view", parse_rule("not user_id:%(blocked_id)s")?)]);
    /// let caller = PlainCredentials::new().attr("user_id", "u-1");
    /// assert!(rules.decide("proxy:view", &caller, &()).unwrap().is_allowed());
    /// assert_eq!(rules.allowed_by_absence("proxy:view", &caller, &()), ["blocked_id"]);
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    pub fn allowed_by_absence(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Vec<String> {
        let Some(number) = self.number_of(policy) else {
            return Vec::new();
        };
        let suspect = self.0.reads_below_not.get(number as usize);
        let (Some(true), Some(rule)) = (suspect, self.rule_of(number)) else {
            return Vec::new();
        };
        let mut walk = Walk {
            rules: self,
            creds,
            target,
            absent: Vec::new(),
            known: HashMap::new(),
        };
        match walk.truth(rule, false) {
            Truth::Unknown => walk.absent,
            Truth::Known(_) => Vec::new(),
        }
    }
}

/// The value of a rule when checks of absent attributes have no value.
#[derive(Clone, Copy, PartialEq)]
enum Truth {
    Known(bool),
    Unknown,
}

impl Truth {
    fn not(self) -> Self {
        match self {
            Self::Known(yes) => Self::Known(!yes),
            Self::Unknown => Self::Unknown,
        }
    }
}

struct Walk<'a> {
    rules: &'a Rules,
    creds: &'a dyn Credentials,
    target: &'a dyn PolicyTarget,
    /// The absent attributes that negated checks read.
    absent: Vec<String>,
    /// The values of referenced rules by polarity. Without it, a chain of rules that each refer to
    /// the next one twice would take exponential time.
    known: HashMap<(&'a str, bool), Truth>,
}

impl<'a> Walk<'a> {
    fn truth(&mut self, rule: &'a Rule, negated: bool) -> Truth {
        match rule {
            Rule::True | Rule::False => Truth::Known(*rule == Rule::True),
            Rule::Not(inner) => self.truth(inner, !negated).not(),
            Rule::And(parts) => self.several(parts, true, negated),
            Rule::Or(parts) => self.several(parts, false, negated),
            Rule::RuleRef(name) => self.reference(name, negated),
            check => self.check(check, negated),
        }
    }

    fn reference(&mut self, name: &'a str, negated: bool) -> Truth {
        if let Some(truth) = self.known.get(&(name, negated)) {
            return *truth;
        }
        // A provisional value, so that a cycle ends.
        self.known.insert((name, negated), Truth::Known(!negated));
        let truth = match self.rules.resolve(name) {
            Some((callee, _)) => self.truth(callee, negated),
            None => Truth::Known(false),
        };
        self.known.insert((name, negated), truth);
        truth
    }

    /// `and` if `neutral` is true, `or` if it is false: one part with the opposite value decides.
    fn several(&mut self, parts: &'a [Rule], neutral: bool, negated: bool) -> Truth {
        let mut truth = Truth::Known(neutral);
        for part in parts {
            match self.truth(part, negated) {
                Truth::Known(yes) if yes == neutral => {}
                Truth::Known(yes) => return Truth::Known(yes),
                Truth::Unknown => truth = Truth::Unknown,
            }
        }
        truth
    }

    fn check(&mut self, check: &Rule, negated: bool) -> Truth {
        let program = Program::compile_check(check, self.rules.checks());
        let mut run = program.start(0);
        match program.go_on(&mut run, self.creds, self.target) {
            Ok(End::Decided(yes)) => {
                let missing = run.trace.checks().any(|(_, said)| said == Outcome::Missing);
                if !missing {
                    return Truth::Known(yes);
                }
                if negated {
                    self.note(check);
                }
                Truth::Unknown
            }
            // The result of a remote check does not depend on an absent attribute: assume the one
            // that favours the caller, so that nothing is hidden or blamed.
            Ok(End::Asks(_)) | Err(_) => Truth::Known(!negated),
        }
    }

    fn note(&mut self, check: &Rule) {
        for name in check.attributes() {
            if self.target.attr(&name).is_none() && !self.absent.contains(&name) {
                self.absent.push(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{PlainCredentials, parse_rule};

    fn absent(rules: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let rules = rules
            .iter()
            .map(|(name, text)| (*name, parse_rule(text).unwrap()));
        let target: HashMap<&str, &str> = target.iter().copied().collect();
        let caller = PlainCredentials::new()
            .roles(["member"])
            .attr("user_id", "u1");
        Rules::new(rules).allowed_by_absence("p", &caller, &target)
    }

    #[test]
    fn an_attribute_is_named_when_only_its_absence_allows() {
        for rule in [
            "not user_id:%(b)s",
            "role:member and not user_id:%(b)s",
            "@ and not user_id:%(b)s",
            "! or not user_id:%(b)s",
            "not role:admin and not user_id:%(b)s",
            "not role:member or not user_id:%(b)s",
            "role:admin or not (user_id:%(b)s or role:admin)",
            "not (role:member and user_id:%(b)s)",
            "not role:%(b)s",
            "not not not user_id:%(b)s",
            "not (not (not 'x':%(b)s))",
        ] {
            assert_eq!(absent(&[("p", rule)], &[("a", "1")]), ["b"], "{rule}");
        }
    }

    #[test]
    fn nothing_is_named_where_the_absence_does_not_decide() {
        for rule in [
            "@",
            "role:member or not user_id:%(b)s",
            "not user_id:%(b)s or role:member",
            "not role:admin or not user_id:%(b)s",
            "not role:member and not user_id:%(b)s",
            "user_id:%(b)s",
            "not user_id:%(a)s",
            "not not user_id:%(b)s",
            "role:admin and not user_id:%(b)s",
            "not (role:admin and user_id:%(b)s)",
        ] {
            assert_eq!(absent(&[("p", rule)], &[("a", "1")]), [""; 0], "{rule}");
        }
    }

    #[test]
    fn rules_that_are_referred_to_count() {
        let blocked = ("blocked", "user_id:%(b)s");
        let through = ("through", "rule:blocked");
        assert_eq!(absent(&[("p", "not rule:blocked"), blocked], &[]), ["b"]);
        assert_eq!(
            absent(&[("p", "not rule:through"), through, blocked], &[]),
            ["b"]
        );
        let positive = [("p", "rule:blocked or not rule:other"), blocked];
        assert_eq!(absent(&positive, &[]), [""; 0]);
    }

    #[test]
    fn an_attribute_is_named_once_and_only_if_it_is_absent() {
        for rule in [
            "not user_id:%(a)s-%(b)s",
            "not user_id:%(b)s and not 'x':%(b)s",
            "not user_id:%(b)s and not 'x':%(b)s-%(a)s",
        ] {
            assert_eq!(absent(&[("p", rule)], &[("a", "1")]), ["b"], "{rule}");
        }
    }

    #[test]
    fn a_policy_is_looked_at_wherever_it_stands_among_the_rules() {
        let rules = [
            ("p", "not rule:through"),
            ("through", "rule:blocked"),
            ("blocked", "user_id:%(b)s"),
            ("other", "@"),
        ];
        for first in 0..rules.len() {
            let mut rules = rules;
            rules.rotate_left(first);
            assert_eq!(absent(&rules, &[]), ["b"], "{rules:?}");
            rules.reverse();
            assert_eq!(absent(&rules, &[]), ["b"], "{rules:?}");
        }
        let alone = [("other", "@"), ("more", "!"), ("p", "not user_id:%(b)s")];
        assert_eq!(absent(&alone, &[]), ["b"]);
    }

    #[test]
    fn what_another_server_may_say_neither_hides_nor_is_blamed() {
        for rule in [
            "http://h/p and not user_id:%(b)s",
            "not http://h/p and not user_id:%(b)s",
        ] {
            assert_eq!(absent(&[("p", rule)], &[]), ["b"], "{rule}");
        }
        for rule in ["http://h/p", "not http://h/p"] {
            assert_eq!(absent(&[("p", rule)], &[]), [""; 0], "{rule}");
        }
    }

    #[test]
    fn a_long_chain_of_doubled_references_and_a_circle_end() {
        let name = |number: usize| format!("r{number}");
        let mut rules: Vec<(String, String)> = (0..60)
            .map(|n| (name(n), format!("rule:r{0} and rule:r{0}", n + 1)))
            .collect();
        rules.push((name(60), "not user_id:%(b)s or rule:r0".to_owned()));
        let mut rules: Vec<(&str, &str)> = rules
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        rules.push(("p", "rule:r0"));
        let _ = absent(&rules, &[]);
    }

    #[test]
    fn the_rule_that_stands_in_for_an_unknown_policy_counts() {
        assert_eq!(absent(&[("default", "not user_id:%(b)s")], &[]), ["b"]);
    }
}
