//! The options of a plugin in a cloud.

use std::collections::BTreeSet;

use keystone_document::{Content, Node};

use super::expand::expand;
use super::values::Values;
use crate::auth::options::Origin;
use crate::auth::{PluginLoader, PluginOption, PluginOptions};
use crate::config::yaml::Value as _;
use crate::config::{permissions, registry::Registry};
use crate::{Error, SecretString};

/// Options of which a value beside `auth` counts more than one below it; of other options it is
/// the other way round.
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

/// A value, and whether it stands beside `auth`.
struct FoundValue<'a> {
    node: &'a Node,
    outside: bool,
}

/// The options of `loader`, as the cloud gives them.
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
                secret_files.insert(found.node.file().to_owned());
            }
            put(cloud, option.name, &found, options)
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

/// All names that mean the option, the weakest first.
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

fn find<'a>(cloud: &'a Values, option: &PluginOption) -> Option<FoundValue<'a>> {
    let inside = |name: &str| {
        given(cloud.auth.get(name)).map(|node| FoundValue {
            node,
            outside: false,
        })
    };
    let outside = |name: &str| {
        given(cloud.top.get(name)).map(|node| FoundValue {
            node,
            outside: true,
        })
    };
    if FIRST_OUTSIDE.contains(&option.name) {
        let found = names(option).filter_map(|name| outside(name).or_else(|| inside(name)));
        found.last()
    } else {
        let inside = names(option).filter_map(inside).last();
        inside.or_else(|| names(option).filter_map(outside).last())
    }
}

/// Neither nothing nor an empty text is a value.
fn given(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| node.text().is_none() || node.filled().is_some())
}

fn put(
    cloud: &Values,
    name: &'static str,
    found: &FoundValue<'_>,
    options: &mut PluginOptions,
) -> Result<(), Error> {
    let node = found.node;
    let text = match &node.value {
        Content::Scalar(text) if name == "auth_url" => expand(text, node, &cloud.top)?.into(),
        Content::Scalar(text) => text.as_str().into(),
        Content::Sequence(items) => list(name, items)?,
        Content::Mapping(_) => {
            let error = node.fault(format!("`{name}` is a mapping"));
            return Err(error.remedy("write a text").into());
        }
    };
    let place = node.place();
    if found.outside {
        options.offer(name, text, place);
    } else {
        options.set_at(name, text, place);
    }
    Ok(())
}

fn list(name: &str, items: &[Node]) -> Result<SecretString, Error> {
    let text = |node: &Node| {
        let text = node.filled().map(str::to_owned);
        text.ok_or_else(|| node.fault(format!("an item of `{name}` is no text")))
    };
    let items = items.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    Ok(items.join(",").into())
}
