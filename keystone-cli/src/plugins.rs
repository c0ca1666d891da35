//! `keystone plugins`: auth plugins and their options.

use clap::{Args, Subcommand};
use keystone_sdk::auth::{PluginLoader, PluginOption};
use keystone_sdk::config::Registry;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::output::{Listing, Output};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Plugins {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print all plugins with all of their options as JSON:
    /// `{NAME: {"options": [{"name", "dest", "env", "required", "secret", "default", "help"}]}}`.
    #[arg(long)]
    json: bool,
    /// Print the JSON Schema of the options of each plugin: `{NAME: SCHEMA}`.
    #[arg(long, conflicts_with = "json")]
    schema: bool,
}

#[derive(Subcommand)]
enum Action {
    /// List the plugins with the names of their options.
    List,
    /// Describe the options of a plugin.
    Show {
        /// The plugin, as in `auth_type` and `OS_AUTH_TYPE`.
        name: String,
    },
}

pub(crate) fn run(plugins: &Plugins, output: &Output) -> Result<(), Failure> {
    let registry = Registry::builtin();
    let loaders = registry.loaders();
    if plugins.json {
        return output.print_json(&all(loaders, describe));
    }
    if plugins.schema {
        return output.print_json(&all(loaders, |loader| loader.schema().into()));
    }
    output.print(match &plugins.action {
        None | Some(Action::List) => list(loaders),
        Some(Action::Show { name }) => show(registry.get(name)?),
    })
}

fn all(loaders: &[PluginLoader], tell: fn(&PluginLoader) -> Value) -> Value {
    let mut loaders: Vec<_> = loaders.iter().collect();
    loaders.sort_by_key(|loader| loader.name());
    let pair = |loader: &PluginLoader| (loader.name().to_owned(), tell(loader));
    loaders.into_iter().map(pair).collect::<Map<_, _>>().into()
}

fn list(loaders: &[PluginLoader]) -> Listing {
    let row = |loader: &PluginLoader| {
        let options: Vec<_> = loader.options().map(|option| option.name).collect();
        vec![json!(loader.name()), json!(loader.help()), json!(options)]
    };
    let rows = loaders.iter().map(row);
    let listing = Listing::list(&["name", "description", "options"], rows.collect());
    listing.with_json(all(loaders, describe))
}

/// A plugin for programs, with the names that other OpenStack clients have for its options.
fn describe(loader: &PluginLoader) -> Value {
    let option = |option: &PluginOption| {
        json!({
            "name": option.listed_name(),
            "dest": option.name,
            "env": option.env,
            "required": option.required,
            "secret": option.secret,
            "default": option.default,
            "help": option.help,
        })
    };
    let options: Vec<_> = loader.options().map(option).collect();
    json!({ "options": options })
}

fn show(loader: &PluginLoader) -> Listing {
    let columns = [
        "option",
        "variable",
        "required",
        "secret",
        "default",
        "description",
    ];
    Listing::list(&columns, loader.options().map(row).collect())
}

fn row(option: &PluginOption) -> Vec<Value> {
    vec![
        json!(option.name),
        json!(option.env),
        json!(option.required),
        json!(option.secret),
        json!(option.default),
        json!(option.help),
    ]
}
