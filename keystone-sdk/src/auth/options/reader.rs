//! Reads the fields of a plugin from option values, with errors that name the place of a value.

use std::any::Any;

use url::Url;

use super::groups::{AUTH_URL, SCOPE, USERNAME};
use super::{FieldValue, PluginOption, PluginOptions};
use crate::auth::{DomainIdentity, ProjectIdentity, Scope, UserIdentity, address};
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// Reads the options of one plugin.
#[derive(Clone, Copy, Debug)]
pub struct OptionReader<'a> {
    plugin: &'a str,
    options: &'a PluginOptions,
    /// What the names of the options that describe a scope begin with.
    prefix: &'static str,
}

impl<'a> OptionReader<'a> {
    /// Reads `options` for the plugin with the name `plugin`.
    pub fn new(plugin: &'a str, options: &'a PluginOptions) -> Self {
        let prefix = "";
        Self {
            plugin,
            options,
            prefix,
        }
    }

    /// Reads the scope from options whose names begin with `prefix`.
    pub(crate) fn prefixed(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// The value of an option, if it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the text does not have the field's type, and for a
    /// [blank](SecretString::is_blank) secret.
    pub fn optional<T: FieldValue>(&self, option: &PluginOption) -> Result<Option<T>, Error> {
        let text = match (self.text(option.name), option.default) {
            (Some(text), _) => text.clone(),
            (None, Some(default)) => default.into(),
            (None, None) => return Ok(None),
        };
        self.refuse_blank(option)?;
        T::from_text(&text).map(Some).map_err(|expected| {
            let name = option.name;
            let message = format!("the value of `{name}` for `{}` is malformed", self.plugin);
            self.options
                .fault(name, message)
                .remedy(format!("write {expected}"))
                .into()
        })
    }

    /// Refuses a blank secret. An empty one counts as not set.
    pub(crate) fn refuse_blank(&self, option: &PluginOption) -> Result<(), Error> {
        let Some(secret) = self.text(option.name).filter(|_| option.secret) else {
            return Ok(());
        };
        let what = format!("the value of `{}` for `{}`", option.name, self.plugin);
        let blank = secret.refuse_blank(&what);
        blank.map_err(|error| self.place(option.name, error.into()))
    }

    /// The value of this type that was [attached](PluginOptions::attach) to the options.
    pub fn attached<T: Any>(&self) -> Option<&T> {
        self.options.attached()
    }

    /// The value of a required option.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when it is missing, or its text does not have the field's type.
    pub fn required<T: FieldValue>(&self, option: &PluginOption) -> Result<T, Error> {
        self.optional(option)?.ok_or_else(|| self.missing(option))
    }

    /// The required `auth_url`.
    ///
    /// # Errors
    ///
    /// As [`required_address`](Self::required_address).
    pub fn auth_url(&self) -> Result<Url, Error> {
        self.required_address(&AUTH_URL)
    }

    /// An HTTP URL without user and password, if it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when it is no such URL, or needs TLS in a program that was built
    /// without.
    pub fn optional_address(&self, option: &PluginOption) -> Result<Option<Url>, Error> {
        let Some(text) = self.optional::<String>(option)? else {
            return Ok(None);
        };
        let read = address::of_option(option.name, &text);
        read.map(Some)
            .map_err(|error| self.place(option.name, error))
    }

    /// A required HTTP URL.
    ///
    /// # Errors
    ///
    /// As [`optional_address`](Self::optional_address), and when it is missing.
    pub fn required_address(&self, option: &PluginOption) -> Result<Url, Error> {
        self.optional_address(option)?
            .ok_or_else(|| self.missing(option))
    }

    /// The error for a missing option.
    pub(crate) fn missing(&self, option: &PluginOption) -> Error {
        self.options.missing(self.plugin, option)
    }

    /// The user, if one is set.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when there is a name without a domain.
    pub fn optional_user(&self) -> Result<Option<UserIdentity>, Error> {
        if let Some(id) = self.plain("user_id") {
            return Ok(Some(UserIdentity::Id(id)));
        }
        let Some(name) = self.plain("username") else {
            return Ok(None);
        };
        let domain = self.domain_of("username", &name, "user_domain_id", "user_domain_name")?;
        Ok(Some(UserIdentity::Name { name, domain }))
    }

    /// The required user.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when there is none, or a name without a domain.
    pub fn required_user(&self) -> Result<UserIdentity, Error> {
        self.optional_user()?.ok_or_else(|| self.missing(&USERNAME))
    }

    /// The scope that the options describe. An id takes precedence over a name.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when they describe two scopes, or a project by name without a
    /// domain.
    pub fn scope(&self) -> Result<Scope, Error> {
        let asked = [
            ("domain", self.domain_scope()),
            ("project", self.project_scope()?),
            ("trust_id", self.of_scope("trust_id").map(Scope::Trust)),
            ("system_scope", self.system_scope()?),
            ("unscoped", self.unscoped()?),
        ];
        let mut asked = asked
            .into_iter()
            .filter_map(|(name, scope)| Some((name, scope?)));
        match (asked.next(), asked.next()) {
            (None, _) => Ok(Scope::Default),
            (Some((_, scope)), None) => Ok(scope),
            (Some((first, _)), Some((second, _))) => Err(ConfigurationError::new(format!(
                "`{}` has two scopes, `{first}` and `{second}`",
                self.plugin
            ))
            .remedy("keep one of them")
            .into()),
        }
    }

    /// The scope of a credential that has its own: none can be requested.
    ///
    /// A scope that was [offered](PluginOptions::offer) is ignored.
    pub(crate) fn own_scope(&self) -> Result<Scope, Error> {
        let asked = || SCOPE.iter().filter(|option| self.options.has(option.name));
        let meant = asked().find(|option| !self.options.is_offered(option.name));
        let Some(option) = meant.or_else(|| asked().next()) else {
            return Ok(Scope::Default);
        };
        let (plugin, name) = (self.plugin, option.name);
        let message =
            format!("the credential of `{plugin}` has a scope of its own, besides `{name}`");
        if self.options.is_offered(name) {
            tracing::debug!("{message}, which is ignored");
            return Ok(Scope::Default);
        }
        let error = self.options.fault(name, message);
        Err(error.remedy(format!("remove `{name}`")).into())
    }

    /// Refuses options that need the v3 API.
    pub(crate) fn refuse_v3_options(&self) -> Result<(), Error> {
        const NAMES: [&str; 7] = [
            "user_domain_id",
            "user_domain_name",
            "domain_id",
            "domain_name",
            "project_domain_id",
            "project_domain_name",
            "system_scope",
        ];
        match NAMES.iter().find(|name| self.options.has(name)) {
            None => Ok(()),
            Some(name) => {
                let message = format!("`{name}` needs the v3 API of Keystone");
                let error = self.options.fault(name, message);
                Err(error
                    .remedy(format!("remove `{name}`, or use a Keystone with v3"))
                    .into())
            }
        }
    }

    /// Adds the place of the value of `name` to an error about it.
    pub(crate) fn place(&self, name: &str, error: Error) -> Error {
        match (error, self.options.place(name)) {
            (Error::Configuration(error), Some(place)) if error.place().is_none() => {
                error.at(place).into()
            }
            (error, _) => error,
        }
    }

    fn domain_scope(&self) -> Option<Scope> {
        let id = self.of_scope("domain_id").map(DomainIdentity::Id);
        id.or_else(|| self.of_scope("domain_name").map(DomainIdentity::Name))
            .map(Scope::Domain)
    }

    fn project_scope(&self) -> Result<Option<Scope>, Error> {
        if let Some(id) = self.of_scope("project_id") {
            return Ok(Some(Scope::Project(ProjectIdentity::Id(id))));
        }
        let Some(name) = self.of_scope("project_name") else {
            return Ok(None);
        };
        let names = ["project_name", "project_domain_id", "project_domain_name"];
        let [option, id, domain_name] = names.map(|name| self.scope_option(name));
        let domain = self.domain_of(&option, &name, &id, &domain_name)?;
        let project = ProjectIdentity::Name { name, domain };
        Ok(Some(Scope::Project(project)))
    }

    fn system_scope(&self) -> Result<Option<Scope>, Error> {
        match self.of_scope("system_scope").as_deref() {
            None => Ok(None),
            Some("all") => Ok(Some(Scope::System)),
            Some(other) => {
                let message = format!("`{other}` is not a system scope");
                let name = self.scope_option("system_scope");
                let error = self.options.fault(&name, message);
                Err(error.remedy("write `all`, the only one there is").into())
            }
        }
    }

    fn unscoped(&self) -> Result<Option<Scope>, Error> {
        let option = PluginOption::new("unscoped", "OS_UNSCOPED", "");
        let asked: Option<bool> = self.optional(&option)?;
        Ok(asked.unwrap_or_default().then_some(Scope::Unscoped))
    }

    /// The name of an option that describes a scope.
    fn scope_option(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn of_scope(&self, name: &str) -> Option<String> {
        self.plain(&self.scope_option(name))
    }

    fn domain_of(
        &self,
        option: &str,
        value: &str,
        by_id: &str,
        by_name: &str,
    ) -> Result<DomainIdentity, Error> {
        let id = self.plain(by_id).map(DomainIdentity::Id);
        id.or_else(|| self.plain(by_name).map(DomainIdentity::Name))
            .ok_or_else(|| {
                let message = format!("`{option}` is `{value}`, but has no domain");
                let error = self.options.fault(option, message);
                error
                    .remedy(format!(
                        "set `{by_id}` (often `default`) or `{by_name}` too"
                    ))
                    .into()
            })
    }

    fn plain(&self, name: &str) -> Option<String> {
        self.text(name).map(|text| text.expose().to_owned())
    }

    fn text(&self, name: &str) -> Option<&'a SecretString> {
        let options = self.options;
        options.has(name).then(|| options.get(name)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(options: &PluginOptions) -> Result<Scope, String> {
        OptionReader::new("v3password", options)
            .scope()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_id_beats_a_name() {
        let options = PluginOptions::new()
            .with("project_id", "p1")
            .with("project_name", "demo")
            .with("project_domain_id", "default");
        let project = ProjectIdentity::Id("p1".to_owned());
        assert_eq!(scope(&options), Ok(Scope::Project(project)));
    }

    #[test]
    fn two_scopes_are_refused() {
        let options = PluginOptions::new()
            .with("project_id", "p1")
            .with("trust_id", "t1");
        let error = scope(&options).unwrap_err();
        assert_eq!(
            error,
            "`v3password` has two scopes, `project` and `trust_id`; \
             keep one of them"
        );
    }

    #[test]
    fn a_project_by_name_needs_its_domain() {
        let mut options = PluginOptions::new();
        options.set_at("project_name", "demo", "the variable `OS_PROJECT_NAME`");
        assert_eq!(
            scope(&options).unwrap_err(),
            "`project_name` is `demo`, but has no domain (the variable `OS_PROJECT_NAME`); \
             set `project_domain_id` (often `default`) or `project_domain_name` too"
        );
    }

    #[test]
    fn a_domain_of_the_project_alone_is_no_scope() {
        let options = PluginOptions::new().with("project_domain_id", "default");
        assert_eq!(scope(&options), Ok(Scope::Default));
    }

    #[test]
    fn an_empty_value_counts_as_none() {
        let options = PluginOptions::new()
            .with("project_id", "")
            .with("domain_id", "d");
        let domain = DomainIdentity::Id("d".to_owned());
        assert_eq!(scope(&options), Ok(Scope::Domain(domain)));
    }

    #[test]
    fn the_only_system_scope_is_all() {
        assert_eq!(
            scope(&PluginOptions::new().with("system_scope", "all")),
            Ok(Scope::System)
        );
        let error = scope(&PluginOptions::new().with("system_scope", "some")).unwrap_err();
        assert!(error.contains("write `all`"), "{error}");
    }

    #[test]
    fn a_malformed_secret_is_not_repeated() {
        let option = PluginOption::new("pin", "OS_PIN", "").secret();
        let options = PluginOptions::new().with("pin", "canary");
        let reader = OptionReader::new("v3pin", &options);
        let error = reader.required::<u32>(&option).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
        assert!(error.contains("write a whole number"), "{error}");
    }
}
