//! Loads v3 logins from options.

use std::sync::Arc;

use super::{Auth, AuthBuilder, LOADERS};
use crate::Error;
use crate::auth::options::groups::{AUTH, AUTH_URL, INCLUDE_CATALOG, SCOPE, user};
use crate::auth::options::{OptionReader, PluginOption, PluginOptions};
use crate::auth::{AuthPlugin, LoadMethod, PluginLoader};

impl PluginLoader {
    /// The loader of the plugin of a v3 method.
    pub const fn v3<M: LoadMethod>() -> Self {
        let scope: &[PluginOption] = if M::TAKES_SCOPE { SCOPE } else { &[] };
        let options = [AUTH, user(M::TAKES_USER), M::OPTIONS, scope, &[]];
        Self::of_groups(M::PLUGIN, M::HELP, options, |options| {
            Ok(Arc::new(v3::<M>(options)?))
        })
        .with_method::<M>()
    }

    /// Loads the plugin.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`], with the place and a remedy, for an unknown, missing or malformed
    /// option.
    pub fn load(&self, options: &PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error> {
        self.load_among(options, LOADERS)
    }
}

/// Loads the plugin of a v3 method.
#[doc(hidden)]
pub fn v3<M: LoadMethod>(options: &PluginOptions) -> Result<Auth, Error> {
    make::<M>(M::PLUGIN, options, false)
}

/// Loads the login of one method, for the plugin with this name.
pub(in crate::auth) fn make<M: LoadMethod>(
    plugin: &str,
    options: &PluginOptions,
    discover: bool,
) -> Result<Auth, Error> {
    let reader = OptionReader::new(plugin, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let builder = Auth::builder(auth_url).method(M::load(&reader)?);
    finish(builder.discover(discover), M::OWN_SCOPE, reader)
}

fn finish(builder: AuthBuilder, own_scope: bool, reader: OptionReader<'_>) -> Result<Auth, Error> {
    let scope = match own_scope {
        true => reader.own_scope()?,
        false => reader.scope()?,
    };
    builder
        .scope(scope)
        .include_catalog(reader.optional(&INCLUDE_CATALOG)?.unwrap_or(true))
        .build()
        .map_err(|error| reader.place(AUTH_URL.name, error))
}

/// Loads a login with several methods.
pub(super) fn combine(
    plugin: &str,
    parts: &[PluginLoader],
    options: &PluginOptions,
) -> Result<Arc<dyn AuthPlugin>, Error> {
    let reader = OptionReader::new(plugin, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let mut builder = Auth::builder(auth_url);
    let mut own_scope = false;
    for part in parts {
        if let Some(part) = part.method(&reader)? {
            builder = builder.boxed_method(part.method);
            own_scope |= part.own_scope;
        }
    }
    Ok(Arc::new(finish(builder, own_scope, reader)?))
}
