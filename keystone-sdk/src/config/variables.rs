//! Environment variables, and command line options that override them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::SecretString;
use crate::auth::{PluginOption, PluginOptions};

/// Environment variables: those of the process, or given ones. An empty variable counts as not set.
/// `Debug` shows no values.
#[derive(Clone)]
pub struct Variables {
    given: BTreeMap<String, GivenVariable>,
    of_process: bool,
}

#[derive(Clone)]
struct GivenVariable {
    value: SecretString,
    /// Whether it comes from the command line.
    option: bool,
}

impl Variables {
    /// The variables of this process, read on access.
    pub fn of_process() -> Self {
        Self {
            given: BTreeMap::new(),
            of_process: true,
        }
    }

    /// Given variables, for tests and for programs with other sources.
    pub fn given<K: Into<String>, V: Into<SecretString>>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let empty = Self {
            given: BTreeMap::new(),
            of_process: false,
        };
        let pairs = variables.into_iter();
        pairs.fold(empty, |all, (name, value)| {
            all.put(name.into(), value.into(), false)
        })
    }

    /// Overrides a variable with the value of a command line option with the same name
    /// (`--os-auth-url`). Errors name the option, and it is an error if the plugin does not have
    /// it.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.put(name.into(), value.into(), true)
    }

    fn put(mut self, name: String, value: SecretString, option: bool) -> Self {
        self.given.insert(name, GivenVariable { value, option });
        self
    }

    /// The value of a variable, unless it is empty.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match self.given.get(name) {
            Some(given) => Some(given.value.expose().to_owned()),
            None if self.of_process => of_process(name),
            None => None,
        };
        value.filter(|value| !value.is_empty())
    }

    /// The names of the variables that are set, even if they are empty.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let of_process = self.of_process.then(names_of_process);
        let given = self.given.keys().cloned();
        given.chain(of_process.into_iter().flatten())
    }

    /// The place of a variable's value, for errors.
    pub(super) fn place(&self, name: &str) -> String {
        if self.is_option(name) {
            let name = name.to_lowercase().replace('_', "-");
            format!("the option `--{name}`")
        } else {
            format!("the variable `{name}`")
        }
    }

    /// The plugin that a variable names, and the place of the variable.
    pub(super) fn auth_type(&self) -> Option<(String, String)> {
        let mut names = ["OS_AUTH_TYPE", "OS_AUTH_PLUGIN"].into_iter();
        names.find_map(|name| Some((self.get(name)?, self.place(name))))
    }

    /// Sets an option from its variable, and returns whether there is one.
    pub(super) fn offer(&self, option: &PluginOption, options: &mut PluginOptions) -> bool {
        let older = option.aliases.iter();
        let older = older.map(|name| format!("OS_{}", name.to_uppercase()));
        let mut names = std::iter::once(option.env.to_owned()).chain(older);
        let Some((value, name)) = names.find_map(|name| Some((self.get(&name)?, name))) else {
            return false;
        };
        let place = self.place(&name);
        // A plugin may ignore a variable, which other programs may use too; a command line option
        // is meant for this plugin.
        if self.is_option(&name) {
            options.set_at(option.name, value, place);
        } else {
            options.offer(option.name, value, place);
        }
        true
    }

    /// The user's home directory.
    pub(super) fn home(&self) -> Option<PathBuf> {
        let home = self.get("HOME").or_else(|| self.get("USERPROFILE"));
        home.map(PathBuf::from)
    }

    fn is_option(&self, name: &str) -> bool {
        self.given.get(name).is_some_and(|given| given.option)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where the environment is read"
)]
fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn names_of_process() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.of_process {
            "Variables(of the process)"
        } else {
            "Variables(given)"
        })
    }
}
