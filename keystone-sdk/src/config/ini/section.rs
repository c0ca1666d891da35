//! A section and its values, with their places.

use std::fmt;
use std::time::Duration;

use super::substitute::{Fault, substitute};
use super::{Entry, Ini, Lines};
use keystone_document::suggest::remedy;

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// A section of an INI file. As in oslo.config, it does not inherit keys from `[DEFAULT]`. `Debug`
/// shows no values.
#[derive(Clone, Copy)]
pub struct Section<'a> {
    ini: &'a Ini,
    lines: &'a Lines,
}

impl<'a> Section<'a> {
    pub(super) fn new(ini: &'a Ini, lines: &'a Lines) -> Self {
        Self { ini, lines }
    }

    /// The name of the section.
    pub fn name(&self) -> &'a str {
        &self.lines.name
    }

    /// The name of the file in errors.
    pub fn path(&self) -> &'a str {
        &self.ini.path
    }

    /// Another section of the same file.
    ///
    /// # Errors
    ///
    /// As [`Ini::section`].
    pub fn sibling(&self, name: &str) -> Result<Section<'a>, Error> {
        self.ini.section(name)
    }

    /// The keys in the order of the file, once for each assignment, with `_` for `-`.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.lines.entries.iter().map(|entry| entry.key.as_str())
    }

    /// Whether the key is set, even if it is empty.
    pub fn has(&self, key: &str) -> bool {
        self.lines.entry(key).is_some()
    }

    /// The value of a key; the last one, if it is set several times. It may be empty.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when a `$` in the value refers to an option that does not exist.
    pub fn get(&self, key: &str) -> Result<Option<String>, Error> {
        let entry = self.lines.entry(key);
        entry.map(|entry| self.value(key, entry)).transpose()
    }

    /// All values of a key that may be set several times, in their order.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn all(&self, key: &str) -> Result<Vec<String>, Error> {
        let entries = self.lines.entries.iter();
        let entries = entries.filter(|entry| entry.key == key);
        entries.map(|entry| self.value(key, entry)).collect()
    }

    fn value(&self, key: &str, entry: &Entry) -> Result<String, Error> {
        let value = substitute(self.ini, self.lines, entry.value.expose(), 0);
        value.map_err(|fault| {
            let what = match fault {
                Fault::NoSuchName => "a `$` in the value refers to an option that does not exist",
                Fault::TooDeep => "the value refers to other values in a circle",
            };
            let error = self.fault(key, what);
            error.remedy("write `$$` for a plain dollar sign").into()
        })
    }

    /// The value of a key as a secret.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn secret(&self, key: &str) -> Result<Option<SecretString>, Error> {
        Ok(self.get(key)?.map(SecretString::new))
    }

    /// A truth value: `true`, `yes`, `on`, `1` or `false`, `no`, `off`, `0`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for any other value.
    pub fn boolean(&self, key: &str) -> Result<Option<bool>, Error> {
        self.read(key, "`true` or `false`", crate::auth::options::truth)
    }

    /// A whole number.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for any other value.
    pub fn integer(&self, key: &str) -> Result<Option<i64>, Error> {
        self.read(key, "a whole number", |value| value.parse().ok())
    }

    /// A time in seconds, which may have a fraction.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for any other value, including negative ones.
    pub fn seconds(&self, key: &str) -> Result<Option<Duration>, Error> {
        self.read(key, "a number of seconds", |value| {
            Duration::try_from_secs_f64(value.parse().ok()?).ok()
        })
    }

    /// A list, separated by commas, without the white space around its items.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn list(&self, key: &str) -> Result<Option<Vec<String>>, Error> {
        let parts = |value: String| {
            let parts = value.split(',').map(str::trim);
            parts
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Ok(self.get(key)?.map(parts))
    }

    /// A value that `read` parses; `wanted` describes it in the error. The error shows the value:
    /// do not use this for secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when `read` returns `None`.
    pub fn read<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.get(key)? else {
            return Ok(None);
        };
        let read = read(value.trim()).map(Some);
        read.ok_or_else(|| crate::config::malformed(key, &value, wanted, self.place(key)))
    }

    /// The place of a key, or of the section if it is not set.
    pub fn place(&self, key: &str) -> String {
        let (path, name) = (&self.ini.path, &self.lines.name);
        match self.lines.entry(key) {
            Some(entry) => format!("{path}, line {}, section [{name}]", entry.line),
            None => format!("{path}, section [{name}]"),
        }
    }

    /// An error about a key, with its place.
    pub fn fault(&self, key: &str, message: impl Into<String>) -> ConfigurationError {
        ConfigurationError::new(message).at(self.place(key))
    }

    /// The error for a missing key.
    pub fn missing(&self, key: &str) -> ConfigurationError {
        self.fault(key, format!("the option `{key}` is missing"))
            .remedy(format!("add the line `{key} = ..`"))
    }

    /// Refuses unknown keys, most of which are typing errors.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for the first key that is not among `known`, with a similar name.
    pub fn refuse_unknown(&self, known: &[&str]) -> Result<(), Error> {
        match self.keys().find(|key| !known.contains(key)) {
            None => Ok(()),
            Some(key) => {
                let error = self.fault(key, format!("there is no option `{key}`"));
                Err(error.remedy(remedy(key, known)).into())
            }
        }
    }
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section")
            .field("name", &self.name())
            .field("keys", &self.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
