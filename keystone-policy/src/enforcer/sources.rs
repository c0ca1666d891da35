//! Where an operator's overrides come from.

#[cfg(feature = "file")]
use std::ffi::OsStr;
#[cfg(feature = "file")]
use std::io::ErrorKind;
#[cfg(feature = "file")]
use std::path::{Path, PathBuf};

use crate::error::{Error, RuleError};
use crate::merge::Override;
use crate::parse::parse_rule;

/// A source of overrides; later ones win.
pub(super) enum Source {
    #[cfg(feature = "file")]
    Directory(PathBuf),
    #[cfg(feature = "file")]
    File {
        path: PathBuf,
        required: bool,
    },
    Rule {
        name: String,
        text: String,
    },
    #[cfg(feature = "file")]
    Text {
        label: String,
        text: String,
    },
}

/// What a source holds: what it is called, and its text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Content {
    /// The rule of one name.
    Rule { name: String, text: String },
    /// A document with any number of rules.
    #[cfg(feature = "file")]
    Document { label: String, text: String },
}

impl Source {
    /// Reads the source now. A directory holds as many documents as files.
    pub(super) fn read(&self, found: &mut Vec<Content>) -> Result<(), Error> {
        match self {
            #[cfg(feature = "file")]
            Self::Directory(path) => return read_directory(path, found),
            #[cfg(feature = "file")]
            Self::File { path, required } => found.extend(read_file(path, *required)?),
            Self::Rule { name, text } => found.push(Content::Rule {
                name: name.clone(),
                text: text.clone(),
            }),
            #[cfg(feature = "file")]
            Self::Text { label, text } => found.push(Content::Document {
                label: label.clone(),
                text: text.clone(),
            }),
        }
        Ok(())
    }
}

impl Content {
    /// The overrides that it holds.
    pub(super) fn parse(&self) -> Result<Vec<Override>, Error> {
        match self {
            Self::Rule { name, text } => {
                let place = format!("override of `{name}`");
                let rule = parse_rule(text)
                    .map_err(|error| Error::Rule(RuleError::new(&place, name, error)))?;
                Ok(vec![Override {
                    name: name.clone(),
                    rule,
                    place,
                }])
            }
            #[cfg(feature = "file")]
            Self::Document { label, text } => {
                let rules = crate::file::read_overrides(label, text).map_err(crate::file::first)?;
                let overrides = rules.into_iter().map(|entry| Override {
                    place: entry.place(label),
                    name: entry.name,
                    rule: entry.rule,
                });
                Ok(overrides.collect())
            }
        }
    }
}

#[cfg(feature = "file")]
fn read_file(path: &Path, required: bool) -> Result<Option<Content>, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Content::Document {
            label: path.display().to_string(),
            text,
        })),
        Err(error) if !required && error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(path, error)),
    }
}

/// Reads the files right inside a directory, by their names, but for hidden ones.
#[cfg(feature = "file")]
fn read_directory(path: &Path, found: &mut Vec<Content>) -> Result<(), Error> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(file_error(path, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| file_error(path, error))?.path();
        let hidden = file
            .file_name()
            .map(OsStr::as_encoded_bytes)
            .is_some_and(|name| name.starts_with(b"."));
        if !hidden && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    for file in files {
        found.extend(read_file(&file, true)?);
    }
    Ok(())
}

#[cfg(feature = "file")]
fn file_error(path: &Path, error: std::io::Error) -> Error {
    Error::File(crate::error::FileError::new(path, error))
}
