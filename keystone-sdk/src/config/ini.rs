//! INI files in the dialect of oslo.config, with the line of every key.
//!
//! The dialect: `key = value` or `key: value`; an indented line continues the value; comments are
//! whole lines that start with `#` or `;`; one pair of quotes around a value is removed; `$name`
//! and `${section.name}` stand for other values, `$$` for a dollar sign. General INI parsers
//! differ: they treat backslashes as escapes, and `#` in a password as the start of a comment.

use std::fmt;
use std::path::Path;

use keystone_document::suggest::remedy;

use crate::error::ConfigurationError;
use crate::{Error, SecretString};

mod parse;
mod section;
mod substitute;

pub use section::Section;

/// An INI file. `Debug` shows no values.
#[derive(Clone)]
pub struct Ini {
    path: String,
    sections: Vec<Lines>,
}

/// A section of the file.
#[derive(Clone)]
struct Lines {
    name: String,
    entries: Vec<Entry>,
}

/// One assignment. Every value is kept as a secret, because only its reader knows which are.
#[derive(Clone)]
struct Entry {
    key: String,
    value: SecretString,
    line: usize,
}

impl Ini {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the file cannot be read, or a line is malformed: with file and
    /// line, but without the text.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let shown = path.as_ref().display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigurationError::new("the configuration file cannot be read")
                .at(shown.clone())
                .caused_by(error)
        })?;
        Self::parse(shown, &text)
    }

    /// Parses a text; `path` is its name in errors.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when a line is malformed.
    ///
    /// ```
    /// use keystone_sdk::config::ini::Ini;
    ///
    /// let ini = Ini::parse("app.conf", "[keystone_authtoken]\nauth_type = password\n")?;
    /// let section = ini.section("keystone_authtoken")?;
    /// assert_eq!(section.get("auth_type")?.as_deref(), Some("password"));
    /// # Ok::<(), keystone_sdk::Error>(())
    /// ```
    pub fn parse(path: impl Into<String>, text: &str) -> Result<Self, Error> {
        let path = path.into();
        let sections = parse::sections(&path, text)?;
        Ok(Self { path, sections })
    }

    /// The name of the file in errors.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The names of the sections, in the order of the file.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.name.as_str())
    }

    /// A section by its exact name.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when there is none, with a similar name or all names.
    pub fn section(&self, name: &str) -> Result<Section<'_>, Error> {
        self.find(name).ok_or_else(|| {
            let remedy = match self.sections.is_empty() {
                true => "the file has no sections".to_owned(),
                false => remedy(name, &self.sections().collect::<Vec<_>>()),
            };
            let error = ConfigurationError::new(format!("there is no section [{name}]"));
            error.at(&self.path).remedy(remedy).into()
        })
    }

    /// A section by its exact name, if it exists.
    pub fn find(&self, name: &str) -> Option<Section<'_>> {
        let lines = self.sections.iter().find(|section| section.name == name)?;
        Some(Section::new(self, lines))
    }
}

impl Lines {
    /// The last assignment counts.
    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

impl fmt::Debug for Ini {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ini")
            .field("path", &self.path)
            .field("sections", &self.sections().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
