//! Plugins that find out by themselves which APIs of Keystone there are, and where.
//!
//! They are what files mean by `auth_type = password`. An address that ends in a version is taken
//! as it is; any other is asked for its versions, once. v3 is taken where it is offered and the
//! settings suffice for it: a user by name needs a domain there. Otherwise it is v2.0, unless a
//! setting needs v3.

use super::load::{self, PluginLoader};
use super::v3::{PasswordMethod, TokenMethod};
use super::{Options, v2};
use crate::{Error, SecretString};

mod auth;

pub use auth::Auth;

crate::__plugin! {
    /// Logs in by a user's password, wherever the API is and whichever it is.
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
        "Logs in by a user's password, wherever the API is and whichever it is",
        |options| Ok(std::sync::Arc::new(password(options)?)),
    ),
    password,
    Auth
}

impl Password {
    /// The logins behind the plugin.
    pub fn auth(&self) -> &Auth {
        &self.0
    }
}

impl PasswordBuilder {
    super::plugin::setter! {
        /// The user's password.
        password: SecretString
    }
    crate::__auth_user_setters!();
    crate::__auth_scope_setters!();
    super::plugin::default_domain_setters!();
}

fn password(options: &Options) -> Result<Auth, Error> {
    load::generic::<PasswordMethod>("password", options, v2::by_password)
}

crate::__plugin! {
    /// Exchanges a token for one in another scope, wherever the API is and whichever it is.
    pub Token, TokenBuilder,
    PluginLoader::generic::<TokenMethod>(
        "token",
        "Exchanges a token for one in another scope, wherever the API is and whichever it is",
        |options| Ok(std::sync::Arc::new(token(options)?)),
    ),
    token,
    Auth
}

impl Token {
    /// The logins behind the plugin.
    pub fn auth(&self) -> &Auth {
        &self.0
    }
}

impl TokenBuilder {
    super::plugin::setter! {
        /// The token to start from.
        token: SecretString
    }
    crate::__auth_scope_setters!();
    super::plugin::default_domain_setters!();
}

fn token(options: &Options) -> Result<Auth, Error> {
    load::generic::<TokenMethod>("token", options, v2::by_token)
}
