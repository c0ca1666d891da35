//! Options from environment variables: `OS_AUTH_URL` and its kin.

use std::collections::BTreeMap;
use std::fmt;

use crate::auth::options::Origin;
use crate::auth::{Options, PluginLoader};
use crate::catalog::Interface;
use crate::config::registry::Registry;
use crate::config::wire::{self, Certificates, FileName};
use crate::error::ConfigurationError;
use crate::session::SessionBuilder;
use crate::{Error, SecretString, Session};

/// The plugin when no variable names one.
const DEFAULT_PLUGIN: &str = "password";

/// Environment variables: those of the process, or given ones. An empty one counts as not set.
/// `Debug` shows no values.
#[derive(Clone)]
pub struct Variables {
    given: BTreeMap<String, SecretString>,
    of_process: bool,
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
        let pairs = variables.into_iter();
        Self {
            given: pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            of_process: false,
        }
    }

    /// The same variables, but with another value for one of them: what a program was told on its
    /// command line.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.given.insert(name.into(), value.into());
        self
    }

    /// The value of a variable, unless it is empty.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match self.given.get(name) {
            Some(value) => Some(value.expose().to_owned()),
            None if self.of_process => of_process(name),
            None => None,
        };
        value.filter(|value| !value.is_empty())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where the environment is read"
)]
fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
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

impl Session {
    /// A session as the variables of the process describe it: see
    /// [`config::env::builder`](builder).
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] that names the variable which is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        builder(&Variables::of_process(), &Registry::builtin())?.build()
    }
}

/// Settings of a session as variables describe them.
///
/// `OS_AUTH_TYPE` names the plugin (`password` unless set), and each of its options has a variable
/// of its own, such as `OS_AUTH_URL` and `OS_USERNAME`. Further: `OS_REGION_NAME`, `OS_INTERFACE`,
/// `OS_CACERT`, `OS_CERT`, `OS_KEY`, `OS_INSECURE`, and the usual proxy variables.
///
/// # Errors
///
/// [`Error::Configuration`] that names the variable which is missing or wrong.
pub fn builder(variables: &Variables, registry: &Registry) -> Result<SessionBuilder, Error> {
    let loader = loader(variables, registry)?;
    let plugin = loader.load_among(&options(variables, loader, registry)?, registry.loaders())?;
    let mut builder = Session::builder(plugin);
    if let Some(region) = variables.get("OS_REGION_NAME") {
        builder = builder.region_name(region);
    }
    if let Some(interface) = interface(variables)? {
        builder = builder.interface(interface);
    }
    let certificates = certificates(variables)?;
    builder.try_wire(|wire| certificates.apply(wire::with_proxies(wire, variables)))
}

fn loader<'a>(variables: &Variables, registry: &'a Registry) -> Result<&'a PluginLoader, Error> {
    for variable in ["OS_AUTH_TYPE", "OS_AUTH_PLUGIN"] {
        if let Some(name) = variables.get(variable) {
            return registry
                .get(&name)
                .map_err(|error| super::place(error, shown(variable)));
        }
    }
    registry.get(DEFAULT_PLUGIN)
}

/// A variable as errors name it.
fn shown(variable: &str) -> String {
    format!("the variable `{variable}`")
}

fn options(
    variables: &Variables,
    loader: &PluginLoader,
    registry: &Registry,
) -> Result<Options, Error> {
    let empty = Options::from_origin(Origin::Environment);
    registry.fill(loader, empty, |option, options| {
        let older = option
            .aliases
            .iter()
            .map(|name| format!("OS_{}", name.to_uppercase()));
        let mut names = std::iter::once(option.env.to_owned()).chain(older);
        let found = names.find_map(|name| Some((variables.get(&name)?, name)));
        if let Some((value, name)) = found {
            options.set_at(option.name, value, shown(&name));
        }
        Ok(())
    })
}

fn interface(variables: &Variables) -> Result<Option<Interface>, Error> {
    for name in ["OS_INTERFACE", "OS_ENDPOINT_TYPE"] {
        if let Some(value) = variables.get(name) {
            return read_or_fault(
                name,
                &value,
                Interface::parse,
                "`public`, `internal` or `admin`",
            );
        }
    }
    Ok(None)
}

fn certificates(variables: &Variables) -> Result<Certificates, Error> {
    let file = |name: &str| {
        let place = shown(name);
        variables.get(name).map(|path| FileName { path, place })
    };
    let truth = |value: &str| match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    };
    let insecure = match variables.get("OS_INSECURE") {
        Some(value) => read_or_fault("OS_INSECURE", &value, truth, "`true` or `false`")?,
        None => None,
    };
    Ok(Certificates {
        authorities: file("OS_CACERT"),
        certificate: file("OS_CERT"),
        key: file("OS_KEY"),
        accept_any: insecure.unwrap_or(false),
    })
}

fn read_or_fault<T>(
    name: &str,
    value: &str,
    read: impl Fn(&str) -> Option<T>,
    wanted: &str,
) -> Result<Option<T>, Error> {
    read(value.trim()).map(Some).ok_or_else(|| {
        let message = format!("`{}` is not {wanted}", value.escape_debug());
        ConfigurationError::new(message).at(shown(name)).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 8] = [
        ("OS_AUTH_URL", "http://127.0.0.1:5000/v3"),
        ("OS_USERNAME", "demo"),
        ("OS_PASSWORD", "canary"),
        ("OS_PROJECT_NAME", "demo"),
        ("OS_USER_DOMAIN_ID", "default"),
        ("OS_PROJECT_DOMAIN_ID", "default"),
        ("OS_REGION_NAME", "RegionOne"),
        ("OS_IDENTITY_API_VERSION", "3"),
    ];

    fn session(changes: &[(&str, &str)]) -> Result<Session, Error> {
        let variables = Variables::given(GOOD.iter().chain(changes).copied());
        builder(&variables, &Registry::builtin())?.build()
    }

    fn refusal(changes: &[(&str, &str)]) -> String {
        let error = session(changes).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        error.to_string()
    }

    #[test]
    fn the_usual_variables_make_a_session_that_shows_no_password() {
        assert!(!format!("{:?}", session(&[]).unwrap()).contains("canary"));
    }

    #[test]
    fn older_names_are_read() {
        session(&[("OS_PROJECT_NAME", ""), ("OS_TENANT_NAME", "demo")]).unwrap();
    }

    #[test]
    fn methods_are_combined_with_the_variables_of_each() {
        let both = [
            ("OS_AUTH_TYPE", "v3multifactor"),
            ("OS_AUTH_METHODS", "v3password,v3totp"),
        ];
        assert_eq!(
            refusal(&both),
            "`v3multifactor` needs the option `passcode`; set the variable `OS_PASSCODE`"
        );
        let [plugin, methods] = both;
        session(&[plugin, methods, ("OS_PASSCODE", "123456")]).unwrap();
    }

    #[test]
    fn a_scope_in_the_environment_is_none_for_what_has_its_own() {
        session(&[
            ("OS_AUTH_TYPE", "v3applicationcredential"),
            ("OS_APPLICATION_CREDENTIAL_ID", "i"),
            ("OS_APPLICATION_CREDENTIAL_SECRET", "s"),
        ])
        .unwrap();
    }

    #[test]
    fn a_missing_variable_is_named_and_an_empty_one_is_missing() {
        assert_eq!(
            refusal(&[("OS_PASSWORD", "")]),
            "`password` needs the option `password`; set the variable `OS_PASSWORD`"
        );
    }

    #[test]
    fn wrong_values_are_named_with_their_variable() {
        for (name, value, says) in [
            (
                "OS_AUTH_TYPE",
                "v3pasword",
                "there is no authentication plugin `v3pasword` (the variable `OS_AUTH_TYPE`); \
                 did you mean `v3password`?",
            ),
            (
                "OS_INTERFACE",
                "pubic",
                "`pubic` is not `public`, `internal` or `admin` (the variable `OS_INTERFACE`)",
            ),
            (
                "OS_INSECURE",
                "perhaps",
                "`perhaps` is not `true` or `false` (the variable `OS_INSECURE`)",
            ),
        ] {
            assert_eq!(refusal(&[(name, value)]), says);
        }
    }

    #[test]
    fn the_environment_of_the_process_is_read_when_asked() {
        let variables = Variables::of_process();
        assert!(variables.get("CARGO_MANIFEST_DIR").is_some());
        assert!(variables.get("NO_SUCH_VARIABLE_AT_ALL").is_none());
    }

    #[test]
    fn a_value_from_the_command_line_counts_more_than_the_variable() {
        let variables = Variables::given(GOOD).with("OS_USERNAME", "other");
        assert_eq!(variables.get("OS_USERNAME").as_deref(), Some("other"));
        assert_eq!(
            variables.get("OS_REGION_NAME").as_deref(),
            Some("RegionOne")
        );
    }
}
