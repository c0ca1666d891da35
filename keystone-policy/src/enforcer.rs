//! The rules of a service: its defaults under the overrides of its operator.

use std::collections::HashMap;
use std::fmt;
#[cfg(feature = "file")]
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::{DuplicateError, Error, RuleError};
use crate::lint::{NamedRule, lint};
use crate::parse::parse_rule;
use crate::registry::{Defaults, PolicyDefault};
use crate::rule::Rule;
use crate::rules::{DEFAULT_RULE, Entry, Rules};

/// Holds the rules now in force. Cheap to clone; clones share the rules.
///
/// ```
/// use keystone_policy::{Defaults, Enforcer, PlainCredentials, PolicyDefault, RuleDefault};
///
/// static DEFAULTS: Defaults = Defaults {
///     rules: &[RuleDefault::new("admin", "role:admin")],
///     policies: &[PolicyDefault::new("proxy:create", "rule:admin")],
/// };
///
/// let enforcer = Enforcer::builder(&DEFAULTS).override_rule("admin", "role:boss").build()?;
/// let boss = PlainCredentials::new().roles(["boss"]);
/// assert!(enforcer.snapshot().decide("proxy:create", &boss, &()).unwrap().is_allowed());
/// # Ok::<(), keystone_policy::Error>(())
/// ```
#[derive(Clone)]
pub struct Enforcer(Arc<Shared>);

struct Shared {
    plan: EnforcerBuilder,
    current: RwLock<Rules>,
}

impl Enforcer {
    /// Begins with the defaults that `policies!` made.
    pub fn builder(defaults: &'static Defaults) -> EnforcerBuilder {
        EnforcerBuilder {
            defaults: vec![defaults],
            overrides: Vec::new(),
            default_rule: DEFAULT_RULE.to_owned(),
            enforce_scope: true,
        }
    }

    /// The rules now in force. Take them once for each request.
    pub fn snapshot(&self) -> Rules {
        // Rules are replaced whole, so a panic elsewhere leaves none half-written.
        self.0
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the files of the operator again.
    ///
    /// # Errors
    /// When the files are broken. The rules so far stay in force: say so each time.
    pub fn reload(&self) -> Result<(), Error> {
        let rules = self.0.plan.load()?;
        *self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner) = rules;
        Ok(())
    }
}

impl fmt::Debug for Enforcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Enforcer").field(&self.snapshot()).finish()
    }
}

/// Collects what an [`Enforcer`] is made of.
#[must_use]
pub struct EnforcerBuilder {
    defaults: Vec<&'static Defaults>,
    overrides: Vec<Overrides>,
    default_rule: String,
    enforce_scope: bool,
}

/// Where overrides come from; later ones win.
enum Overrides {
    #[cfg(feature = "file")]
    File {
        path: PathBuf,
        required: bool,
    },
    Rule {
        name: String,
        text: String,
    },
    #[cfg(feature = "file")]
    Text {
        label: String,
        text: String,
    },
}

/// An override, read.
struct Override {
    name: String,
    rule: Rule,
    place: String,
}

impl EnforcerBuilder {
    /// Adds the defaults of another part of the service.
    pub fn defaults(mut self, defaults: &'static Defaults) -> Self {
        self.defaults.push(defaults);
        self
    }

    /// Overrides one rule, or adds one for others to refer to.
    pub fn override_rule(mut self, name: impl Into<String>, rule: impl Into<String>) -> Self {
        self.overrides.push(Overrides::Rule {
            name: name.into(),
            text: rule.into(),
        });
        self
    }

    /// Reads an operator's overrides from a file (YAML or JSON, `"name": "rule"` each). It must exist.
    #[cfg(feature = "file")]
    pub fn policy_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.push(Overrides::File {
            path: path.into(),
            required: true,
        });
        self
    }

    /// As [`EnforcerBuilder::policy_file`], of a file that may be absent.
    #[cfg(feature = "file")]
    pub fn optional_policy_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.push(Overrides::File {
            path: path.into(),
            required: false,
        });
        self
    }

    /// Reads overrides from a text with the content of such a file; errors call it `label`.
    #[cfg(feature = "file")]
    pub fn policy_text(mut self, label: impl Into<String>, text: impl Into<String>) -> Self {
        self.overrides.push(Overrides::Text {
            label: label.into(),
            text: text.into(),
        });
        self
    }

    /// Whether a policy refuses tokens of a scope that it is not meant for. On unless turned off,
    /// which is for services that migrate from oslo.policy before 6.
    pub fn enforce_scope(mut self, enforce_scope: bool) -> Self {
        self.enforce_scope = enforce_scope;
        self
    }

    /// The name of the rule that decides policies which are not defined: `default` unless set.
    pub fn default_rule(mut self, name: impl Into<String>) -> Self {
        self.default_rule = name.into();
        self
    }

    /// Loads the rules.
    ///
    /// # Errors
    /// When a file cannot be read or is not of the right shape, when a rule in it or among the
    /// defaults is wrong, refers to one that does not exist or is part of a circle, and when two
    /// defaults have one name.
    pub fn build(self) -> Result<Enforcer, Error> {
        let current = RwLock::new(self.load()?);
        Ok(Enforcer(Arc::new(Shared {
            plan: self,
            current,
        })))
    }

    fn load(&self) -> Result<Rules, Error> {
        let mut set = Loading::default();
        for defaults in &self.defaults {
            set.add_policies(defaults)?;
        }
        for defaults in &self.defaults {
            set.add_rules(defaults)?;
        }
        let mut overrides = Vec::new();
        for source in &self.overrides {
            source.read(&mut overrides)?;
        }
        let renamed: Vec<PolicyDefault> = self
            .defaults
            .iter()
            .flat_map(|defaults| defaults.policies)
            .copied()
            .collect();
        set.apply(overrides, &renamed, &self.default_rule);
        set.check()?;
        Ok(Rules::build(
            set.entries,
            &self.default_rule,
            self.enforce_scope,
            set.warnings,
        ))
    }
}

impl Overrides {
    fn read(&self, found: &mut Vec<Override>) -> Result<(), Error> {
        match self {
            #[cfg(feature = "file")]
            Self::File { path, required } => {
                let text = match std::fs::read_to_string(path) {
                    Ok(text) => text,
                    Err(error) if !required && error.kind() == std::io::ErrorKind::NotFound => {
                        return Ok(());
                    }
                    Err(error) => {
                        return Err(Error::File(crate::error::FileError::new(path, error)));
                    }
                };
                read_text(&path.display().to_string(), &text, found)
            }
            Self::Rule { name, text } => {
                let place = format!("override of `{name}`");
                let rule = parse_rule(text)
                    .map_err(|error| Error::Rule(RuleError::new(&place, name, error)))?;
                found.push(Override {
                    name: name.clone(),
                    rule,
                    place,
                });
                Ok(())
            }
            #[cfg(feature = "file")]
            Self::Text { label, text } => read_text(label, text, found),
        }
    }
}

#[cfg(feature = "file")]
fn read_text(label: &str, text: &str, found: &mut Vec<Override>) -> Result<(), Error> {
    let document = crate::file::read_overrides(label, text).map_err(crate::file::first)?;
    found.extend(document.into_iter().map(|entry| Override {
        place: entry.place(label),
        name: entry.name,
        rule: entry.rule,
    }));
    Ok(())
}

/// A rule set in the making.
#[derive(Default)]
struct Loading {
    entries: Vec<Entry>,
    numbers: HashMap<String, usize>,
    warnings: Vec<String>,
}

impl Loading {
    fn add_policies(&mut self, defaults: &Defaults) -> Result<(), Error> {
        for policy in defaults.policies {
            let entry = Entry {
                name: policy.name.into(),
                rule: default_rule(policy.name, policy.check, policy.source)?,
                place: policy.source.into(),
                scope_types: policy.scope_types.into(),
            };
            self.add(entry)?;
        }
        Ok(())
    }

    fn add_rules(&mut self, defaults: &Defaults) -> Result<(), Error> {
        for rule in defaults.rules {
            let entry = Entry {
                name: rule.name.into(),
                rule: default_rule(rule.name, rule.check, rule.source)?,
                place: rule.source.into(),
                scope_types: Box::default(),
            };
            self.add(entry)?;
        }
        Ok(())
    }

    fn add(&mut self, entry: Entry) -> Result<(), Error> {
        if let Some(first) = self
            .numbers
            .get(&*entry.name)
            .and_then(|number| self.entries.get(*number))
        {
            return Err(Error::Duplicate(DuplicateError::new(
                &entry.place,
                &entry.name,
                &first.place,
            )));
        }
        self.numbers
            .insert(entry.name.to_string(), self.entries.len());
        self.entries.push(entry);
        Ok(())
    }

    /// Puts overrides in place. A policy that replaced another takes an override of the old name,
    /// unless its own name is overridden too, or that override says no more than the old default
    /// or just points to the new name.
    fn apply(&mut self, overrides: Vec<Override>, policies: &[PolicyDefault], default_rule: &str) {
        let named = |name: &str| {
            overrides
                .iter()
                .rev()
                .find(|candidate| candidate.name == name)
        };
        let mut renamed = Vec::new();
        for policy in policies {
            let Some(old) = policy.deprecated.filter(|old| old.name != policy.name) else {
                continue;
            };
            let Some(given) = named(old.name) else {
                continue;
            };
            self.warnings.push(format!(
                "{}: `{}` was replaced by `{}` in {}: override the new name",
                given.place, old.name, policy.name, old.since
            ));
            let same = parse_rule(old.check).is_ok_and(|check| check == given.rule);
            if named(policy.name).is_none()
                && !same
                && given.rule != Rule::RuleRef(policy.name.to_owned())
            {
                renamed.push((policy.name, given.rule.clone(), given.place.clone()));
            }
        }
        self.warn_of_unused(&overrides, policies, default_rule);
        for (name, rule, place) in renamed {
            self.put(name, rule, place);
        }
        for given in overrides {
            self.put(&given.name, given.rule, given.place);
        }
    }

    /// An override that nothing asks for is often a slip of the pen.
    fn warn_of_unused(
        &mut self,
        overrides: &[Override],
        policies: &[PolicyDefault],
        default_rule: &str,
    ) {
        let referred: Vec<&str> = overrides
            .iter()
            .flat_map(|given| given.rule.references())
            .collect();
        let old: Vec<&str> = policies
            .iter()
            .filter_map(|policy| policy.deprecated)
            .map(|old| old.name)
            .collect();
        for given in overrides {
            let name = given.name.as_str();
            let used =
                self.numbers.contains_key(name) || referred.contains(&name) || old.contains(&name);
            if !used && name != default_rule {
                let known: Vec<&str> = self.entries.iter().map(|entry| &*entry.name).collect();
                let near = crate::near::near(name, &known);
                let near = near
                    .map(|near| format!(", did you mean `{near}`?"))
                    .unwrap_or_default();
                self.warnings
                    .push(format!("{}: nothing asks for `{name}`{near}", given.place));
            }
        }
    }

    fn put(&mut self, name: &str, rule: Rule, place: String) {
        match self
            .numbers
            .get(name)
            .and_then(|number| self.entries.get_mut(*number))
        {
            Some(entry) => {
                entry.rule = rule;
                entry.place = place.into();
            }
            None => {
                self.numbers.insert(name.to_owned(), self.entries.len());
                self.entries.push(Entry {
                    name: name.into(),
                    rule,
                    place: place.into(),
                    scope_types: Box::default(),
                });
            }
        }
    }

    fn check(&self) -> Result<(), Error> {
        let named: Vec<NamedRule<'_>> = self
            .entries
            .iter()
            .map(|entry| NamedRule {
                name: &entry.name,
                rule: &entry.rule,
                place: &entry.place,
            })
            .collect();
        lint(&named).into_iter().next().map_or(Ok(()), Err)
    }
}

fn default_rule(name: &str, text: &str, place: &str) -> Result<Rule, Error> {
    parse_rule(text).map_err(|error| Error::Rule(RuleError::new(place, name, error)))
}
