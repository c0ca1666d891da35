//! `keystone plugins`: the ways to prove an identity, and what each has to be told.

use clap::Subcommand;
use keystone_sdk::auth::{PluginLoader, PluginOption};
use keystone_sdk::config::Registry;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::output::{Answer, Output};

#[derive(Subcommand)]
pub(crate) enum Action {
    /// List the plugins with the names of their options.
    List,
    /// Tell what each option of a plugin means.
    Show {
        /// The plugin, as in `auth_type` and `OS_AUTH_TYPE`.
        name: String,
    },
}

pub(crate) fn run(action: Action, output: &Output) -> Result<(), Failure> {
    let registry = Registry::builtin();
    output.print(match action {
        Action::List => list(registry.loaders()),
        Action::Show { name } => show(registry.get(&name)?),
    })
}

fn list(loaders: &[PluginLoader]) -> Answer {
    let row = |loader: &PluginLoader| {
        let options: Vec<_> = loader.options().map(|option| option.name).collect();
        vec![json!(loader.name()), json!(loader.help()), json!(options)]
    };
    let rows = loaders.iter().map(row);
    let answer = Answer::list(&["name", "description", "options"], rows.collect());
    answer.with_json(loaders.iter().map(describe).collect::<Map<_, _>>().into())
}

/// A plugin for programs, with the names that other OpenStack clients have for its options.
fn describe(loader: &PluginLoader) -> (String, Value) {
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
    (loader.name().to_owned(), json!({ "options": options }))
}

fn show(loader: &PluginLoader) -> Answer {
    let columns = [
        "option",
        "variable",
        "required",
        "secret",
        "default",
        "description",
    ];
    Answer::list(&columns, loader.options().map(row).collect())
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
