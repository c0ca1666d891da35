//! The authentication options: those of all plugins, under the names of openstackclient.
//!
//! They are generated from the registry, so a plugin that is added there has its options here. Each sets
//! the variable of the same name, and takes precedence over it.

use clap::{Arg, ArgMatches, Command};
use keystone_sdk::SecretString;
use keystone_sdk::auth::{PluginLoader, PluginOption, PluginOptions};
use keystone_sdk::config::Registry;
use keystone_sdk::config::env::Variables;

use crate::failure::Failure;

const HEADING: &str = "Identity";
const INSECURE: &str = "OS_INSECURE";

/// Options that belong to no plugin: option, variable, older option, help.
const FURTHER: [(&str, &str, &str, &str); 7] = [
    (
        "os-auth-type",
        "OS_AUTH_TYPE",
        "os-auth-plugin",
        "The plugin that logs in, such as `v3totp`; `password` unless set",
    ),
    ("os-cloud", "OS_CLOUD", "", "The cloud in `clouds.yaml`"),
    (
        "os-region-name",
        "OS_REGION_NAME",
        "",
        "The region of the cloud and of endpoints",
    ),
    (
        "os-interface",
        "OS_INTERFACE",
        "os-endpoint-type",
        "`public`, `internal` or `admin`: the interface of endpoints",
    ),
    (
        "os-cacert",
        "OS_CACERT",
        "",
        "The file with trusted CA certificates",
    ),
    (
        "os-cert",
        "OS_CERT",
        "",
        "The file with the client certificate",
    ),
    (
        "os-key",
        "OS_KEY",
        "",
        "The file with the private key of the client certificate",
    ),
];

/// Options of the plugins, each once.
fn of_plugins() -> Vec<&'static PluginOption> {
    let registry = Registry::builtin();
    let mut options: Vec<&PluginOption> = Vec::new();
    for option in registry
        .loaders()
        .iter()
        .flat_map(|loader| loader.options())
    {
        if !options.iter().any(|known| known.env == option.env) {
            options.push(option);
        }
    }
    options.sort_by_key(|option| option.env);
    options
}

/// Adds the options to the whole program.
pub(crate) fn add(command: Command) -> Command {
    let insecure = Arg::new("insecure")
        .long("insecure")
        .help("Accept any server certificate; for local tests only")
        .action(clap::ArgAction::SetTrue);
    let options = of_plugins();
    let further = FURTHER.iter().map(|(name, variable, older, help)| {
        let argument = argument(name, variable, help);
        if older.is_empty() {
            argument
        } else {
            argument.alias(*older)
        }
    });
    let all = further.chain(options.iter().map(|option| of_option(option, &options)));
    let all = all.chain([insecure]).map(|argument| {
        // Everywhere, before or after the command; listed by `--help`, not by `-h`.
        argument
            .global(true)
            .hide_short_help(true)
            .help_heading(HEADING)
    });
    command.args(all.collect::<Vec<_>>())
}

fn of_option(option: &PluginOption, all: &[&PluginOption]) -> Arg {
    let name = long(option.env);
    let warning = if option.secret {
        "; visible to all users of this machine, prefer the variable"
    } else {
        ""
    };
    let mut argument = argument(&name, option.env, &format!("{}{warning}", option.help));
    let is_taken = |alias: &String| all.iter().any(|other| long(other.env) == *alias);
    let older = option
        .names()
        .map(|name| format!("os-{}", name.replace('_', "-")));
    for alias in older.chain([format!("os-{}", option.listed_name())]) {
        if !is_taken(&alias) {
            argument = argument.alias(alias);
        }
    }
    argument
}

fn argument(name: &str, variable: &str, help: &str) -> Arg {
    Arg::new(name.to_owned())
        .long(name.to_owned())
        .value_name(value_name(variable))
        .help(format!("{help} [variable: {variable}]"))
        .num_args(1)
        // A value may begin with a hyphen, as passwords do.
        .allow_hyphen_values(true)
}

fn long(variable: &str) -> String {
    variable.to_lowercase().replace('_', "-")
}

fn value_name(variable: &str) -> String {
    let name = variable.trim_start_matches("OS_");
    name.rsplit('_').next().unwrap_or(name).to_owned()
}

/// The effective variables: those of the process, overridden by the command line.
pub(crate) fn variables(matches: &ArgMatches) -> Given {
    let further = FURTHER
        .iter()
        .map(|(name, variable, ..)| ((*name).to_owned(), *variable));
    let options = of_plugins().into_iter();
    let options = options.map(|option| (long(option.env), option.env));
    let mut given = Given::default();
    for (name, variable) in further.chain(options) {
        if let Some(value) = matches.get_one::<String>(&name) {
            given.variables = given.variables.with(variable, SecretString::new(value));
            given.options.push(variable);
        }
    }
    if matches.get_flag("insecure") {
        given.variables = given.variables.with(INSECURE, "true");
        given.options.push(INSECURE);
    }
    given
}

/// The options and variables of this run.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) variables: Variables,
    /// The variables whose options are on the command line.
    options: Vec<&'static str>,
}

impl Given {
    /// Whether there are authentication options on the command line.
    pub(crate) fn any(&self) -> bool {
        !self.options.is_empty()
    }

    /// Refuses options that this plugin does not have.
    pub(crate) fn refuse_strays(
        &self,
        loader: &PluginLoader,
        options: &PluginOptions,
        registry: &Registry,
    ) -> Result<(), Failure> {
        let further = loader.further_options(options, registry.loaders())?;
        let known: Vec<_> = loader.options().chain(further).collect();
        let is_known = |variable: &&&str| {
            let of_further = FURTHER.iter().any(|(_, other, ..)| other == *variable);
            of_further
                || known
                    .iter()
                    .any(|option| variables_of(option).any(|one| one == **variable))
        };
        match self.options.iter().find(|variable| !is_known(variable)) {
            None => Ok(()),
            Some(variable) => {
                let (option, plugin) = (long(variable), loader.name());
                Err(Failure::settings(format!(
                    "the plugin `{plugin}` has no option `--{option}`; remove it, or name another \
                     plugin by `--os-auth-type`"
                )))
            }
        }
    }
}

/// The variables that the option is read from.
fn variables_of(option: &PluginOption) -> impl Iterator<Item = String> {
    let older = option.aliases.iter();
    let older = older.map(|name| format!("OS_{}", name.to_uppercase()));
    std::iter::once(option.env.to_owned()).chain(older)
}

impl Default for Given {
    fn default() -> Self {
        Self {
            variables: Variables::of_process(),
            options: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> Given {
        let command = add(Command::new("keystone").no_binary_name(true));
        variables(&command.get_matches_from(arguments))
    }

    #[test]
    fn options_mean_their_variables() {
        let given = given(&["--os-username", "demo", "--os-auth-type=v3totp"]);
        let value = |name| given.variables.get(name);
        assert_eq!(value("OS_USERNAME").as_deref(), Some("demo"));
        assert_eq!(value("OS_AUTH_TYPE").as_deref(), Some("v3totp"));
        assert!(given.any());
    }

    #[test]
    fn other_spellings_of_openstackclient_are_read() {
        let given = given(&[
            "--os-url",
            "http://h",
            "--os-application_credential_id=i",
            "--os-user-name=u",
            "--os-endpoint-type",
            "admin",
            "--insecure",
        ]);
        let value = |name| given.variables.get(name).unwrap_or_default();
        assert_eq!(value("OS_ENDPOINT"), "http://h");
        assert_eq!(value("OS_APPLICATION_CREDENTIAL_ID"), "i");
        assert_eq!(value("OS_USERNAME"), "u");
        assert_eq!(
            (value("OS_INTERFACE"), value("OS_INSECURE")),
            ("admin".into(), "true".into())
        );
    }

    #[test]
    fn every_option_of_every_plugin_is_there() {
        let command = add(Command::new("keystone"));
        for loader in Registry::builtin().loaders() {
            for option in loader.options() {
                let name = format!("os-{}", option.listed_name());
                let found = command.get_arguments().any(|argument| {
                    let aliases = argument.get_all_aliases().unwrap_or_default();
                    argument.get_long() == Some(&name) || aliases.contains(&name.as_str())
                });
                assert!(found, "{name}");
            }
        }
    }
}
