//! An immutable set of rules.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::decide::defaults::{Defaults, ScopeType};
use crate::decide::entry::{Entry, Settings};
use crate::decide::extension::Checks;
use crate::decide::policy::Policy;
use crate::decide::program::{Program, Step};
use crate::decide::reads::{Reads, readers_below_not};
use crate::language::rule::Rule;

/// An immutable set of rules. Cheap to clone: take one for each request, so that a request sees one
/// set even if the operator changes the rules meanwhile.
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
pub struct Rules(pub(super) Arc<RuleSet>);

pub(super) struct RuleSet {
    pub(super) names: HashMap<Box<str>, u32>,
    pub(super) entries: Vec<Entry>,
    /// For each table of `policies!`, the number of its first policy.
    pub(super) tables: Vec<(&'static Defaults, usize)>,
    /// For each policy of the first table, the table if the policy's compiled code is valid and it
    /// accepts any scope: the fastest path to a decision.
    pub(super) shortcuts: Vec<Option<&'static Defaults>>,
    pub(super) program: Program,
    /// For each entry, whether a negated check reads the target.
    pub(super) reads_below_not: Box<[bool]>,
    /// For each entry the attributes that it reads, computed on first use.
    pub(super) reads: Box<[Reads]>,
    pub(super) settings: Settings,
    pub(super) fallback: Option<u32>,
    pub(super) warnings: Vec<String>,
}

impl Rules {
    /// Rules by name, evaluated exactly as in oslo.policy: a reference to an undefined rule is the
    /// rule `default` if there is one, else false; a cycle is an error of the decision that reaches
    /// it. Of two rules with one name the later wins.
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
        let program = Program::compile(rules, &resolve, &settings.checks, settings.operands);
        let reads_below_not = readers_below_not(&entries, &resolve);
        let reads = entries.iter().map(|_| Reads::default()).collect();
        // Entries of a table keep its order, from the number that `RulesBuilder::table` recorded
        // on: do not sort them or register others in between.
        let shortcuts = tables.first().filter(|(_, first)| *first == 0);
        let shortcuts = shortcuts.map_or_else(Vec::new, |(table, _)| {
            let own = entries.iter().take(table.policies.len());
            own.map(|entry| (entry.compiled && entry.scope_types.is_empty()).then_some(*table))
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

    /// These rules and one more, for rules that are only known at run time: compile it once, then
    /// decide it by name as often as needed. `scope_types` are the token scopes that it accepts;
    /// empty for any. An existing rule of that name is replaced.
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
        // Other rules may refer to it.
        for entry in &mut entries {
            entry.compiled = false;
        }
        Self::build(
            entries,
            self.0.tables.clone(),
            self.0.settings.clone(),
            self.0.warnings.clone(),
        )
    }

    /// The rule with exactly this name.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        let number = self.0.names.get(name)?;
        self.entry(*number).map(|entry| &entry.rule)
    }

    /// The names of all rules: policies first, in the order of their declaration, then the others.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.entries.iter().map(|entry| &*entry.name)
    }

    /// Whether a service registered a policy or rule of this name.
    pub fn is_registered(&self, name: &str) -> bool {
        let number = self.0.names.get(name);
        number.is_some_and(|number| self.entry(*number).is_some_and(|entry| entry.registered))
    }

    /// The tables of `policies!` whose policies these rules decide, in the order in which the
    /// [`Enforcer`](crate::Enforcer) got them. Their default rules need not be in force.
    pub fn defaults(&self) -> impl Iterator<Item = &'static Defaults> {
        self.0.tables.iter().map(|(table, _)| *table)
    }

    /// The token scopes that a policy accepts under these rules; `None` if it accepts any. Empty if
    /// it accepts only scopes that no token has.
    pub fn scope_types(&self, policy: &str) -> Option<&[ScopeType]> {
        self.enforced_scope_types(policy)
    }

    /// Whether `other` is a clone of these rules. False if the rules were loaded again in between,
    /// even if nothing changed.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Warnings for the operator, one line each.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// The number of the rule for a name, which may be the default rule.
    pub(crate) fn number_of(&self, name: &str) -> Option<u32> {
        self.find(name)
    }

    pub(crate) fn rule_of(&self, rule: u32) -> Option<&Rule> {
        self.entry(rule).map(|entry| &entry.rule)
    }

    /// The scope types that a policy enforces; `None` if it accepts any.
    pub(crate) fn enforced_scope_types(&self, policy: &str) -> Option<&[ScopeType]> {
        let rule = self.find(policy)?;
        self.wanted_scope_types(policy, rule)
    }

    /// The rule for a name, which may be the default rule, and where it is written.
    pub(crate) fn resolve(&self, name: &str) -> Option<(&Rule, &str)> {
        let entry = self.entry(self.find(name)?)?;
        Some((&entry.rule, &entry.place))
    }

    /// The attributes of the target on which the decision of a policy may depend under these rules,
    /// without duplicates. `None` if it may depend on all of them, because a check of the service
    /// or another server receives the whole target.
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

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.0.entries
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

    pub(super) fn entry(&self, rule: u32) -> Option<&Entry> {
        self.0.entries.get(rule as usize)
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.0.names.get(name).copied().or(self.0.fallback)
    }

    #[inline]
    pub(super) fn has_shortcut<P: Policy>(&self) -> bool {
        let table = self.0.shortcuts.get(P::INDEX).copied().flatten();
        table.is_some_and(|table| std::ptr::eq(P::DEFAULTS, table))
    }

    pub(super) fn find_policy<P: Policy>(&self) -> Option<u32> {
        // The table's policies keep its order, so the index suffices.
        let first = self.first_of(P::DEFAULTS)?;
        u32::try_from(first.checked_add(P::INDEX)?).ok()
    }

    /// The number of the first policy of a table, identified by address: two tables may have
    /// policies with the same names.
    #[inline]
    fn first_of(&self, defaults: &'static Defaults) -> Option<usize> {
        let mut tables = self.0.tables.iter();
        tables
            .find(|(known, _)| std::ptr::eq(*known, defaults))
            .map(|(_, first)| *first)
    }

    /// The scope types for a policy that is decided by this rule; `None` if it accepts any. Those
    /// of the default rule apply only if it is decided by its own name.
    pub(super) fn wanted_scope_types(&self, policy: &str, rule: u32) -> Option<&[ScopeType]> {
        let entry = self.entry(rule)?;
        if entry.scope_types.is_empty() && !entry.foreign_scopes {
            return None;
        }
        let stands_in = self.0.fallback == Some(rule) && *entry.name != *policy;
        (self.0.settings.enforce_scope && !stands_in).then_some(&*entry.scope_types)
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
