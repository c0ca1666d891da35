//! The options of a cloud's plugin.

use std::collections::BTreeSet;

use keystone_document::{Content, Node};

use super::expand::expand;
use super::values::Values;
use crate::auth::options::Origin;
use crate::auth::{PluginLoader, PluginOption, PluginOptions};
use crate::config::yaml::Value as _;
use crate::config::{permissions, registry::Registry};
use crate::{Error, SecretString};

/// Options whose value outside of `auth` takes precedence over one inside. For all other options, the
/// one inside does.
const FIRST_OUTSIDE: &[&str] = &[
    "domain_id",
    "domain_name",
    "passcode",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "project_name",
    "tenant_id",
    "tenant_name",
    "token",
    "user_domain_id",
    "user_domain_name",
];

/// Reads the options of `loader` from the cloud.
pub(super) fn read(
    cloud: &Values,
    loader: &PluginLoader,
    registry: &Registry,
) -> Result<PluginOptions, Error> {
    let origin = Origin::Cloud {
        path: cloud.declared.file().to_owned(),
        cloud: cloud.name.clone(),
    };
    let mut used = BTreeSet::new();
    let mut secret_files = BTreeSet::new();
    let mut options = registry.fill(
        loader,
        PluginOptions::from_origin(origin),
        |option, options| {
            used.extend(names(option));
            if let Some(variables) = &cloud.variables
                && variables.offer(option, options)
            {
                return Ok(());
            }
            let Some(found) = find(cloud, option) else {
                return Ok(());
            };
            if option.secret {
                secret_files.insert(found.0.file().to_owned());
            }
            put(cloud, option.name, found, options)
        },
    )?;
    for entry in &cloud.auth {
        if !used.contains(entry.name()) && !entry.value.is_null() {
            let place = entry.key.place();
            options.set_at(entry.name(), SecretString::default(), place);
        }
    }
    secret_files
        .iter()
        .for_each(|file| permissions::warn_if_open(file));
    Ok(options)
}

/// All names of the option, the one with the lowest precedence first.
fn names(option: &PluginOption) -> impl Iterator<Item = &'static str> + use<> {
    let older = match option.name {
        "token" => Some("auth_token"),
        "tenant_id" => Some("project_id"),
        "tenant_name" => Some("project_name"),
        _ => None,
    };
    let aliases = option.aliases.iter().rev().copied();
    older.into_iter().chain(aliases).chain([option.name])
}

/// The value of an option, and whether it stands outside of `auth`.
fn find<'a>(cloud: &'a Values, option: &PluginOption) -> Option<(&'a Node, bool)> {
    let inside = |name: &str| Some((given(cloud.auth.get(name))?, false));
    let outside = |name: &str| Some((given(cloud.top.get(name))?, true));
    if FIRST_OUTSIDE.contains(&option.name) {
        let found = names(option).filter_map(|name| outside(name).or_else(|| inside(name)));
        found.last()
    } else {
        let inside = names(option).filter_map(inside).last();
        inside.or_else(|| names(option).filter_map(outside).last())
    }
}

/// Null and an empty string are no values.
fn given(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| node.text().is_none() || node.filled().is_some())
}

fn put(
    cloud: &Values,
    name: &'static str,
    (node, outside): (&Node, bool),
    options: &mut PluginOptions,
) -> Result<(), Error> {
    let text = match &node.value {
        Content::Scalar(text) if name == "auth_url" => expand(text, node, &cloud.top)?.into(),
        Content::Scalar(text) => text.as_str().into(),
        Content::Sequence(items) => list(name, items)?,
        Content::Mapping(_) => {
            let error = node.fault(format!("`{name}` is a mapping"));
            return Err(error.remedy("write a single value").into());
        }
    };
    let place = node.place();
    if outside {
        options.offer(name, text, place);
    } else {
        options.set_at(name, text, place);
    }
    Ok(())
}

fn list(name: &str, items: &[Node]) -> Result<SecretString, Error> {
    let text = |node: &Node| {
        let text = node.filled().map(str::to_owned);
        text.ok_or_else(|| node.fault(format!("an item of `{name}` is not a string")))
    };
    let items = items.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    Ok(items.join(",").into())
}
