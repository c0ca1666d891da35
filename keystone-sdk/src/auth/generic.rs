//! Plugins that find out by themselves where Keystone's v3 API is.
//!
//! They are what files mean by `auth_type = password`. An address that ends in `/v3` is taken as
//! it is; any other is asked for its versions, once. A server that has no v3 is an error that says
//! what it has.

use super::load::{self, PluginLoader};
use super::v3::{PasswordMethod, TokenMethod};
use crate::SecretString;

crate::__auth_plugin! {
    /// Logs in by a user's password, wherever the v3 API is.
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
        "Logs in by a user's password, wherever the v3 API is",
    ),
    load::generic::<PasswordMethod>
}

impl PasswordBuilder {
    /// The user's password.
    pub fn password(mut self, password: impl Into<SecretString>) -> Self {
        self.options.set("password", password);
        self
    }

    crate::__auth_user_setters!();
    crate::__auth_scope_setters!();
    super::plugin::default_domain_setters!();
}

crate::__auth_plugin! {
    /// Exchanges a token for one in another scope, wherever the v3 API is.
    pub Token, TokenBuilder,
    PluginLoader::generic::<TokenMethod>(
        "token",
        "Exchanges a token for one in another scope, wherever the v3 API is",
    ),
    load::generic::<TokenMethod>
}

impl TokenBuilder {
    /// The token to start from.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.options.set("token", token);
        self
    }

    crate::__auth_scope_setters!();
    super::plugin::default_domain_setters!();
}
