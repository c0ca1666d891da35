//! The rules of a service: its defaults, overridden by its operator.

use std::fmt;
#[cfg(feature = "file")]
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::decide::defaults::{Defaults, PolicyDefault, RuleDefault};
use crate::decide::entry::DEFAULT_RULE;
use crate::decide::extension::{BUILT_IN, Checks};
use crate::decide::rules::Rules;
use crate::language::parse::parse_rule;
use crate::language::rule::Rule;
use crate::sources::enforcer::overrides::{OverrideSource, Reading};
use crate::sources::error::{Error, RuleError};
use crate::sources::merge::Registered;

mod overrides;
mod reload;

pub use reload::{Change, Look};

/// Holds the current rules of a service. Cheap to clone; clones share the rules.
///
/// ```
/// use keystone_policy::decide::{PolicyDefault, RuleDefault};
/// use keystone_policy::{Defaults, Enforcer, PlainCredentials};
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
    /// The content of the sources from which the current rules were built; locked during a reload.
    known: Mutex<Reading>,
}

impl Enforcer {
    /// Starts with the defaults that `policies!` generated.
    pub fn builder(defaults: &'static Defaults) -> EnforcerBuilder {
        EnforcerBuilder {
            defaults: vec![defaults],
            overrides: Vec::new(),
            default_rule: DEFAULT_RULE.to_owned(),
            enforce_new_defaults: true,
            enforce_scope: true,
            checks: Checks::new(),
        }
    }

    /// The current rules. Take them once for each request.
    pub fn snapshot(&self) -> Rules {
        // Rules are replaced as a whole, so a panic elsewhere cannot leave them inconsistent.
        self.0
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn known(&self) -> MutexGuard<'_, Reading> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Enforcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Enforcer").field(&self.snapshot()).finish()
    }
}

/// Builds an [`Enforcer`].
#[must_use]
pub struct EnforcerBuilder {
    defaults: Vec<&'static Defaults>,
    overrides: Vec<OverrideSource>,
    default_rule: String,
    enforce_new_defaults: bool,
    enforce_scope: bool,
    checks: Checks,
}

impl EnforcerBuilder {
    /// Adds the defaults of another part of the service.
    pub fn defaults(mut self, defaults: &'static Defaults) -> Self {
        self.defaults.push(defaults);
        self
    }

    /// Overrides a rule, or adds one for others to refer to.
    ///
    /// Overrides of all kinds apply in the order of these calls: of two with one name the later
    /// wins.
    pub fn override_rule(mut self, name: impl Into<String>, rule: impl Into<String>) -> Self {
        self.overrides.push(OverrideSource::Rule {
            name: name.into(),
            text: rule.into(),
        });
        self
    }

    /// Reads an operator's overrides from a file (YAML or JSON, `"name": "rule"` each). It must exist.
    #[cfg(feature = "file")]
    pub fn policy_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.push(OverrideSource::File {
            path: path.into(),
            required: true,
        });
        self
    }

    /// As [`EnforcerBuilder::policy_file`], for a file that may be absent.
    #[cfg(feature = "file")]
    pub fn optional_policy_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.push(OverrideSource::File {
            path: path.into(),
            required: false,
        });
        self
    }

    /// Reads overrides from the files of a directory (without subdirectories), in the order of
    /// their names: the later of two overrides wins. Files whose names begin with a dot are
    /// ignored. The directory may be absent.
    #[cfg(feature = "file")]
    pub fn policy_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.push(OverrideSource::Directory(path.into()));
        self
    }

    /// Reads overrides from a string with the content of such a file; `label` is its name in
    /// errors.
    #[cfg(feature = "file")]
    pub fn policy_text(mut self, label: impl Into<String>, text: impl Into<String>) -> Self {
        self.overrides.push(OverrideSource::Text {
            label: label.into(),
            text: text.into(),
        });
        self
    }

    /// Whether a policy that replaced another is decided by its new default alone; on by default.
    /// If off, it allows what the new or the old default allows, for services whose operators still
    /// depend on the old defaults.
    pub fn enforce_new_defaults(mut self, enforce: bool) -> Self {
        self.enforce_new_defaults = enforce;
        self
    }

    /// Whether a policy refuses tokens of a scope that it does not accept; on by default. Off is
    /// for services that migrate from oslo.policy before 6.
    pub fn enforce_scope(mut self, enforce_scope: bool) -> Self {
        self.enforce_scope = enforce_scope;
        self
    }

    /// Sets the name of the rule that decides undefined policies; `default` by default.
    pub fn default_rule(mut self, name: impl Into<String>) -> Self {
        self.default_rule = name.into();
        self
    }

    /// Sets the checks that the service adds to the language.
    pub fn checks(mut self, checks: Checks) -> Self {
        self.checks = checks;
        self
    }

    /// Loads the rules.
    ///
    /// # Errors
    /// [`Error`] when a file cannot be read or has the wrong shape, when a rule is invalid, refers
    /// to an undefined rule or is part of a cycle, when two defaults have the same name, and when a
    /// check of the language would be replaced.
    pub fn build(self) -> Result<Enforcer, Error> {
        let reading = self.read()?;
        let current = RwLock::new(self.rules(&reading)?);
        Ok(Enforcer(Arc::new(Shared {
            plan: self,
            current,
            known: Mutex::new(reading),
        })))
    }

    fn read(&self) -> Result<Reading, Error> {
        let contents = self.overrides.iter().map(OverrideSource::read);
        Ok(Reading(contents.collect::<Result<_, _>>()?))
    }

    #[cfg(feature = "file")]
    fn refuse_loss(&self, before: &Reading, now: &Reading) -> Result<(), Error> {
        let contents = before.0.iter().zip(&now.0);
        let mut sources = self.overrides.iter().zip(contents);
        sources.try_for_each(|(source, (before, now))| source.refuse_loss(before, now))
    }

    #[cfg(not(feature = "file"))]
    fn refuse_loss(&self, _: &Reading, _: &Reading) -> Result<(), Error> {
        Ok(())
    }

    fn rules(&self, reading: &Reading) -> Result<Rules, Error> {
        if let Some(kind) = self.checks.kinds().find(|kind| BUILT_IN.contains(kind)) {
            let problem = "a check of this kind is part of the language and cannot be replaced";
            return Err(Error::Rule(RuleError::new("", kind, problem)));
        }
        let mut builder = Rules::builder()
            .default_rule(&self.default_rule)
            .enforce_new_defaults(self.enforce_new_defaults)
            .enforce_scope(self.enforce_scope)
            .checks(self.checks.clone());
        for defaults in &self.defaults {
            builder = builder.table(defaults);
            for policy in defaults.policies {
                builder = builder.register(registered_policy(policy)?);
            }
        }
        for defaults in &self.defaults {
            for rule in defaults.rules {
                builder = builder.register(registered_rule(rule)?);
            }
        }
        for content in reading.contents() {
            for given in content.parse()? {
                builder = builder.written(given);
            }
        }
        let rules = builder.build()?;
        match rules.check_rules().into_iter().next() {
            Some(error) => Err(error),
            None => Ok(rules),
        }
    }
}

fn registered_policy(policy: &PolicyDefault) -> Result<Registered, Error> {
    let PolicyDefault {
        name,
        check,
        source,
        ..
    } = *policy;
    let mut registered = Registered::new(name, default_rule(name, check, source)?, check)
        .scope_types(policy.scope_types)
        .place(source);
    if let Some(old) = policy.deprecated {
        let rule = default_rule(old.name, old.check, source)?;
        registered = registered.deprecated(old.name, rule, old.check, old.since);
    }
    if let Some(removal) = policy.removal {
        registered = registered.deprecated_for_removal(removal.reason, removal.since);
    }
    Ok(registered)
}

fn registered_rule(rule: &RuleDefault) -> Result<Registered, Error> {
    let RuleDefault {
        name,
        check,
        source,
    } = *rule;
    let registered = Registered::new(name, default_rule(name, check, source)?, check);
    Ok(registered.place(source))
}

fn default_rule(name: &str, text: &str, place: &str) -> Result<Rule, Error> {
    parse_rule(text).map_err(|error| Error::Rule(RuleError::new(place, name, error)))
}
