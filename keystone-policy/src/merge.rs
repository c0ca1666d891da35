//! Puts the rules of operators over those that services register.

use std::collections::HashMap;

use crate::error::{DuplicateError, Error};
use crate::extension::Checks;
use crate::near::near;
use crate::registry::{Defaults, ScopeType};
use crate::rule::Rule;
use crate::rules::{Entry, Rules, Settings};

/// A policy or rule as a service registers it: a default that operators may override.
///
/// `policies!` and [`Defaults`] do this for a service; it is for tools that learn of policies only
/// as they run.
#[derive(Clone, Debug)]
pub struct Registered {
    name: String,
    rule: Rule,
    text: String,
    scope_types: Vec<ScopeType>,
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
    /// A policy of this name. `text` is the text that `rule` was read from: an old and a new default
    /// of the same text are never combined.
    pub fn new(name: impl Into<String>, rule: Rule, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rule,
            text: text.into(),
            scope_types: Vec::new(),
            deprecated: None,
            removal: None,
            place: String::new(),
        }
    }

    /// Sets the token scopes it is meant for; none named means any.
    #[must_use]
    pub fn scope_types(mut self, scope_types: impl Into<Vec<ScopeType>>) -> Self {
        self.scope_types = scope_types.into();
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

    /// Says that it is to be removed, for `reason`, as was announced in release `since`.
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

/// Collects [`Rules`] from what services register and what operators write, merged as oslo.policy
/// does it. It refuses no rule that oslo.policy would take; an
/// [`Enforcer`](crate::Enforcer) does.
///
/// ```
/// use keystone_policy::{PlainCredentials, Registered, Rules, parse_rule};
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
    /// Begins without any rule.
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

    /// Adds a rule as an operator's file has it. Of two rules of one name the later counts.
    pub fn rule(self, name: impl Into<String>, rule: Rule) -> Self {
        self.written(Override {
            name: name.into(),
            rule,
            place: String::new(),
        })
    }

    /// The name of the rule that stands in for those which are not defined; `default` unless set.
    pub fn default_rule(mut self, name: impl Into<String>) -> Self {
        self.settings.default_rule = name.into();
        self
    }

    /// Whether a policy that replaced another is decided by its new default alone, rather than by
    /// the new or the old one. On unless turned off.
    pub fn enforce_new_defaults(mut self, enforce: bool) -> Self {
        self.enforce_new_defaults = enforce;
        self
    }

    /// Whether a policy refuses tokens of a scope that it is not meant for. On unless turned off.
    pub fn enforce_scope(mut self, enforce: bool) -> Self {
        self.settings.enforce_scope = enforce;
        self
    }

    /// Sets the checks that the service adds to the language.
    pub fn checks(mut self, checks: Checks) -> Self {
        self.settings.checks = checks;
        self
    }

    /// Merges what was collected.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when two policies or rules are registered under one name.
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
        set.warn(&self);
        set.apply(&self);
        set.find_straight(&self.settings.checks);
        Rules::build(set.entries, self.tables, self.settings, set.warnings)
    }

    pub(crate) fn written(mut self, given: Override) -> Self {
        self.overrides.push(given);
        self
    }

    /// Remembers that the policies of a table are registered from here on, in its order.
    pub(crate) fn table(mut self, defaults: &'static Defaults) -> Self {
        self.tables.push((defaults, self.registered.len()));
        self
    }

    /// What the operator wrote under this name last.
    fn named(&self, name: &str) -> Option<&Override> {
        self.overrides
            .iter()
            .rev()
            .find(|candidate| candidate.name == name)
    }
}

/// A rule set in the making.
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
            ..
        } = registered;
        self.numbers.insert(name.clone(), self.entries.len());
        self.entries.push(Entry {
            place: place.as_str().into(),
            scope_types: scope_types.as_slice().into(),
            registered: true,
            straight: true,
            ..Entry::new(name.as_str(), rule.clone())
        });
    }

    /// Puts the operator's rules in place of the defaults.
    fn apply(&mut self, plan: &RulesBuilder) {
        for registered in &plan.registered {
            if plan.named(&registered.name).is_none()
                && let Some((rule, place)) = self.replaced(plan, registered)
            {
                self.put(&registered.name, rule, &place);
            }
        }
        for given in &plan.overrides {
            self.put(&given.name, given.rule.clone(), &given.place);
        }
    }

    /// What decides a policy that replaced another and is not overridden itself, if not its own
    /// default. An override of the old name counts, unless it says no more than the old default or
    /// just points to the new name. Else, on request, the old default counts beside the new.
    fn replaced(&mut self, plan: &RulesBuilder, registered: &Registered) -> Option<(Rule, String)> {
        let old = registered.deprecated.as_ref()?;
        if old.name != registered.name
            && let Some(given) = plan.named(&old.name)
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
                entry.straight = false;
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

    /// An override anywhere among the rules that a policy refers to reaches the policy, and so does
    /// a check that the service adds, which `policies!` does not know.
    fn find_straight(&mut self, checks: &Checks) {
        for entry in &mut self.entries {
            entry.rule.each_check(&mut |check| {
                if let Rule::Generic { left, .. } = check {
                    entry.straight &= checks.get(left).is_none();
                }
            });
        }
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for number in 0..self.entries.len() {
                let reached = self.entries.get(number).is_some_and(|entry| {
                    entry.straight
                        && entry
                            .rule
                            .references()
                            .iter()
                            .any(|name| !self.is_straight(name))
                });
                if reached && let Some(entry) = self.entries.get_mut(number) {
                    entry.straight = false;
                    changed = true;
                }
            }
        }
    }

    fn is_straight(&self, name: &str) -> bool {
        let number = self.numbers.get(name);
        number
            .and_then(|number| self.entries.get(*number))
            .is_some_and(|entry| entry.straight)
    }

    fn warn(&mut self, plan: &RulesBuilder) {
        for registered in &plan.registered {
            let Registered { name, rule, .. } = registered;
            if let Some(old) = &registered.deprecated
                && old.name != *name
                && let Some(given) = plan.named(&old.name)
            {
                self.warnings.push(placed(
                    &given.place,
                    format!(
                        "`{}` was replaced by `{name}` in {}: override the new name",
                        old.name, old.since
                    ),
                ));
            }
            let Some(given) = plan.named(name) else {
                continue;
            };
            if let Some((reason, since)) = &registered.removal {
                self.warnings.push(placed(
                    &given.place,
                    format!("`{name}` is to be removed, as announced in {since}: {reason}"),
                ));
            }
            if given.rule == *rule {
                self.warnings.push(placed(
                    &given.place,
                    format!("`{name}` says what its default says, leave it out"),
                ));
            }
        }
        self.warn_of_unused(plan);
    }

    /// An override that nothing asks for is often a slip of the pen.
    fn warn_of_unused(&mut self, plan: &RulesBuilder) {
        if plan.registered.is_empty() {
            return;
        }
        let referred: Vec<&str> = plan
            .overrides
            .iter()
            .flat_map(|given| given.rule.references())
            .collect();
        let old: Vec<&str> = plan
            .registered
            .iter()
            .filter_map(|registered| registered.deprecated.as_ref())
            .map(|old| old.name.as_str())
            .collect();
        for given in &plan.overrides {
            let name = given.name.as_str();
            let used =
                self.numbers.contains_key(name) || referred.contains(&name) || old.contains(&name);
            if !used && name != plan.settings.default_rule {
                let known: Vec<&str> = self.entries.iter().map(|entry| &*entry.name).collect();
                let near = near(name, &known);
                let near = near
                    .map(|near| format!(", did you mean `{near}`?"))
                    .unwrap_or_default();
                self.warnings.push(placed(
                    &given.place,
                    format!("nothing asks for `{name}`{near}"),
                ));
            }
        }
    }
}

fn placed(place: &str, warning: String) -> String {
    if place.is_empty() {
        warning
    } else {
        format!("{place}: {warning}")
    }
}
