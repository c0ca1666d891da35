//! Environment variables, and what was said on a command line in their place.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::SecretString;
use crate::auth::{PluginOption, PluginOptions};

/// Environment variables: those of the process, or given ones. An empty one counts as not set.
/// `Debug` shows no values.
#[derive(Clone)]
pub struct Variables {
    given: BTreeMap<String, GivenVariable>,
    of_process: bool,
}

#[derive(Clone)]
struct GivenVariable {
    value: SecretString,
    /// Whether it stands on the command line.
    option: bool,
}

impl Variables {
    /// The variables of this process, read when they are asked for.
    pub fn of_process() -> Self {
        Self {
            given: BTreeMap::new(),
            of_process: true,
        }
    }

    /// Given variables, for tests and for programs that read them from elsewhere.
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

    /// The same variables, but with another value for one of them: what a program was told on its
    /// command line, by the option that is called after the variable (`--os-auth-url`). Errors
    /// name the option, and an option that the plugin does not have is an error.
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

    /// The names of those that are set, also to nothing.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let of_process = self.of_process.then(names_of_process);
        let given = self.given.keys().cloned();
        given.chain(of_process.into_iter().flatten())
    }

    /// Where the value of a variable comes from, as errors say it.
    pub(super) fn place(&self, name: &str) -> String {
        if self.is_option(name) {
            let name = name.to_lowercase().replace('_', "-");
            format!("the option `--{name}`")
        } else {
            format!("the variable `{name}`")
        }
    }

    /// The plugin that a variable names, and which variable that is.
    pub(super) fn auth_type(&self) -> Option<(String, String)> {
        let mut names = ["OS_AUTH_TYPE", "OS_AUTH_PLUGIN"].into_iter();
        names.find_map(|name| Some((self.get(name)?, self.place(name))))
    }

    /// Takes the value of an option from its variable, and tells whether there was one.
    pub(super) fn offer(&self, option: &PluginOption, options: &mut PluginOptions) -> bool {
        let older = option.aliases.iter();
        let older = older.map(|name| format!("OS_{}", name.to_uppercase()));
        let mut names = std::iter::once(option.env.to_owned()).chain(older);
        let Some((value, name)) = names.find_map(|name| Some((self.get(&name)?, name))) else {
            return false;
        };
        let place = self.place(&name);
        // The environment is everybody's, so a plugin may leave a variable unused; what was said on a
        // command line is meant for this plugin.
        if self.is_option(&name) {
            options.set_at(option.name, value, place);
        } else {
            options.offer(option.name, value, place);
        }
        true
    }

    /// The user's directory.
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
