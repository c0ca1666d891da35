//! Makes the plugin from options.

use std::sync::Arc;

use super::Keystone2Keystone;
use crate::Error;
use crate::auth::{PluginLoader, PluginOption};
use crate::error::ConfigurationError;

pub(super) const NAME: &str = "v3k2k";

/// What the names of the options that describe the scope at the service provider begin with.
const REMOTE: &str = "remote_";

const SERVICE_PROVIDER: PluginOption = PluginOption::new(
    "service_provider",
    "OS_SERVICE_PROVIDER",
    "The service provider, by its id in the Keystone at home",
)
.required();

const OPTIONS: &[PluginOption] = &[
    SERVICE_PROVIDER,
    PluginOption::new(
        "remote_system_scope",
        "OS_REMOTE_SYSTEM_SCOPE",
        "`all` for the system scope at the service provider",
    ),
    PluginOption::new(
        "remote_domain_id",
        "OS_REMOTE_DOMAIN_ID",
        "The id of the domain at the service provider to be scoped to",
    ),
    PluginOption::new(
        "remote_domain_name",
        "OS_REMOTE_DOMAIN_NAME",
        "The name of the domain at the service provider to be scoped to",
    ),
    PluginOption::new(
        "remote_project_id",
        "OS_REMOTE_PROJECT_ID",
        "The id of the project at the service provider to be scoped to",
    ),
    PluginOption::new(
        "remote_project_name",
        "OS_REMOTE_PROJECT_NAME",
        "The name of the project at the service provider to be scoped to",
    ),
    PluginOption::new(
        "remote_project_domain_id",
        "OS_REMOTE_PROJECT_DOMAIN_ID",
        "The id of the domain that holds the project at the service provider",
    ),
    PluginOption::new(
        "remote_project_domain_name",
        "OS_REMOTE_PROJECT_DOMAIN_NAME",
        "The name of the domain that holds the project at the service provider",
    ),
    PluginOption::new(
        "remote_trust_id",
        "OS_REMOTE_TRUST_ID",
        "The id of the trust at the service provider to be scoped to",
    ),
];

pub(super) const LOADER: PluginLoader = PluginLoader::derived(
    NAME,
    "Logs in at the Keystone of a service provider by a login at the Keystone at home",
    OPTIONS,
    |options, base| {
        let scope = options.prefixed(REMOTE).scope()?;
        let service_provider: String = options.required(&SERVICE_PROVIDER)?;
        refuse_blank(&service_provider)?;
        Ok(Arc::new(Keystone2Keystone::new(
            base,
            service_provider,
            scope,
        )))
    },
);

/// Refuses an id that is none.
pub(super) fn refuse_blank(service_provider: &str) -> Result<(), Error> {
    if !service_provider.trim().is_empty() {
        return Ok(());
    }
    let error = ConfigurationError::new("`service_provider` is blank");
    let remedy = "write the id of the service provider in the Keystone at home";
    Err(error.remedy(remedy).into())
}
