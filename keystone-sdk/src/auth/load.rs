//! Makes plugins from options: the one way for builders, files and the environment.

use std::fmt;
use std::sync::Arc;

use super::options::{OptionReader, Options, PluginOption};
use super::v3::Auth;
use super::{AuthMethod, AuthPlugin, Scope};
use crate::Error;

/// The address of Keystone.
const AUTH_URL: PluginOption = PluginOption::new(
    "auth_url",
    "OS_AUTH_URL",
    "The address of Keystone, such as https://cloud.example/identity/v3",
)
.required();
const AUTH: &[PluginOption] = &[AUTH_URL];

/// The scopes of the v3 API.
const SCOPE: &[PluginOption] = &[
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

/// For the user's and the project's domain alike.
const DEFAULT_DOMAIN: &[PluginOption] = &[
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

pub(crate) const USERNAME: PluginOption =
    PluginOption::new("username", "OS_USERNAME", "The user's name").aliases(&["user_name"]);

/// Set by builders alone.
const INCLUDE_CATALOG: PluginOption = PluginOption::new(
    "include_catalog",
    "OS_INCLUDE_CATALOG",
    "Whether the token comes with the catalog",
);

/// The user.
const USER: &[PluginOption] = &[
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

/// A method that can be made from options. Written by `#[auth_method]`.
pub trait LoadMethod: AuthMethod + Sized + 'static {
    /// The name of the plugin, such as `v3totp`.
    const PLUGIN: &'static str;
    /// What the plugin is for, in one line.
    const HELP: &'static str;
    /// The method's own options.
    const OPTIONS: &'static [PluginOption];
    /// Whether it takes the options that describe a user.
    const TAKES_USER: bool;
    /// Whether what it proves has a scope of its own, so that none can be asked for.
    const OWN_SCOPE: bool;

    /// Makes the method from options.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for the first option that is missing or malformed.
    fn load(options: &OptionReader<'_>) -> Result<Self, Error>;
}

/// A plugin that can be loaded by its name.
#[derive(Clone, Copy)]
pub struct PluginLoader {
    name: &'static str,
    help: &'static str,
    options: [&'static [PluginOption]; 5],
    load: fn(&Options) -> Result<Arc<dyn AuthPlugin>, Error>,
}

impl PluginLoader {
    /// A loader with a name, one line of help, its options and the function that makes the plugin.
    pub const fn new(
        name: &'static str,
        help: &'static str,
        options: &'static [PluginOption],
        load: fn(&Options) -> Result<Arc<dyn AuthPlugin>, Error>,
    ) -> Self {
        Self {
            name,
            help,
            options: [options, &[], &[], &[], &[]],
            load,
        }
    }

    /// The loader of a v3 method's plugin.
    pub const fn v3<M: LoadMethod>() -> Self {
        Self {
            name: M::PLUGIN,
            help: M::HELP,
            options: [AUTH, user::<M>(), M::OPTIONS, scope::<M>(), &[]],
            load: |options| Ok(Arc::new(v3::<M>(options)?)),
        }
    }

    /// The loader of a plugin that finds out by itself where the v3 API is.
    pub const fn generic<M: LoadMethod>(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            options: [AUTH, user::<M>(), M::OPTIONS, scope::<M>(), DEFAULT_DOMAIN],
            load: |options| Ok(Arc::new(generic::<M>(options)?)),
        }
    }

    /// The name by which the plugin is loaded.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the plugin is for, in one line.
    pub fn help(&self) -> &'static str {
        self.help
    }

    /// The plugin's options.
    pub fn options(&self) -> impl Iterator<Item = &'static PluginOption> + use<> {
        self.options.into_iter().flatten()
    }

    /// Makes the plugin.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for an option that the plugin does not have, that is missing, or
    /// whose value is malformed. It names the place and says what to do.
    pub fn load(&self, options: &Options) -> Result<Arc<dyn AuthPlugin>, Error> {
        self.refuse_unknown(options)?;
        let mut options = options.clone();
        self.options().for_each(|option| options.resolve(option));
        (self.load)(&options)
    }

    fn refuse_unknown(&self, options: &Options) -> Result<(), Error> {
        let known = |name: &str| self.options().any(|option| option.is_called(name));
        match options.names().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => {
                let plugin = self.name;
                let hint = super::options::hint(name, self.options().map(|option| option.name));
                let message = format!("`{plugin}` has no option `{name}`");
                Err(options.fault(name, message).remedy(hint).into())
            }
        }
    }
}

impl fmt::Debug for PluginLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PluginLoader").field(&self.name).finish()
    }
}

/// Makes the plugin of one v3 method.
#[doc(hidden)]
pub fn v3<M: LoadMethod>(options: &Options) -> Result<Auth, Error> {
    make::<M>(M::PLUGIN, options, false)
}

/// Makes the plugin of one v3 method, which finds out by itself where the v3 API is.
pub(crate) fn generic<M: LoadMethod>(options: &Options) -> Result<Auth, Error> {
    let mut options = options.clone();
    for kind in ["id", "name"] {
        for owner in ["user", "project"] {
            let has = |kind: &str| options.has(&format!("{owner}_domain_{kind}"));
            if !has("id") && !has("name") {
                let to = format!("{owner}_domain_{kind}");
                options.fill(&to, &format!("default_domain_{kind}"));
            }
        }
    }
    make::<M>(M::PLUGIN.trim_start_matches("v3"), &options, true)
}

fn make<M: LoadMethod>(plugin: &str, options: &Options, discover: bool) -> Result<Auth, Error> {
    let reader = OptionReader::new(plugin, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let method = M::load(&reader)?;
    let scope = if M::OWN_SCOPE {
        Scope::Default
    } else {
        reader.scope()?
    };
    Auth::builder(auth_url)
        .discover(discover)
        .method(method)
        .scope(scope)
        .include_catalog(reader.optional(&INCLUDE_CATALOG)?.unwrap_or(true))
        .build()
        .map_err(|error| reader.place(AUTH_URL.name, error))
}

const fn user<M: LoadMethod>() -> &'static [PluginOption] {
    if M::TAKES_USER { USER } else { &[] }
}

const fn scope<M: LoadMethod>() -> &'static [PluginOption] {
    if M::OWN_SCOPE { &[] } else { SCOPE }
}
