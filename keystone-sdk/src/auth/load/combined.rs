//! Which methods a plugin combines in one login.

use keystone_document::suggest::remedy;

use super::PluginLoader;
use crate::Error;
use crate::auth::options::groups::AUTH_URL;
use crate::auth::options::{OptionReader, PluginOption, PluginOptions};

const METHODS: PluginOption = PluginOption::new(
    "auth_methods",
    "OS_AUTH_METHODS",
    "The plugins whose methods are combined, such as `v3password,v3totp`",
)
.required()
.underscored();

pub(super) const OPTIONS: &[PluginOption] = &[METHODS];

/// What has to be there before the options of the parts are known.
pub(super) fn check(plugin: &str, options: &PluginOptions) -> Result<(), Error> {
    let reader = OptionReader::new(plugin, options);
    let _: String = reader.required(&AUTH_URL)?;
    let list: String = reader.required(&METHODS)?;
    if names(&list).next().is_none() {
        return Err(options.missing(plugin, &METHODS));
    }
    Ok(())
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// The plugins that the option names, none when it is missing.
pub(super) fn parts(
    plugin: &str,
    options: &PluginOptions,
    others: &[PluginLoader],
) -> Result<Vec<PluginLoader>, Error> {
    let list = OptionReader::new(plugin, options).optional::<String>(&METHODS)?;
    let list = list.unwrap_or_default();
    names(&list)
        .map(|name| find(plugin, name, options, others))
        .collect()
}

fn find(
    plugin: &str,
    name: &str,
    options: &PluginOptions,
    others: &[PluginLoader],
) -> Result<PluginLoader, Error> {
    let methods = || others.iter().filter(|other| other.method.is_some());
    methods()
        .find(|other| other.name == name)
        .copied()
        .ok_or_else(|| {
            let message = format!("`{plugin}` cannot combine `{name}`: no v3 method has that name");
            let names: Vec<_> = methods().map(PluginLoader::name).collect();
            let error = options.fault(METHODS.name, message);
            error.remedy(remedy(name, &names)).into()
        })
}
