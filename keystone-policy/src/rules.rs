//! An immutable set of rules, and decisions by it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::credentials::{Credentials, top_level};
use crate::error::{DecisionError, FailedCheck};
use crate::explain::{Decision, Reason};
use crate::program::{Abort, Problem, Program, Step, Trace};
use crate::registry::{Policy, ScopeType};
use crate::rule::Rule;
use crate::target::PolicyTarget;
use crate::value::Value;

/// The name of the rule that stands in for those which are not defined.
pub(crate) const DEFAULT_RULE: &str = "default";

/// An immutable set of rules. Cheap to clone: take one for each request, so that the request sees
/// one set even while an operator changes the rules.
///
/// ```
/// use keystone_policy::{PlainCredentials, Rules, parse_rule};
///
/// let rules = Rules::new([
///     ("admin", parse_rule("role:admin")?),
///     ("proxy:create", parse_rule("rule:admin or user_id:%(owner_id)s")?),
/// ]);
/// let caller = PlainCredentials::new().roles(["member"]).attr("user_id", "u-1");
/// let own = std::collections::HashMap::from([("owner_id", "u-1")]);
/// assert!(rules.decide("proxy:create", &caller, &own).unwrap().is_allowed());
/// assert!(!rules.decide("proxy:create", &caller, &()).unwrap().is_allowed());
/// # Ok::<(), keystone_policy::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Rules(Arc<RuleSet>);

struct RuleSet {
    names: HashMap<Box<str>, u32>,
    entries: Vec<Entry>,
    program: Program,
    fallback: Option<u32>,
    enforce_scope: bool,
    warnings: Vec<String>,
}

/// A rule with its name.
pub(crate) struct Entry {
    pub(crate) name: Box<str>,
    pub(crate) rule: Rule,
    /// Where it is written; may be empty.
    pub(crate) place: Box<str>,
    pub(crate) scope_types: Box<[ScopeType]>,
}

impl Rules {
    /// Rules by name, evaluated exactly as oslo.policy does it: a reference to a rule that does
    /// not exist is the rule `default` if there is one, else false; a circle is an error of the
    /// decision that meets it. Of two rules of one name the later counts.
    ///
    /// [`Enforcer`](crate::Enforcer) is stricter: it refuses to load such rules.
    pub fn new<I, N>(rules: I) -> Self
    where
        I: IntoIterator<Item = (N, Rule)>,
        N: Into<Box<str>>,
    {
        let entry = |(name, rule): (N, Rule)| Entry {
            name: name.into(),
            rule,
            place: Box::default(),
            scope_types: Box::default(),
        };
        Self::build(
            rules.into_iter().map(entry).collect(),
            DEFAULT_RULE,
            true,
            Vec::new(),
        )
    }

    pub(crate) fn build(
        entries: Vec<Entry>,
        default_rule: &str,
        enforce_scope: bool,
        warnings: Vec<String>,
    ) -> Self {
        let numbered = (0_u32..).zip(&entries);
        let names: HashMap<Box<str>, u32> = numbered
            .map(|(number, entry)| (entry.name.clone(), number))
            .collect();
        let fallback = names.get(default_rule).copied();
        let resolve = |name: &str| names.get(name).copied().or(fallback);
        let program = Program::compile(entries.iter().map(|entry| &entry.rule), &resolve);
        Self(Arc::new(RuleSet {
            names,
            entries,
            program,
            fallback,
            enforce_scope,
            warnings,
        }))
    }

    /// Decides a policy by its name. A policy that is not defined is decided by the rule `default`
    /// if there is one, and denied otherwise.
    ///
    /// # Errors
    /// Fails where oslo.policy would raise an exception: at rules that refer to one another in a
    /// circle, at a check that is not readable or goes deeper than the credentials do, and at
    /// `http:` and `https:` checks, which are not available yet.
    pub fn decide(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.find(policy) {
            Some(rule) => self.decide_rule(policy, rule, creds, target),
            None => Ok(Decision::Deny(Reason::unknown(policy))),
        }
    }

    /// As [`Rules::decide`], of the policy that the marker type `P` names; finds it faster.
    ///
    /// # Errors
    /// As [`Rules::decide`].
    pub fn decide_policy<P: Policy>(
        &self,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.find_policy::<P>() {
            Some(rule) => self.decide_rule(P::NAME, rule, creds, target),
            None => Ok(Decision::Deny(Reason::unknown(P::NAME))),
        }
    }

    /// Whether any target could make the policy allow this caller. False is certain; true is not,
    /// since each check that reads the target counts as unknown.
    pub fn possible(&self, policy: &str, creds: &dyn Credentials) -> bool {
        self.find(policy)
            .is_some_and(|rule| self.possible_rule(rule, creds))
    }

    /// As [`Rules::possible`], of the policy that the marker type `P` names.
    pub fn possible_policy<P: Policy>(&self, creds: &dyn Credentials) -> bool {
        self.find_policy::<P>()
            .is_some_and(|rule| self.possible_rule(rule, creds))
    }

    /// The rule of this very name.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        let number = self.0.names.get(name)?;
        self.entry(*number).map(|entry| &entry.rule)
    }

    /// The names of all rules: policies first, as they were declared, then the others.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.entries.iter().map(|entry| &*entry.name)
    }

    /// What an operator should look at, though the rules are in force: one line each.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    pub(crate) fn name_of(&self, rule: u32) -> &str {
        self.entry(rule).map_or("", |entry| &entry.name)
    }

    pub(crate) fn scope_types_of(&self, rule: u32) -> &[ScopeType] {
        self.entry(rule).map_or(&[], |entry| &entry.scope_types)
    }

    /// The text of a rule and where it is written.
    pub(crate) fn source_of(&self, rule: u32) -> (String, &str) {
        self.entry(rule).map_or_else(Default::default, |entry| {
            (entry.rule.to_string(), &*entry.place)
        })
    }

    pub(crate) fn step(&self, step: u32) -> Option<&Step> {
        self.0.program.step(step)
    }

    fn entry(&self, rule: u32) -> Option<&Entry> {
        self.0.entries.get(rule as usize)
    }

    fn find(&self, name: &str) -> Option<u32> {
        self.0.names.get(name).copied().or(self.0.fallback)
    }

    fn find_policy<P: Policy>(&self) -> Option<u32> {
        let hinted = u32::try_from(P::INDEX).ok();
        let hinted = hinted.filter(|rule| {
            self.entry(*rule)
                .is_some_and(|entry| *entry.name == *P::NAME)
        });
        hinted.or_else(|| self.find(P::NAME))
    }

    fn decide_rule(
        &self,
        policy: &str,
        rule: u32,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        if let Some(scope) = self.wrong_scope(rule, creds) {
            return Ok(Decision::Deny(Reason::scope(self, rule, scope)));
        }
        let mut trace = Trace::default();
        match self.0.program.run(rule, creds, target, &mut trace) {
            Ok(true) => Ok(Decision::Allow),
            Ok(false) => Ok(Decision::Deny(Reason::checks(self, rule, trace))),
            Err(abort) => Err(self.error(policy, &abort)),
        }
    }

    fn possible_rule(&self, rule: u32, creds: &dyn Credentials) -> bool {
        // A decision that breaks off must be made to be reported, so it counts as possible.
        self.wrong_scope(rule, creds).is_none()
            && self.0.program.possible(rule, creds).unwrap_or(true)
    }

    /// The scope of the credentials, when the policy is not meant for it.
    fn wrong_scope(&self, rule: u32, creds: &dyn Credentials) -> Option<ScopeType> {
        let wanted = self.scope_types_of(rule);
        if !self.0.enforce_scope || wanted.is_empty() {
            return None;
        }
        let set = |name: &str| top_level(creds, name).is_some_and(Value::is_truthy);
        let scope = match (set("system"), set("domain_id")) {
            (true, _) => ScopeType::System,
            (false, true) => ScopeType::Domain,
            (false, false) => ScopeType::Project,
        };
        (!wanted.contains(&scope)).then_some(scope)
    }

    #[cold]
    fn error(&self, policy: &str, abort: &Abort) -> DecisionError {
        let step = self.step(abort.step);
        let failed = FailedCheck {
            policy: policy.to_owned(),
            rule: step.map_or("", |step| self.name_of(step.rule)).to_owned(),
            check: step.map_or("", |step| &step.text).to_owned(),
            problem: problem_text(abort.problem),
        };
        match abort.problem {
            Problem::Cycle => DecisionError::Cycle(failed),
            Problem::Remote => DecisionError::Remote(failed),
            Problem::Descent(_) | Problem::Left(_) | Problem::Template(_) => {
                DecisionError::Unreadable(failed)
            }
        }
    }
}

fn problem_text(problem: Problem) -> String {
    match problem {
        Problem::Cycle => {
            "rules refer to one another in a circle, break it at one of them".to_owned()
        }
        Problem::Descent(kind) => {
            format!("its left side goes deeper than the credentials do, which hold {kind} there")
        }
        Problem::Left(problem) => format!("its left side cannot be read: {problem}"),
        Problem::Remote => "remote checks are not available yet".to_owned(),
        Problem::Template(fault) => format!("its right side cannot be formatted: {fault}"),
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self
            .0
            .entries
            .iter()
            .map(|entry| (&entry.name, entry.rule.to_string()));
        f.debug_map().entries(entries).finish()
    }
}
