//! Options of plugins, and their values with their places in code, files or the environment.

use std::any::Any;
use std::fmt;

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

mod attachments;
mod field;
pub(super) mod groups;
mod reader;

pub(crate) use attachments::Attachments;
pub use field::FieldValue;
#[cfg(feature = "config")]
pub(crate) use field::truth;
pub use reader::OptionReader;

/// An option of a plugin, the same in INI files, `clouds.yaml` and the environment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PluginOption {
    /// The name in files and in [`PluginOptions`], such as `user_domain_id`.
    pub name: &'static str,
    /// The environment variable, such as `OS_USER_DOMAIN_ID`.
    pub env: &'static str,
    /// Deprecated names that are still read from files.
    pub aliases: &'static [&'static str],
    /// Whether the value is secret.
    pub secret: bool,
    /// Whether the plugin requires it.
    pub required: bool,
    /// The default value.
    pub default: Option<&'static str>,
    /// Whether its name has `_` on command lines, and not `-`.
    pub underscored: bool,
    /// The kind of value.
    pub kind: ValueKind,
    /// The description, in one line.
    pub help: &'static str,
}

/// The kind of an option's value.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ValueKind {
    /// `true` or `false`.
    Flag,
    /// Any JSON.
    Json,
    /// A whole number.
    Number,
    /// A time in seconds, with decimals.
    Seconds,
    /// Any text.
    #[default]
    Text,
}

impl PluginOption {
    /// An optional option.
    pub const fn new(name: &'static str, env: &'static str, help: &'static str) -> Self {
        Self {
            name,
            env,
            aliases: &[],
            secret: false,
            required: false,
            default: None,
            underscored: false,
            kind: ValueKind::Text,
            help,
        }
    }

    /// Marks the value as secret.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Marks the option as required.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets deprecated names.
    #[must_use]
    pub const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Sets the default value.
    #[must_use]
    pub const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// Sets the kind of value; text unless set.
    #[must_use]
    pub const fn kind(self, kind: ValueKind) -> Self {
        Self { kind, ..self }
    }

    /// Keeps `_` in its name on command lines.
    #[must_use]
    pub const fn underscored(mut self) -> Self {
        self.underscored = true;
        self
    }

    /// The name on command lines and in lists of options, with `-` unless
    /// [`underscored`](Self::underscored).
    ///
    /// ```
    /// use keystone_sdk::auth::PluginOption;
    ///
    /// let option = PluginOption::new("user_domain_id", "OS_USER_DOMAIN_ID", "");
    /// assert_eq!(option.listed_name(), "user-domain-id");
    /// assert_eq!(option.underscored().listed_name(), "user_domain_id");
    /// ```
    pub fn listed_name(&self) -> String {
        if self.underscored {
            self.name.to_owned()
        } else {
            self.name.replace('_', "-")
        }
    }

    /// The name, then the deprecated ones.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether `name` is the name or a deprecated one.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

/// The source of options, for the remedy of a missing one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// The builder of a plugin.
    Builder,
    /// A program that fills [`PluginOptions`].
    #[default]
    Code,
    /// A cloud in `clouds.yaml`.
    Cloud {
        /// The path of the file.
        path: String,
        /// The cloud's name.
        cloud: String,
    },
    /// Environment variables.
    Environment,
    /// A section of a file.
    File {
        /// The path of the file.
        path: String,
        /// The section.
        section: String,
    },
}

/// Values for the options of a plugin, in the order in which they were set.
///
/// All values are kept as secrets, because only the plugin knows which are. `Debug` shows names and
/// places.
///
/// ```
/// use keystone_sdk::auth::PluginOptions;
///
/// let options = PluginOptions::new()
///     .with("auth_url", "http://127.0.0.1:5000/v3")
///     .with("passcode", "123456");
/// assert!(options.get("passcode").is_some());
/// assert!(!format!("{options:?}").contains("123456"));
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct PluginOptions {
    origin: Origin,
    values: Vec<GivenOption>,
    attached: Attachments,
}

#[derive(Clone)]
struct GivenOption {
    name: String,
    value: SecretString,
    place: Option<String>,
    /// Whether the plugin may ignore it.
    offered: bool,
}

impl PluginOptions {
    /// No values, to be set in code.
    pub fn new() -> Self {
        Self::default()
    }

    /// No values, to be set from `origin`.
    pub fn from_origin(origin: Origin) -> Self {
        Self {
            origin,
            ..Self::default()
        }
    }

    /// The source of the values.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Sets a value; a later one replaces an earlier one.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<SecretString>) {
        self.put(name.into(), value.into(), None, false);
    }

    /// Sets a value and its place: a file, section and key, or a variable.
    pub fn set_at(
        &mut self,
        name: impl Into<String>,
        value: impl Into<SecretString>,
        place: impl Into<String>,
    ) {
        self.put(name.into(), value.into(), Some(place.into()), false);
    }

    /// Sets a value that the plugin may ignore, such as an environment variable, which may be for
    /// other programs.
    pub fn offer(
        &mut self,
        name: impl Into<String>,
        value: impl Into<SecretString>,
        place: impl Into<String>,
    ) {
        self.put(name.into(), value.into(), Some(place.into()), true);
    }

    /// As [`set`](Self::set), for chaining.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.set(name, value);
        self
    }

    /// Attaches a value that no text can hold, such as who shows a person what to do. A later one of
    /// the same type replaces an earlier one. The plugin finds it by its type
    /// ([`OptionReader::attached`]).
    pub fn attach<T: Any + Send + Sync>(&mut self, value: T) {
        self.attached.add(value);
    }

    /// The value of this type that was attached.
    pub fn attached<T: Any>(&self) -> Option<&T> {
        self.attached.get()
    }

    /// Attaches what others share.
    #[cfg(feature = "config")]
    pub(crate) fn attach_all(&mut self, attached: &Attachments) {
        self.attached.extend(attached);
    }

    /// The value of an option.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.given(name).map(|given| &given.value)
    }

    /// The place of an option's value, if it is known.
    pub fn place(&self, name: &str) -> Option<&str> {
        self.given(name)?.place.as_deref()
    }

    /// The names of the options that are set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|given| given.name.as_str())
    }

    /// Whether no option is set.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether an option is set. An empty value counts as not set, as in the openrc files of
    /// Horizon.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }

    /// Copies the value and place of `from` to `to`, unless that is set.
    pub(crate) fn fill(&mut self, to: &str, from: &str) {
        if !self.has(to)
            && let Some(given) = self.given(from).cloned()
        {
            self.put(to.to_owned(), given.value, given.place, given.offered);
        }
    }

    /// Drops a value.
    pub(crate) fn remove(&mut self, name: &str) {
        self.values.retain(|given| given.name != name);
    }

    /// Whether the plugin may ignore the value.
    pub(crate) fn is_offered(&self, name: &str) -> bool {
        self.given(name).is_some_and(|given| given.offered)
    }

    /// Moves values from deprecated names to the current one.
    pub(crate) fn resolve(&mut self, option: &PluginOption) {
        for alias in option.aliases {
            self.fill(option.name, alias);
            self.remove(alias);
        }
    }

    /// An error about the value of `name`, at its place.
    pub(crate) fn fault(&self, name: &str, message: impl Into<String>) -> ConfigurationError {
        let error = ConfigurationError::new(message);
        match self.place(name) {
            Some(place) => error.at(place),
            None => error,
        }
    }

    /// The error for a missing option, with a remedy for its source.
    pub(crate) fn missing(&self, plugin: &str, option: &PluginOption) -> Error {
        let name = option.name;
        let error = ConfigurationError::new(format!("`{plugin}` needs the option `{name}`"));
        match &self.origin {
            Origin::Builder => error.remedy(format!("call `.{name}(..)` before `.build()`")),
            Origin::Code => error.remedy(format!("add `.with(\"{name}\", ..)` to the options")),
            Origin::Cloud { path, cloud } => error
                .at(format!("{path}, cloud `{cloud}`"))
                .remedy(format!("add `{name}: ..` below `auth` of the cloud")),
            Origin::Environment => error.remedy(format!("set the variable `{}`", option.env)),
            Origin::File { path, section } => error
                .at(format!("{path}, section [{section}]"))
                .remedy(format!("add the line `{name} = ..`")),
        }
        .into()
    }

    fn given(&self, name: &str) -> Option<&GivenOption> {
        self.values.iter().find(|given| given.name == name)
    }

    fn put(&mut self, name: String, value: SecretString, place: Option<String>, offered: bool) {
        self.remove(&name);
        self.values.push(GivenOption {
            name,
            value,
            place,
            offered,
        });
    }
}

impl fmt::Debug for PluginOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.values.iter().map(|given| {
                let place = given.place.as_deref().unwrap_or("set in code");
                (&given.name, place)
            }))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSCODE: PluginOption = PluginOption::new("passcode", "OS_PASSCODE", "The digits.")
        .secret()
        .aliases(&["otp"]);

    #[test]
    fn a_missing_option_says_what_to_do_where_it_would_stand() {
        let file = Origin::File {
            path: "a.conf".to_owned(),
            section: "keystone_authtoken".to_owned(),
        };
        let cloud = Origin::Cloud {
            path: "clouds.yaml".to_owned(),
            cloud: "home".to_owned(),
        };
        let cases = [
            (
                cloud,
                "`v3totp` needs the option `passcode` (clouds.yaml, cloud `home`); \
                 add `passcode: ..` below `auth` of the cloud",
            ),
            (
                Origin::Builder,
                "`v3totp` needs the option `passcode`; call `.passcode(..)` before `.build()`",
            ),
            (
                Origin::Environment,
                "`v3totp` needs the option `passcode`; set the variable `OS_PASSCODE`",
            ),
            (
                file,
                "`v3totp` needs the option `passcode` (a.conf, section [keystone_authtoken]); \
                 add the line `passcode = ..`",
            ),
        ];
        for (origin, text) in cases {
            let error = PluginOptions::from_origin(origin).missing("v3totp", &PASSCODE);
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn an_older_name_gives_its_value_and_place_to_the_present_one() {
        let mut options = PluginOptions::new();
        options.set_at("otp", "123456", "a.conf, key `otp`");
        options.resolve(&PASSCODE);
        assert_eq!(options.names().collect::<Vec<_>>(), ["passcode"]);
        assert_eq!(options.place("passcode"), Some("a.conf, key `otp`"));
    }

    #[test]
    fn debug_shows_names_and_places_but_no_value() {
        let options = PluginOptions::new().with("password", "canary");
        assert_eq!(format!("{options:?}"), r#"{"password": "set in code"}"#);
    }
}
