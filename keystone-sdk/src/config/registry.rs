//! The registry of plugins.

use std::any::Any;
use std::sync::Arc;

use keystone_document::suggest::remedy;

use crate::Error;
use crate::auth::options::{Attachments, PluginOptions};
use crate::auth::{AuthPlugin, PluginLoader, PluginOption, federation, fixed, generic, v2, v3};
use crate::error::ConfigurationError;

/// A list of plugins that can be loaded by name. It is an ordinary value: there is no global
/// registry.
///
/// ```
/// use keystone_sdk::SecretString;
/// use keystone_sdk::auth::{PluginOptions, UserIdentity};
/// use keystone_sdk::auth_method;
/// use keystone_sdk::config::Registry;
///
/// /// Proves the identity by a number that only the user knows.
/// #[auth_method("pin")]
/// pub struct PinMethod {
///     #[auth(user)]
///     user: UserIdentity,
///     /// The number.
///     #[auth(secret)]
///     pin: SecretString,
/// }
///
/// let registry = Registry::builtin().with(Pin::loader());
/// let options = PluginOptions::new()
///     .with("auth_url", "http://127.0.0.1:5000/v3")
///     .with("user_id", "d2e1")
///     .with("pin", "1234");
/// let plugin = registry.load("v3pin", &options)?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Registry {
    loaders: Vec<PluginLoader>,
    attached: Attachments,
}

impl Registry {
    /// No plugins.
    pub const fn empty() -> Self {
        Self {
            loaders: Vec::new(),
            attached: Attachments::new(),
        }
    }

    /// The plugins of this crate.
    pub fn builtin() -> Self {
        let registry = Self::empty()
            .with(fixed::AdminToken::loader())
            .with(fixed::HttpBasic::loader())
            .with(fixed::NoAuth::loader())
            .with(generic::Password::loader())
            .with(generic::Token::loader())
            .with(v2::Password::loader())
            .with(v2::Token::loader());
        let federation = federation::LOADERS.iter().copied().flatten();
        let loaders = v3::LOADERS.iter().chain(federation);
        loaders.copied().fold(registry, Self::with)
    }

    /// Adds a plugin, or replaces the one with the same name.
    pub fn with(mut self, loader: PluginLoader) -> Self {
        self.loaders.retain(|known| known.name() != loader.name());
        self.loaders.push(loader);
        self
    }

    /// Attaches a value to the options of every plugin that is loaded, wherever they come from: one
    /// that no text can hold. What a plugin looks for, it says; `SharedDevicePrompt` is such a value.
    pub fn attach<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.attached.add(value);
        self
    }

    /// All plugins.
    pub fn loaders(&self) -> &[PluginLoader] {
        &self.loaders
    }

    /// The plugin with this name.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with a similar name, or all names.
    pub fn get(&self, name: &str) -> Result<&PluginLoader, Error> {
        let found = self.loaders.iter().find(|loader| loader.name() == name);
        found.ok_or_else(|| {
            let names: Vec<_> = self.loaders.iter().map(PluginLoader::name).collect();
            ConfigurationError::new(format!("there is no authentication plugin `{name}`"))
                .remedy(remedy(name, &names))
                .into()
        })
    }

    /// Calls `read` for the plugin's own options, then for those that depend on their values: a
    /// plugin that combines methods has the options of each.
    pub(super) fn fill(
        &self,
        loader: &PluginLoader,
        mut options: PluginOptions,
        mut read: impl FnMut(&'static PluginOption, &mut PluginOptions) -> Result<(), Error>,
    ) -> Result<PluginOptions, Error> {
        options.attach_all(&self.attached);
        for option in loader.options() {
            read(option, &mut options)?;
        }
        for option in loader.further_options(&options, &self.loaders)? {
            read(option, &mut options)?;
        }
        Ok(options)
    }

    /// Loads the plugin with this name.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when there is no such plugin, or for an unknown, missing or
    /// malformed option.
    pub fn load(&self, name: &str, options: &PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error> {
        let loader = self.get(name)?;
        if self.attached.is_empty() {
            return loader.load_among(options, &self.loaders);
        }
        let mut options = options.clone();
        options.attach_all(&self.attached);
        loader.load_among(&options, &self.loaders)
    }
}

/// Loads one of this crate's plugins.
///
/// ```
/// use keystone_sdk::auth::PluginOptions;
/// use keystone_sdk::{Session, config};
///
/// let options = PluginOptions::new()
///     .with("auth_url", "http://127.0.0.1:5000/v3")
///     .with("username", "demo")
///     .with("user_domain_id", "default")
///     .with("passcode", "123456");
/// let session = Session::new(config::load("v3totp", &options)?)?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
///
/// # Errors
///
/// See [`Registry::load`].
pub fn load(name: &str, options: &PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error> {
    Registry::builtin().load(name, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, options: &PluginOptions) -> String {
        load(name, options).unwrap_err().to_string()
    }

    fn password() -> PluginOptions {
        PluginOptions::new()
            .with("auth_url", "http://h")
            .with("username", "demo")
            .with("password", "canary")
            .with("user_domain_id", "default")
    }

    #[test]
    fn an_unknown_plugin_gets_a_near_name() {
        assert_eq!(
            refused("v3pasword", &PluginOptions::new()),
            "there is no authentication plugin `v3pasword`; did you mean `v3password`?"
        );
    }

    #[test]
    fn an_unknown_option_is_refused_at_its_place() {
        let mut options = password();
        options.set_at("project_nam", "demo", "a.conf, section [auth]");
        assert_eq!(
            refused("v3password", &options),
            "`v3password` has no option `project_nam` (a.conf, section [auth]); \
             did you mean `project_name`?"
        );
    }

    #[test]
    fn each_builtin_names_the_first_option_that_it_misses() {
        for loader in Registry::builtin().loaders() {
            let Some(first) = loader.options().find(|option| option.required) else {
                assert_eq!(loader.name(), "none");
                continue;
            };
            let error = loader.load(&PluginOptions::new()).unwrap_err().to_string();
            let text = format!("`{}` needs the option `{}`", loader.name(), first.name);
            assert!(error.starts_with(&text), "{error}");
        }
    }

    #[test]
    fn no_secret_is_shown_by_a_loaded_plugin_or_an_error() {
        let plugin = load("v3password", &password()).unwrap();
        assert!(!format!("{plugin:?}").contains("canary"));
        let error = refused("v3totp", &password());
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn an_older_name_is_read() {
        let options = password()
            .with("tenant_name", "demo")
            .with("project_domain_id", "default");
        let plugin = load("password", &options).unwrap();
        assert!(format!("{plugin:?}").contains("Project"), "{plugin:?}");
    }

    #[test]
    fn the_default_domain_serves_user_and_project_unless_they_have_their_own() {
        let options = PluginOptions::new()
            .with("auth_url", "http://h")
            .with("username", "demo")
            .with("password", "canary")
            .with("default_domain_id", "default")
            .with("user_domain_id", "")
            .with("project_name", "demo")
            .with("project_domain_name", "Other");
        let plugin = format!("{:?}", load("password", &options).unwrap());
        assert!(plugin.contains(r#"domain: Id("default")"#), "{plugin}");
        assert!(plugin.contains(r#"domain: Name("Other")"#), "{plugin}");
    }

    #[test]
    fn a_malformed_address_is_an_error_at_its_place() {
        let mut options = password();
        options.set_at("auth_url", "cloud.example", "the variable `OS_AUTH_URL`");
        let error = refused("password", &options);
        assert!(
            error.starts_with("`auth_url` is not a URL (the variable `OS_AUTH_URL`); write"),
            "{error}"
        );
    }

    fn two_factors(methods: &str) -> PluginOptions {
        password()
            .with("passcode", "canary")
            .with("auth_methods", methods)
    }

    #[test]
    fn methods_are_combined_by_the_names_of_their_plugins() {
        let plugin = load("v3multifactor", &two_factors(" v3password, v3totp,")).unwrap();
        let shown = format!("{plugin:?}");
        assert!(shown.contains("PasswordMethod") && shown.contains("TotpMethod"));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn what_cannot_be_combined_is_refused() {
        for (methods, says) in [
            (
                "v3password,v3topt",
                "`v3multifactor` cannot combine `v3topt`: no v3 method has that name; \
                 did you mean `v3totp`?",
            ),
            ("", "`v3multifactor` needs the option `auth_methods`; add"),
            (
                "v3password",
                "`v3multifactor` has no option `passcode`; expected one of `auth_url`",
            ),
            (
                "v3totp,v3totp,v3password",
                "the method `totp` is used twice in one login; remove one of them",
            ),
        ] {
            let error = refused("v3multifactor", &two_factors(methods));
            assert!(error.starts_with(says), "{error}");
        }
    }

    #[test]
    fn an_application_credential_takes_no_scope() {
        let options = PluginOptions::new()
            .with("auth_url", "http://h")
            .with("application_credential_id", "i")
            .with("application_credential_secret", "s");
        assert!(load("v3applicationcredential", &options).is_ok());
        let error = refused("v3applicationcredential", &options.with("project_id", "p"));
        assert_eq!(
            error,
            "the credential of `v3applicationcredential` has a scope of its own, besides `project_id`; \
             remove `project_id`"
        );
    }
}
