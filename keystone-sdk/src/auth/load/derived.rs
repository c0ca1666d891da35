//! Which plugin another one begins with.

use keystone_document::suggest::remedy;

use super::{Make, PluginLoader};
use crate::Error;
use crate::auth::options::{OptionReader, PluginOption, PluginOptions};

const BASE: PluginOption = PluginOption::new(
    "base_auth_type",
    "OS_BASE_AUTH_TYPE",
    "The plugin that logs in first, whose options are given too",
)
.default("v3password");

/// What the usual plugin takes, so that lists of options show it. It says by itself what it needs.
const PASSWORD: PluginOption =
    PluginOption::new("password", "OS_PASSWORD", "The user's password").secret();

pub(super) const OPTIONS: &[PluginOption] = &[BASE, PASSWORD];

/// The plugin that the option names.
pub(super) fn base(
    reader: &OptionReader<'_>,
    options: &PluginOptions,
    others: &[PluginLoader],
) -> Result<PluginLoader, Error> {
    let name: String = reader.required(&BASE)?;
    let bases = || {
        let is_base = |other: &&PluginLoader| !matches!(other.make, Make::Derived(_));
        others.iter().filter(is_base)
    };
    let found = bases().find(|other| other.name == name);
    found.copied().ok_or_else(|| {
        let message = format!("`{name}` is no plugin to begin with");
        let names: Vec<_> = bases().map(PluginLoader::name).collect();
        let error = options.fault(BASE.name, message);
        error.remedy(remedy(&name, &names)).into()
    })
}

/// What is left for the plugin to begin with.
pub(super) fn without(options: &PluginOptions, own: &[PluginOption]) -> PluginOptions {
    let mut left = options.clone();
    for option in own.iter().chain([&BASE]) {
        left.remove(option.name);
    }
    left
}
