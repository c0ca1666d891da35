//! Plugins that discover the version of the Identity API.
//!
//! They are the plugins of `auth_type = password` and `token`. A URL that ends in a version is used
//! as it is; for any other, discovery runs once. v3 is used if the server supports it and the
//! settings suffice: a user by name needs a domain there. Otherwise v2.0 is used, unless a setting
//! needs v3.

use std::sync::Arc;

use super::options::groups::{AUTH, AUTH_URL, DEFAULT_DOMAIN, SCOPE, user};
use super::plugin_macros::{default_domain_setters, option_setters};
use super::v3::{PasswordMethod, TokenMethod};
use super::{AuthPlugin, LoadMethod, OptionReader, PluginLoader, PluginOptions, address, v2, v3};
use crate::{Error, SecretString};

mod auth;

pub use auth::Auth;

crate::__plugin! {
    /// Logs in with a password, at the v3 or v2.0 API that discovery finds.
    ///
    /// ```
    /// use keystone_sdk::auth::generic;
    ///
    /// let auth = generic::Password::builder("http://127.0.0.1:5000")
    ///     .username("demo")
    ///     .password("secret")
    ///     .default_domain_id("default")
    ///     .project_name("demo")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    pub Password, PasswordBuilder,
    PluginLoader::generic::<PasswordMethod>(
        "password",
        "Logs in with a password, at the v3 or v2.0 API that discovery finds",
        |options| Ok(Arc::new(password(options)?)),
    ),
    password,
    Auth
}

impl Password {
    /// The logins of the plugin.
    pub fn auth(&self) -> &Auth {
        &self.0
    }
}

impl PasswordBuilder {
    option_setters! {
        /// The user's password.
        password: SecretString;
    }
    crate::__auth_user_setters!();
    crate::__auth_scope_setters!();
    default_domain_setters!();
}

fn password(options: &PluginOptions) -> Result<Auth, Error> {
    login::<PasswordMethod>("password", options, v2::by_password)
}

crate::__plugin! {
    /// Exchanges a token for one in another scope, at the v3 or v2.0 API that discovery finds.
    pub Token, TokenBuilder,
    PluginLoader::generic::<TokenMethod>(
        "token",
        "Exchanges a token for one in another scope, at the v3 or v2.0 API that discovery finds",
        |options| Ok(Arc::new(token(options)?)),
    ),
    token,
    Auth
}

impl Token {
    /// The logins of the plugin.
    pub fn auth(&self) -> &Auth {
        &self.0
    }
}

impl TokenBuilder {
    option_setters! {
        /// The token to start from.
        token: SecretString;
    }
    crate::__auth_scope_setters!();
    default_domain_setters!();
}

fn token(options: &PluginOptions) -> Result<Auth, Error> {
    login::<TokenMethod>("token", options, v2::by_token)
}

impl PluginLoader {
    /// The loader of a plugin that discovers the version.
    const fn generic<M: LoadMethod>(
        name: &'static str,
        help: &'static str,
        load: fn(&PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error>,
    ) -> Self {
        let options = [AUTH, user(M::TAKES_USER), M::OPTIONS, SCOPE, DEFAULT_DOMAIN];
        Self::of_groups(name, help, options, load)
    }
}

/// Makes the plugin of a method that exists in v2.0 and v3.
fn login<M: LoadMethod>(
    plugin: &str,
    options: &PluginOptions,
    v2: fn(&OptionReader<'_>) -> Result<v2::Auth, Error>,
) -> Result<Auth, Error> {
    let reader = OptionReader::new(plugin, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let in_v2 = reader.refuse_v3_options().and_then(|()| v2(&reader));
    let in_v3 = v3::load::make::<M>(plugin, &with_default_domain(options), true);
    let auth_url =
        address::of_keystone(&auth_url).map_err(|error| reader.place(AUTH_URL.name, error))?;
    Auth::new(auth_url, in_v3, in_v2)
}

/// Uses the default domain for user and project if they have none.
fn with_default_domain(options: &PluginOptions) -> PluginOptions {
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
    options
}
