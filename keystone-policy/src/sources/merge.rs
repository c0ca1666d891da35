//! Merges the rules of operators into those that services register.

use std::collections::{HashMap, HashSet};

use crate::decide::defaults::{Defaults, ScopeType};
use crate::decide::entry::{Entry, Settings};
use crate::decide::extension::Checks;
use crate::decide::rules::Rules;
#[cfg(feature = "oslo")]
use crate::language::operands::Operands;
use crate::language::rule::Rule;
use crate::sources::error::{DuplicateError, Error};
use keystone_document::suggest;

/// A policy or rule that a service registers: a default that operators may override.
///
/// Services use `policies!` and [`Defaults`]; this is for tools that read policies at run time.
#[derive(Clone, Debug)]
pub struct Registered {
    name: String,
    rule: Rule,
    text: String,
    scope_types: Vec<ScopeType>,
    foreign_scopes: bool,
    deprecated: Option<Old>,
    removal: Option<(String, String)>,
    place: String,
}

#[derive(Clone, Debug)]
struct Old {
    name: String,
    rule: Rule,
    text: String,
    since: String,
}

/// A rule of an operator.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    pub(crate) name: String,
    pub(crate) rule: Rule,
    pub(crate) place: String,
}

impl Registered {
    /// A policy with this name. `text` is the source of `rule`: an old and a new default with the
    /// same text are never combined.
    pub fn new(name: impl Into<String>, rule: Rule, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rule,
            text: text.into(),
            scope_types: Vec::new(),
            foreign_scopes: false,
            deprecated: None,
            removal: None,
            place: String::new(),
        }
    }

    /// Sets the token scopes that it accepts; empty for any.
    #[must_use]
    pub fn scope_types(mut self, scope_types: impl Into<Vec<ScopeType>>) -> Self {
        self.scope_types = scope_types.into();
        self
    }

    /// Declares that it also accepts scopes that Keystone does not have: if it accepts no others,
    /// it refuses every token.
    #[must_use]
    pub fn foreign_scopes(mut self) -> Self {
        self.foreign_scopes = true;
        self
    }

    /// Sets the policy that it replaced in release `since`; the name may be its own.
    #[must_use]
    pub fn deprecated(
        mut self,
        name: impl Into<String>,
        rule: Rule,
        text: impl Into<String>,
        since: impl Into<String>,
    ) -> Self {
        self.deprecated = Some(Old {
            name: name.into(),
            rule,
            text: text.into(),
            since: since.into(),
        });
        self
    }

    /// Deprecates it for removal because of `reason`, as announced in release `since`.
    #[must_use]
    pub fn deprecated_for_removal(
        mut self,
        reason: impl Into<String>,
        since: impl Into<String>,
    ) -> Self {
        self.removal = Some((reason.into(), since.into()));
        self
    }

    /// Sets where it is written, as `file:line:column`.
    #[must_use]
    pub fn place(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }
}

/// Builds [`Rules`] from what services register and what operators write, merged as by oslo.policy.
/// It accepts every rule that oslo.policy accepts; an [`Enforcer`](crate::Enforcer) is stricter.
///
/// ```
/// use keystone_policy::sources::Registered;
/// use keystone_policy::{PlainCredentials, Rules, parse_rule};
///
/// let rules = Rules::builder()
///     .register(
///         Registered::new("proxy:delete", parse_rule("role:admin")?, "role:admin")
///             .deprecated("proxy:remove", parse_rule("role:boss")?, "role:boss", "2.0"),
///     )
///     .enforce_new_defaults(false)
///     .build()
///     .unwrap();
/// assert_eq!(rules.get("proxy:delete").unwrap().to_string(), "(role:admin or role:boss)");
/// # Ok::<(), keystone_policy::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RulesBuilder {
    registered: Vec<Registered>,
    tables: Vec<(&'static Defaults, usize)>,
    overrides: Vec<Override>,
    enforce_new_defaults: bool,
    settings: Settings,
}

impl Rules {
    /// Starts without any rule.
    pub fn builder() -> RulesBuilder {
        RulesBuilder {
            registered: Vec::new(),
            tables: Vec::new(),
            overrides: Vec::new(),
            enforce_new_defaults: true,
            settings: Settings::default(),
        }
    }
}

impl RulesBuilder {
    /// Registers a policy with its default.
    pub fn register(mut self, registered: Registered) -> Self {
        self.registered.push(registered);
        self
    }

    /// Adds a rule like an operator's file. Of two rules with one name the later wins.
    pub fn rule(self, name: impl Into<String>, rule: Rule) -> Self {
        self.written(Override {
            name: name.into(),
            rule,
            place: String::new(),
        })
    }

    /// Sets the name of the rule that decides undefined policies; `default` by default.
    pub fn default_rule(mut self, name: impl Into<String>) -> Self {
        self.settings.default_rule = name.into();
        self
    }

    /// Whether a policy that replaced another is decided by its new default alone, rather than by
    /// the new or the old one; on by default.
    pub fn enforce_new_defaults(mut self, enforce: bool) -> Self {
        self.enforce_new_defaults = enforce;
        self
    }

    /// Whether a policy refuses tokens of a scope that it does not accept; on by default.
    pub fn enforce_scope(mut self, enforce: bool) -> Self {
        self.settings.enforce_scope = enforce;
        self
    }

    /// Sets the checks that the service adds to the language.
    pub fn checks(mut self, checks: Checks) -> Self {
        self.settings.checks = checks;
        self
    }

    /// Merges the rules.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when two policies or rules are registered with the same name.
    pub fn build(self) -> Result<Rules, Error> {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for Registered { name, place, .. } in &self.registered {
            if let Some(first) = seen.insert(name, place) {
                return Err(Error::Duplicate(DuplicateError::new(place, name, first)));
            }
        }
        Ok(self.build_unique())
    }

    /// As [`RulesBuilder::build`], when it is known that no name is registered twice.
    pub(crate) fn build_unique(self) -> Rules {
        let mut set = Merging::default();
        for registered in &self.registered {
            set.add(registered);
        }
        let given: Given<'_> = self
            .overrides
            .iter()
            .map(|given| (given.name.as_str(), given))
            .collect();
        // The order matters: warnings compare overrides with defaults that are still in place, and
        // which policies are compiled is known only after all overrides.
        set.warn(&self, &given);
        set.apply(&self, &given);
        set.find_compiled(&self.settings.checks);
        Rules::build(set.entries, self.tables, self.settings, set.warnings)
    }

    /// Sets other parsers for the operands of checks.
    #[cfg(feature = "oslo")]
    pub(crate) fn operands(mut self, operands: Operands) -> Self {
        self.settings.operands = operands;
        self
    }

    pub(crate) fn written(mut self, given: Override) -> Self {
        self.overrides.push(given);
        self
    }

    /// Records that the policies of a table are registered from here on, in order.
    pub(crate) fn table(mut self, defaults: &'static Defaults) -> Self {
        self.tables.push((defaults, self.registered.len()));
        self
    }
}

/// The last override of each name.
type Given<'a> = HashMap<&'a str, &'a Override>;

/// For how many unused overrides a similar name is searched.
const MOST_HINTS: usize = 100;

/// A rule set under construction.
#[derive(Default)]
struct Merging {
    entries: Vec<Entry>,
    numbers: HashMap<String, usize>,
    warnings: Vec<String>,
}

impl Merging {
    fn add(&mut self, registered: &Registered) {
        let Registered {
            name,
            rule,
            place,
            scope_types,
            foreign_scopes,
            ..
        } = registered;
        self.numbers.insert(name.clone(), self.entries.len());
        self.entries.push(Entry {
            place: place.as_str().into(),
            scope_types: scope_types.as_slice().into(),
            foreign_scopes: *foreign_scopes,
            registered: true,
            compiled: true,
            ..Entry::new(name.as_str(), rule.clone())
        });
    }

    /// Puts the operator's rules in place of the defaults.
    fn apply(&mut self, plan: &RulesBuilder, given: &Given<'_>) {
        // First overrides under old names of policies that replaced others, then all overrides in
        // order. Reversed, an override of an old name would win over one of the new name.
        for registered in &plan.registered {
            if !given.contains_key(registered.name.as_str())
                && let Some((rule, place)) = self.replaced(plan, given, registered)
            {
                self.put(&registered.name, rule, &place);
            }
        }
        for given in &plan.overrides {
            self.put(&given.name, given.rule.clone(), &given.place);
        }
    }

    /// The rule of a policy that replaced another and is not overridden itself, if not its own
    /// default: the override of the old name, unless that equals the old default or just refers to
    /// the new name; otherwise, if requested, the new or the old default.
    fn replaced(
        &mut self,
        plan: &RulesBuilder,
        given: &Given<'_>,
        registered: &Registered,
    ) -> Option<(Rule, String)> {
        let old = registered.deprecated.as_ref()?;
        if old.name != registered.name
            && let Some(given) = given.get(old.name.as_str())
            && given.rule != old.rule
            && given.rule != Rule::RuleRef(registered.name.clone())
        {
            return Some((given.rule.clone(), given.place.clone()));
        }
        if plan.enforce_new_defaults || old.text == registered.text {
            return None;
        }
        let Registered {
            name, rule, text, ..
        } = registered;
        self.warnings.push(format!(
            "`{}` (`{}`) was replaced by `{name}` (`{text}`) in {}: `{name}` is decided by either \
             until new defaults are enforced",
            old.name, old.text, old.since
        ));
        let either = Rule::Or(vec![rule.clone(), old.rule.clone()]);
        Some((either, registered.place.clone()))
    }

    fn put(&mut self, name: &str, rule: Rule, place: &str) {
        match self
            .numbers
            .get(name)
            .and_then(|number| self.entries.get_mut(*number))
        {
            Some(entry) => {
                entry.rule = rule;
                entry.place = place.into();
                entry.compiled = false;
            }
            None => {
                self.numbers.insert(name.to_owned(), self.entries.len());
                self.entries.push(Entry {
                    place: place.into(),
                    ..Entry::new(name, rule)
                });
            }
        }
    }

    /// A policy is not compiled if a rule that it refers to is overridden, or has a check that the
    /// service adds, which `policies!` does not know.
    fn find_compiled(&mut self, checks: &Checks) {
        let mut callers: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut reached = Vec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            let mut compiled = entry.compiled;
            entry.rule.each_check(&mut |check| match check {
                Rule::Generic { left, .. } => compiled &= checks.get(left).is_none(),
                Rule::RuleRef(name) => match self.numbers.get(name) {
                    Some(callee) => callers.entry(*callee).or_default().push(number),
                    None => compiled = false,
                },
                _ => {}
            });
            if !compiled {
                reached.push(number);
            }
        }
        let mut seen: HashSet<usize> = reached.iter().copied().collect();
        while let Some(number) = reached.pop() {
            if let Some(entry) = self.entries.get_mut(number) {
                entry.compiled = false;
            }
            let callers = callers.get(&number).into_iter().flatten();
            reached.extend(callers.filter(|caller| seen.insert(**caller)));
        }
    }

    fn warn(&mut self, plan: &RulesBuilder, overrides: &Given<'_>) {
        for registered in &plan.registered {
            let Registered { name, rule, .. } = registered;
            if let Some(old) = &registered.deprecated
                && old.name != *name
                && let Some(given) = overrides.get(old.name.as_str())
            {
                warn_at(
                    &mut self.warnings,
                    &given.place,
                    format!(
                        "`{}` was replaced by `{name}` in {}: override the new name",
                        old.name, old.since
                    ),
                );
            }
            let Some(given) = overrides.get(name.as_str()) else {
                continue;
            };
            if let Some((reason, since)) = &registered.removal {
                warn_at(
                    &mut self.warnings,
                    &given.place,
                    format!("`{name}` is to be removed, as announced in {since}: {reason}"),
                );
            }
            if given.rule == *rule {
                warn_at(
                    &mut self.warnings,
                    &given.place,
                    format!("`{name}` is the same as its default, remove the override"),
                );
            }
        }
        self.warn_of_unused(plan);
    }

    /// An unused override is often a typo.
    fn warn_of_unused(&mut self, plan: &RulesBuilder) {
        if plan.registered.is_empty() {
            return;
        }
        let references = plan.overrides.iter();
        let old = plan.registered.iter();
        let old = old.filter_map(|registered| registered.deprecated.as_ref());
        let known: Vec<&str> = self.entries.iter().map(|entry| &*entry.name).collect();
        let used: HashSet<&str> = references
            .flat_map(|given| given.rule.references())
            .chain(old.map(|old| old.name.as_str()))
            .chain(known.iter().copied())
            .chain([plan.settings.default_rule.as_str()])
            .collect();
        let unused = plan
            .overrides
            .iter()
            .filter(|given| !used.contains(given.name.as_str()));
        for (index, given) in unused.enumerate() {
            let suggestion = (index < MOST_HINTS).then(|| suggest(&given.name, &known));
            let suggestion = suggestion
                .flatten()
                .map(|name| format!("; did you mean `{name}`?"))
                .unwrap_or_default();
            warn_at(
                &mut self.warnings,
                &given.place,
                format!("nothing uses `{}`{suggestion}", given.name),
            );
        }
    }
}

fn warn_at(warnings: &mut Vec<String>, place: &str, warning: String) {
    let between = if place.is_empty() { "" } else { ": " };
    warnings.push(format!("{place}{between}{warning}"));
}
