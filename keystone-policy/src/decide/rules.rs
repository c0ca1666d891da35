//! An immutable set of rules, and decisions by it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::decide::decision::{Decision, Reason};
use crate::decide::extension::Checks;
use crate::decide::program::{Abort, End, Problem, Program, Step};
use crate::decide::registry::{Defaults, Policy, ScopeType};
use crate::decide::rules::asking::Request;
use crate::decide::rules::reads::Reads;
use crate::decide::straight::{Marks, TargetOf};
use crate::language::rule::Rule;
use crate::oslo::exception_of;
use crate::sources::error::{DecisionError, Error, FailedCheck};
use crate::sources::lint::{NamedRule, lint_with};
use crate::value::Value;
use crate::value::credentials::{CredentialName, Credentials, system};
use crate::value::target::PolicyTarget;

mod absent;
mod asking;
mod reads;

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
    /// For each table of `policies!`, the number of its first policy.
    tables: Vec<(&'static Defaults, usize)>,
    /// For each policy of the first table, the table while the policy's own code stands for its
    /// rule and it is meant for any scope. The shortest way to a decision.
    shortcuts: Vec<Option<&'static Defaults>>,
    program: Program,
    /// For each entry, whether an attribute that a target lacks could let somebody in.
    reads_below_not: Box<[bool]>,
    /// For each entry what it reads, found out when it is first asked for.
    reads: Box<[Reads]>,
    settings: Settings,
    fallback: Option<u32>,
    warnings: Vec<String>,
}

/// How a set of rules decides.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) default_rule: String,
    pub(crate) enforce_scope: bool,
    pub(crate) checks: Checks,
}

/// A rule with its name.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Box<str>,
    pub(crate) rule: Rule,
    /// Where it is written; may be empty.
    pub(crate) place: Box<str>,
    pub(crate) scope_types: Box<[ScopeType]>,
    /// Whether it is meant for scopes, too, that no token has.
    pub(crate) foreign_scopes: bool,
    /// Whether a service registered it, rather than only an operator's file.
    pub(crate) registered: bool,
    /// Whether straight-line code stands for it: it is a default, and neither it nor a rule that it
    /// refers to is overridden.
    pub(crate) straight: bool,
}

impl Entry {
    pub(crate) fn new(name: impl Into<Box<str>>, rule: Rule) -> Self {
        Self {
            name: name.into(),
            rule,
            place: Box::default(),
            scope_types: Box::default(),
            foreign_scopes: false,
            registered: false,
            straight: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_rule: DEFAULT_RULE.to_owned(),
            enforce_scope: true,
            checks: Checks::default(),
        }
    }
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
        let entries = rules.into_iter();
        let entries = entries.map(|(name, rule)| Entry::new(name, rule));
        Self::build(
            entries.collect(),
            Vec::new(),
            Settings::default(),
            Vec::new(),
        )
    }

    pub(crate) fn build(
        entries: Vec<Entry>,
        tables: Vec<(&'static Defaults, usize)>,
        settings: Settings,
        warnings: Vec<String>,
    ) -> Self {
        let numbered = (0_u32..).zip(&entries);
        let names: HashMap<Box<str>, u32> = numbered
            .map(|(number, entry)| (entry.name.clone(), number))
            .collect();
        let fallback = names.get(&*settings.default_rule).copied();
        let resolve = |name: &str| names.get(name).copied().or(fallback);
        let rules = entries.iter().map(|entry| &entry.rule);
        let program = Program::compile(rules, &resolve, &settings.checks);
        let reads_below_not = absent::readers_below_not(&entries, &resolve);
        let reads = entries.iter().map(|_| Reads::default()).collect();
        let shortcuts = tables.first().filter(|(_, first)| *first == 0);
        let shortcuts = shortcuts.map_or_else(Vec::new, |(table, _)| {
            let own = entries.iter().take(table.policies.len());
            own.map(|entry| (entry.straight && entry.scope_types.is_empty()).then_some(*table))
                .collect()
        });
        Self(Arc::new(RuleSet {
            names,
            entries,
            tables,
            shortcuts,
            program,
            reads_below_not,
            reads,
            settings,
            fallback,
            warnings,
        }))
    }

    /// These rules and one more, for a rule that is not known beforehand: compile it once, then
    /// decide it by its name as often as needed. `scope_types` are the token scopes that it is
    /// meant for; none named means any. A rule of that name is replaced.
    ///
    /// ```
    /// use keystone_policy::{PlainCredentials, Rules, ScopeType, parse_rule};
    ///
    /// let rules = Rules::new([("admin", parse_rule("role:admin")?)])
    ///     .with_rule("mine", parse_rule("rule:admin")?, &[ScopeType::System]);
    /// let admin = PlainCredentials::new().roles(["admin"]);
    /// assert!(!rules.decide("mine", &admin, &()).unwrap().is_allowed());
    /// let admin = admin.attr("system_scope", "all");
    /// assert!(rules.decide("mine", &admin, &()).unwrap().is_allowed());
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    #[must_use]
    pub fn with_rule(
        &self,
        name: impl Into<Box<str>>,
        rule: Rule,
        scope_types: &[ScopeType],
    ) -> Self {
        let mut entries = self.0.entries.clone();
        let mut added = Entry::new(name, rule);
        added.scope_types = scope_types.into();
        match entries.iter_mut().find(|entry| entry.name == added.name) {
            Some(entry) => *entry = added,
            None => entries.push(added),
        }
        // Others may refer to it.
        for entry in &mut entries {
            entry.straight = false;
        }
        Self::build(
            entries,
            self.0.tables.clone(),
            self.0.settings.clone(),
            self.0.warnings.clone(),
        )
    }

    /// Decides a policy by its name. A policy that is not defined is decided by the rule `default`
    /// if there is one, and denied otherwise.
    ///
    /// # Errors
    /// Fails where oslo.policy would raise an exception: at rules that refer to one another in a
    /// circle, and at a check that is not readable or goes deeper than the credentials do; and where
    /// another server must be asked whom the target would choose.
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

    /// As [`Rules::decide`], of the policy that the marker type `P` names, and faster: while the
    /// operator overrides nothing that the policy depends on, by the code that `policies!` wrote for
    /// its default rule.
    ///
    /// # Errors
    /// As [`Rules::decide`], and [`DecisionError::NotRegistered`] when these rules know nothing of the
    /// table that `P` is declared in: then neither an operator's rule of that name nor the rule
    /// `default` stands in.
    #[inline]
    pub fn decide_policy<P: Policy>(
        &self,
        creds: &dyn Credentials,
        target: &dyn TargetOf<P>,
    ) -> Result<Decision, DecisionError> {
        if let Some(table) = self.shortcut::<P>() {
            let mut marks = Marks::new();
            match target.straight(creds, &mut marks) {
                Some(true) => return Ok(Decision::Allow),
                Some(false) => {
                    return Ok(Decision::Deny(Reason::straight(table, P::INDEX, marks)));
                }
                // The compiled rules tell what is wrong.
                None => {}
            }
        }
        self.decide_policy_at_length(creds, target)
    }

    fn decide_policy_at_length<P: Policy>(
        &self,
        creds: &dyn Credentials,
        target: &dyn TargetOf<P>,
    ) -> Result<Decision, DecisionError> {
        let Some(rule) = self.find_policy::<P>() else {
            return Err(not_registered(P::NAME, TABLE));
        };
        if let Some(scope) = self.wrong_scope(P::NAME, rule, creds) {
            return Ok(Decision::Deny(Reason::scope(self, rule, scope)));
        }
        if self.entry(rule).is_some_and(|entry| entry.straight) {
            let mut marks = Marks::new();
            match target.straight(creds, &mut marks) {
                Some(true) => return Ok(Decision::Allow),
                Some(false) => {
                    return Ok(Decision::Deny(Reason::straight(
                        P::DEFAULTS,
                        P::INDEX,
                        marks,
                    )));
                }
                None => {}
            }
        }
        self.run(P::NAME, rule, creds, target.any())
    }

    /// As [`Rules::decide`], and as oslo.policy's `enforce`: whether the caller may. A policy whose
    /// rule asks another server is refused.
    ///
    /// # Errors
    /// As [`Rules::decide`].
    pub fn enforce(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, DecisionError> {
        Ok(self.decide(policy, creds, target)?.is_allowed())
    }

    /// As [`Rules::enforce`], and as oslo.policy's `authorize`: only policies that a service
    /// registered can be asked for, not those which just stand in an operator's file.
    ///
    /// # Errors
    /// As [`Rules::decide`], and [`DecisionError::NotRegistered`].
    pub fn authorize(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<bool, DecisionError> {
        if !self.is_registered(policy) {
            return Err(not_registered(
                policy,
                "no policy of this name is registered",
            ));
        }
        self.enforce(policy, creds, target)
    }

    /// Decides one policy about many targets, in their order. What does not depend on the target is
    /// looked up once.
    pub fn decide_each<'a, T: PolicyTarget + 'a>(
        &'a self,
        policy: &'a str,
        creds: &'a dyn Credentials,
        targets: impl IntoIterator<Item = &'a T> + 'a,
    ) -> impl Iterator<Item = Result<Decision, DecisionError>> + 'a {
        let rule = self.find(policy);
        let scope = rule.and_then(|rule| self.wrong_scope(policy, rule, creds));
        targets.into_iter().map(move |target| match (rule, scope) {
            (None, _) => Ok(Decision::Deny(Reason::unknown(policy))),
            (Some(rule), Some(scope)) => Ok(Decision::Deny(Reason::scope(self, rule, scope))),
            (Some(rule), None) => self.run(policy, rule, creds, target),
        })
    }

    /// Whether any target could make the policy allow this caller. False is certain; true is not,
    /// since each check that reads the target counts as unknown.
    pub fn possible(&self, policy: &str, creds: &dyn Credentials) -> bool {
        self.find(policy)
            .is_some_and(|rule| self.possible_rule(policy, rule, creds))
    }

    /// As [`Rules::possible`], of the policy that the marker type `P` names.
    pub fn possible_policy<P: Policy>(&self, creds: &dyn Credentials) -> bool {
        self.find_policy::<P>()
            .is_some_and(|rule| self.possible_rule(P::NAME, rule, creds))
    }

    /// Whether these rules know the table that the policy is declared in.
    ///
    /// # Errors
    /// [`DecisionError::NotRegistered`] when the table was not given to the
    /// [`Enforcer`](crate::Enforcer) of these rules.
    pub fn declares<P: Policy>(&self) -> Result<(), DecisionError> {
        match self.find_policy::<P>() {
            Some(_) => Ok(()),
            None => Err(not_registered(P::NAME, TABLE)),
        }
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

    /// Whether a service registered a policy or rule of this name.
    pub fn is_registered(&self, name: &str) -> bool {
        let number = self.0.names.get(name);
        number.is_some_and(|number| self.entry(*number).is_some_and(|entry| entry.registered))
    }

    /// References to rules that do not exist and circles, with all rules looked through, and checks
    /// that no decision could evaluate. An [`Enforcer`](crate::Enforcer) refuses to load such rules.
    pub fn check_rules(&self) -> Vec<Error> {
        lint_with(&self.named(), &self.0.settings.checks)
    }

    /// What an operator should look at, though the rules are in force: one line each.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// The number of the rule that stands for a name, which may be the default rule.
    pub(crate) fn number_of(&self, name: &str) -> Option<u32> {
        self.find(name)
    }

    pub(crate) fn rule_of(&self, rule: u32) -> Option<&Rule> {
        self.entry(rule).map(|entry| &entry.rule)
    }

    /// The scope types that a policy enforces; none given if any will do.
    pub(crate) fn enforced_scope_types(&self, policy: &str) -> Option<&[ScopeType]> {
        let rule = self.find(policy)?;
        self.wanted_scope_types(policy, rule)
    }

    /// Whether the policy is not meant for tokens like the caller's.
    pub(crate) fn is_wrong_scope(&self, policy: &str, creds: &dyn Credentials) -> bool {
        self.find(policy)
            .is_some_and(|rule| self.wrong_scope(policy, rule, creds).is_some())
    }

    /// The rule that stands for a name, the default rule included, and where it is written.
    pub(crate) fn resolve(&self, name: &str) -> Option<(&Rule, &str)> {
        let entry = self.entry(self.find(name)?)?;
        Some((&entry.rule, &entry.place))
    }

    /// Decides a rule that another refers to: its scope types do not count.
    pub(crate) fn decide_unscoped(
        &self,
        name: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.find(name) {
            Some(rule) => self.run(name, rule, creds, target),
            None => Ok(Decision::Deny(Reason::unknown(name))),
        }
    }

    pub(crate) fn checks(&self) -> &Checks {
        &self.0.settings.checks
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

    #[inline]
    fn shortcut<P: Policy>(&self) -> Option<&'static Defaults> {
        let table = (*self.0.shortcuts.get(P::INDEX)?)?;
        std::ptr::eq(P::DEFAULTS, table).then_some(table)
    }

    fn find_policy<P: Policy>(&self) -> Option<u32> {
        // The table's policies stand in its order, so the number alone tells.
        let first = self.first_of(P::DEFAULTS)?;
        u32::try_from(first.checked_add(P::INDEX)?).ok()
    }

    /// The number of the first policy of a table, by the table's address: two tables may well have
    /// policies of the same names.
    #[inline]
    fn first_of(&self, defaults: &'static Defaults) -> Option<usize> {
        let mut tables = self.0.tables.iter();
        tables
            .find(|(known, _)| std::ptr::eq(*known, defaults))
            .map(|(_, first)| *first)
    }

    fn decide_rule(
        &self,
        policy: &str,
        rule: u32,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        match self.wrong_scope(policy, rule, creds) {
            Some(scope) => Ok(Decision::Deny(Reason::scope(self, rule, scope))),
            None => self.run(policy, rule, creds, target),
        }
    }

    fn run(
        &self,
        policy: &str,
        rule: u32,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Decision, DecisionError> {
        let mut run = self.0.program.start(rule);
        match self.0.program.go_on(&mut run, creds, target) {
            Ok(End::Decided(true)) => Ok(Decision::Allow),
            Ok(End::Decided(false)) => Ok(Decision::Deny(Reason::checks(self, rule, run.trace))),
            Ok(End::Asks { url }) => {
                let request = Request::new(self, policy, rule, creds, target);
                Ok(Decision::Needs(request.call(run, url, &[])?))
            }
            Err(abort) => Err(self.error(policy, &abort)),
        }
    }

    fn possible_rule(&self, policy: &str, rule: u32, creds: &dyn Credentials) -> bool {
        // A decision that breaks off must be made to be reported, so it counts as possible.
        self.wrong_scope(policy, rule, creds).is_none()
            && self.0.program.possible(rule, creds).unwrap_or(true)
    }

    /// The scope of the credentials, when the policy is not meant for it.
    fn wrong_scope(&self, policy: &str, rule: u32, creds: &dyn Credentials) -> Option<ScopeType> {
        let wanted = self.wanted_scope_types(policy, rule)?;
        let is_set = |value: Option<Value<'_>>| value.is_some_and(Value::is_truthy);
        let system = is_set(system(creds));
        let scope = match (system, is_set(creds.standard(CredentialName::DomainId))) {
            (true, _) => ScopeType::System,
            (false, true) => ScopeType::Domain,
            (false, false) => ScopeType::Project,
        };
        (!wanted.contains(&scope)).then_some(scope)
    }

    /// The scope types that count for a policy that is decided by this rule; none given if any will
    /// do. Those of a default rule count only where it is asked for by its own name.
    fn wanted_scope_types(&self, policy: &str, rule: u32) -> Option<&[ScopeType]> {
        let entry = self.entry(rule)?;
        if entry.scope_types.is_empty() && !entry.foreign_scopes {
            return None;
        }
        let stands_in = self.0.fallback == Some(rule) && *entry.name != *policy;
        (self.0.settings.enforce_scope && !stands_in).then_some(&*entry.scope_types)
    }

    #[cold]
    fn error(&self, policy: &str, abort: &Abort) -> DecisionError {
        let failed = FailedCheck {
            problem: abort.problem.to_string(),
            exception: exception_of(&abort.problem),
            ..self.failed(policy, abort.step)
        };
        match *abort.problem {
            Problem::Cycle => DecisionError::Cycle(failed),
            Problem::Extension(_) => DecisionError::Extension(failed),
            Problem::Remote(_) => DecisionError::Remote(failed),
            Problem::Descent(_) | Problem::Left(_) | Problem::Template(_) => {
                DecisionError::Unreadable(failed)
            }
        }
    }

    fn failed(&self, policy: &str, step: u32) -> FailedCheck {
        let step = self.step(step);
        FailedCheck {
            policy: policy.to_owned(),
            rule: step.map_or("", |step| self.name_of(step.rule)).to_owned(),
            check: step.map_or("", |step| &step.text).to_owned(),
            problem: String::new(),
            exception: "",
        }
    }

    fn named(&self) -> Vec<NamedRule<'_>> {
        let entries = self.0.entries.iter();
        entries
            .map(|entry| NamedRule {
                name: &entry.name,
                rule: &entry.rule,
                place: &entry.place,
            })
            .collect()
    }
}

/// What is wrong when a marker type is decided about by rules that know nothing of its table.
const TABLE: &str = "the table of `policies!` that declares it was not given to the enforcer";

#[cold]
fn not_registered(policy: &str, problem: &str) -> DecisionError {
    DecisionError::NotRegistered(FailedCheck {
        policy: policy.to_owned(),
        rule: String::new(),
        check: String::new(),
        problem: problem.to_owned(),
        exception: "PolicyNotRegistered",
    })
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
