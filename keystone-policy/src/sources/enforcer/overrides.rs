//! The sources of an operator's overrides.

#[cfg(feature = "file")]
use std::ffi::OsStr;
#[cfg(feature = "file")]
use std::fs::File;
#[cfg(feature = "file")]
use std::io::{ErrorKind, Read};
#[cfg(feature = "file")]
use std::path::{Path, PathBuf};
#[cfg(feature = "file")]
use std::time::SystemTime;

use crate::language::parse::parse_rule;
#[cfg(feature = "file")]
use crate::sources::error::ShapeError;
use crate::sources::error::{Error, RuleError};
use crate::sources::merge::Override;

/// A source of overrides; later ones win.
pub(super) enum OverrideSource {
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

/// The content of a source: its name and text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Content {
    /// The rule of one name.
    Rule { name: String, text: String },
    /// A document with any number of rules.
    #[cfg(feature = "file")]
    Document {
        label: String,
        text: String,
        /// When the file was last modified: between the two readings of a reload, it may have been
        /// changed and changed back.
        written: Option<SystemTime>,
    },
}

/// The content of all sources at one time. Two readings are equal if nothing was written in
/// between.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Reading(pub(super) Vec<Vec<Content>>);

impl Reading {
    /// All content, in the order in which it applies.
    pub(super) fn contents(&self) -> impl Iterator<Item = &Content> {
        self.0.iter().flatten()
    }

    /// Whether both have the same content, regardless of modification times.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let same = |here: &[Content], there: &[Content]| {
            let mut pairs = here.iter().zip(there);
            here.len() == there.len() && pairs.all(|(one, two)| one.says_the_same(two))
        };
        let mut pairs = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && pairs.all(|(here, there)| same(here, there))
    }

    /// The name of the first content that is not in both.
    pub(super) fn difference<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        let missing = |here: &'a Self, there: &Self| {
            let mut contents = here.contents();
            contents.find(|one| !there.contents().any(|other| other == *one))
        };
        if self == other {
            return None;
        }
        let found = missing(self, other).or_else(|| missing(other, self));
        Some(found.map_or("the policy files", Content::label))
    }
}

impl OverrideSource {
    /// Reads the source. A directory yields a document for each file.
    pub(super) fn read(&self) -> Result<Vec<Content>, Error> {
        Ok(match self {
            #[cfg(feature = "file")]
            Self::Directory(path) => read_directory(path)?,
            #[cfg(feature = "file")]
            Self::File { path, required } => read_file(path, *required)?.into_iter().collect(),
            Self::Rule { name, text } => vec![Content::Rule {
                name: name.clone(),
                text: text.clone(),
            }],
            #[cfg(feature = "file")]
            Self::Text { label, text } => vec![Content::Document {
                label: label.clone(),
                text: text.clone(),
                written: None,
            }],
        })
    }

    /// Fails for a file or directory that had rules and has none any more: most likely it is being
    /// written, was truncated, or its volume is not mounted.
    #[cfg(feature = "file")]
    pub(super) fn refuse_loss(&self, before: &[Content], now: &[Content]) -> Result<(), Error> {
        let had = |content: &&Content| content.says() == Says::Rules;
        let emptied = before.iter().filter(had).find_map(|old| {
            let same = now.iter().find(|new| new.label() == old.label());
            same.filter(|new| new.says() == Says::Nothing)
        });
        if let Some(emptied) = emptied {
            return Err(lost(emptied.label(), "write `{}` into it"));
        }
        let path = match self {
            Self::Directory(path) | Self::File { path, .. } => path.display().to_string(),
            Self::Rule { .. } | Self::Text { .. } => return Ok(()),
        };
        let silent = now.iter().all(|content| content.says() == Says::Nothing);
        match silent && before.iter().any(|content| had(&content)) {
            true if matches!(self, Self::Directory(_)) => {
                Err(lost(&path, "put a file with `{}` there"))
            }
            true => Err(lost(&path, "write `{}` into it")),
            false => Ok(()),
        }
    }
}

#[cfg(feature = "file")]
fn lost(place: &str, remedy: &str) -> Error {
    let problem = format!("the rules that were here are gone, {remedy} if that is intended");
    Error::Shape(ShapeError::new(place, problem))
}

/// Whether a document contains rules.
#[cfg(feature = "file")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Says {
    /// It is empty, truncated or not a valid document.
    Nothing,
    /// It has none explicitly: `{}`.
    NoRules,
    /// It has some.
    Rules,
}

impl Content {
    /// Its name in errors.
    pub(super) fn label(&self) -> &str {
        match self {
            Self::Rule { name, .. } => name,
            #[cfg(feature = "file")]
            Self::Document { label, .. } => label,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Rule { text, .. } => text,
            #[cfg(feature = "file")]
            Self::Document { text, .. } => text,
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        (self.label(), self.text()) == (other.label(), other.text())
    }

    /// The name of a document without rules.
    pub(super) fn label_without_rules(&self) -> Option<&str> {
        #[cfg(feature = "file")]
        if self.says() != Says::Rules {
            return Some(self.label());
        }
        None
    }

    #[cfg(feature = "file")]
    fn says(&self) -> Says {
        let Self::Document { label, text, .. } = self else {
            return Says::Rules;
        };
        match keystone_document::read_optional(label, text) {
            Ok(Some(root)) if root.mapping().is_some_and(|rules| !rules.is_empty()) => Says::Rules,
            Ok(Some(root)) if root.mapping().is_some() => Says::NoRules,
            Ok(_) | Err(_) => Says::Nothing,
        }
    }

    /// Its overrides.
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
            Self::Document { label, text, .. } => {
                let rules = crate::sources::file::read_overrides(label, text)
                    .map_err(crate::sources::file::first)?;
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
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if !required && error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file_error(path, error)),
    };
    // Read first: if the file is written while it is read, the next reading has another time.
    let written = file.metadata().and_then(|facts| facts.modified()).ok();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|error| file_error(path, error))?;
    let label = path.display().to_string();
    let text = keystone_document::decode(&label, bytes)?;
    Ok(Some(Content::Document {
        label,
        text,
        written,
    }))
}

/// Reads the files of a directory, sorted by name, without hidden ones.
#[cfg(feature = "file")]
fn read_directory(path: &Path) -> Result<Vec<Content>, Error> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_error(path, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| file_error(path, error))?.path();
        let hidden = file
            .file_name()
            .map(OsStr::as_encoded_bytes)
            .is_some_and(|name| name.starts_with(b"."));
        if hidden {
            continue;
        }
        // A dangling link and a file without accessible metadata may contain overrides.
        let kind = std::fs::metadata(&file).map_err(|error| file_error(&file, error))?;
        if kind.is_file() {
            files.push(file);
        }
    }
    files.sort();
    let mut found = Vec::new();
    for file in files {
        found.extend(read_file(&file, true)?);
    }
    Ok(found)
}

#[cfg(feature = "file")]
fn file_error(path: &Path, error: std::io::Error) -> Error {
    Error::File(crate::sources::error::FileError::new(path, error))
}
