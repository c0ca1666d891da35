//! Options that many plugins share.

use crate::auth::{PluginOption, ValueKind};

/// The address of Keystone.
pub(in crate::auth) const AUTH_URL: PluginOption = PluginOption::new(
    "auth_url",
    "OS_AUTH_URL",
    "The address of Keystone, such as https://cloud.example/identity/v3",
)
.required();
/// The options of every plugin that talks to Keystone.
pub(in crate::auth) const AUTH: &[PluginOption] = &[AUTH_URL];

/// The scopes of the v3 API.
pub(in crate::auth) const SCOPE: &[PluginOption] = &[
    PluginOption::new(
        "system_scope",
        "OS_SYSTEM_SCOPE",
        "`all` for the system scope",
    ),
    PluginOption::new(
        "domain_id",
        "OS_DOMAIN_ID",
        "The id of the domain to be scoped to",
    ),
    PluginOption::new(
        "domain_name",
        "OS_DOMAIN_NAME",
        "The name of the domain to be scoped to",
    ),
    PluginOption::new(
        "project_id",
        "OS_PROJECT_ID",
        "The id of the project to be scoped to",
    )
    .aliases(&["tenant_id"]),
    PluginOption::new(
        "project_name",
        "OS_PROJECT_NAME",
        "The name of the project to be scoped to",
    )
    .aliases(&["tenant_name"]),
    PluginOption::new(
        "project_domain_id",
        "OS_PROJECT_DOMAIN_ID",
        "The id of the domain that holds the project",
    ),
    PluginOption::new(
        "project_domain_name",
        "OS_PROJECT_DOMAIN_NAME",
        "The name of the domain that holds the project",
    ),
    PluginOption::new(
        "trust_id",
        "OS_TRUST_ID",
        "The id of the trust to be scoped to",
    ),
];

/// The default of the user's and the project's domain.
pub(in crate::auth) const DEFAULT_DOMAIN: &[PluginOption] = &[
    PluginOption::new(
        "default_domain_id",
        "OS_DEFAULT_DOMAIN_ID",
        "The id of the domain of user and project, unless they have their own",
    ),
    PluginOption::new(
        "default_domain_name",
        "OS_DEFAULT_DOMAIN_NAME",
        "The name of the domain of user and project, unless they have their own",
    ),
];

/// The user by name.
pub(in crate::auth) const USERNAME: PluginOption =
    PluginOption::new("username", "OS_USERNAME", "The user's name").aliases(&["user_name"]);

/// Set by builders alone.
pub(in crate::auth) const INCLUDE_CATALOG: PluginOption = PluginOption::new(
    "include_catalog",
    "OS_INCLUDE_CATALOG",
    "Whether the token comes with the catalog",
)
.kind(ValueKind::Flag);

/// The user.
pub(in crate::auth) const USER: &[PluginOption] = &[
    PluginOption::new("user_id", "OS_USER_ID", "The user's id"),
    USERNAME,
    PluginOption::new(
        "user_domain_id",
        "OS_USER_DOMAIN_ID",
        "The id of the user's domain",
    ),
    PluginOption::new(
        "user_domain_name",
        "OS_USER_DOMAIN_NAME",
        "The name of the user's domain",
    ),
];

/// The options of the user, if the method has one.
pub(in crate::auth) const fn user(takes_user: bool) -> &'static [PluginOption] {
    if takes_user { USER } else { &[] }
}
