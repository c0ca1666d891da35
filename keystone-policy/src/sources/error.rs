//! Errors of loading rules.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use keystone_document::hint;

/// Rules that cannot be loaded.
#[non_exhaustive]
#[derive(Debug)]
pub enum Error {
    /// Rules that refer to one another in a cycle.
    Cycle(CycleError),
    /// A name that is given twice.
    Duplicate(DuplicateError),
    /// A file that cannot be read.
    File(FileError),
    /// A rule that is invalid.
    Rule(RuleError),
    /// A document of the wrong shape, or none that can be read.
    Shape(ShapeError),
    /// A reference to a rule that does not exist.
    Undefined(UndefinedError),
    /// Files that changed while they were read.
    Unsettled(UnsettledError),
}

impl Error {
    /// The position of the error, as `file:line:column` or just the path of a file.
    pub fn place(&self) -> String {
        match self {
            Self::Cycle(error) => error.place.clone(),
            Self::Duplicate(error) => error.place.clone(),
            Self::File(error) => error.path.display().to_string(),
            Self::Rule(error) => error.place.clone(),
            Self::Shape(error) => error.place.clone(),
            Self::Undefined(error) => error.place.clone(),
            Self::Unsettled(error) => error.place.clone(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle(error) => error.fmt(f),
            Self::Duplicate(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
            Self::Rule(error) => error.fmt(f),
            Self::Shape(error) => error.fmt(f),
            Self::Undefined(error) => error.fmt(f),
            Self::Unsettled(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "file")]
impl From<keystone_document::Fault> for Error {
    fn from(fault: keystone_document::Fault) -> Self {
        let place = fault.position().place(fault.file());
        match fault.repeated() {
            Some((name, first)) => {
                let first = first.place(fault.file());
                Self::Duplicate(DuplicateError::new(&place, name, &first))
            }
            None => Self::Shape(ShapeError::new(place, fault.problem())),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let Self::File(error) = self else { return None };
        Some(&error.source)
    }
}

/// Rules that refer to one another in a cycle, so that none of them can be decided.
#[derive(Clone, Debug)]
pub struct CycleError {
    place: String,
    names: Vec<String>,
}

impl CycleError {
    pub(crate) fn new(place: &str, names: Vec<String>) -> Self {
        Self {
            place: place.to_owned(),
            names,
        }
    }

    /// The names of the cycle, with the first repeated at the end.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl fmt::Display for CycleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.place)?;
        let cycle = self.names.join("` -> `");
        write!(
            f,
            "rules refer to one another in a cycle: `{cycle}`; change one of them"
        )
    }
}

/// A name that is given twice.
#[derive(Clone, Debug)]
pub struct DuplicateError {
    place: String,
    name: String,
    first: String,
    last_counts: bool,
}

impl DuplicateError {
    pub(crate) fn new(place: &str, name: &str, first: &str) -> Self {
        Self {
            place: place.to_owned(),
            name: name.to_owned(),
            first: first.to_owned(),
            last_counts: false,
        }
    }

    /// Adds that oslo.policy accepts this and takes the last one.
    #[cfg(feature = "file")]
    pub(crate) fn last_counts(mut self) -> Self {
        self.last_counts = true;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the name was defined first.
    pub fn first(&self) -> &str {
        &self.first
    }
}

impl fmt::Display for DuplicateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.place)?;
        write!(f, "`{}` is already defined", self.name)?;
        if !self.first.is_empty() {
            write!(f, " at {}", self.first)?;
        }
        f.write_str(", remove one of them")?;
        f.write_str(match self.last_counts {
            true => " (oslo.policy takes the last)",
            false => "",
        })
    }
}

/// A file that cannot be read.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    #[cfg(feature = "file")]
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        Self {
            path: path.to_owned(),
            source,
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "policy file `{}` cannot be read, correct the path or its permissions",
            self.path.display()
        )
    }
}

/// Policy files that changed between the two readings of a reload: they may be incomplete.
#[derive(Clone, Debug)]
pub struct UnsettledError {
    place: String,
}

impl UnsettledError {
    pub(crate) fn new(place: impl Into<String>) -> Self {
        Self {
            place: place.into(),
        }
    }
}

impl fmt::Display for UnsettledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` changed while it was being read, reload again when it is written completely",
            self.place
        )
    }
}

/// A rule that cannot be parsed, or not be evaluated by any decision.
#[derive(Clone, Debug)]
pub struct RuleError {
    place: String,
    name: String,
    problem: String,
}

impl RuleError {
    pub(crate) fn new(place: &str, name: &str, problem: impl fmt::Display) -> Self {
        Self {
            place: place.to_owned(),
            name: name.to_owned(),
            problem: problem.to_string(),
        }
    }

    /// The name of the rule.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.place)?;
        write!(f, "rule `{}`: {}", self.name, self.problem)
    }
}

/// A document of the wrong shape, or none that can be read.
#[derive(Clone, Debug)]
pub struct ShapeError {
    place: String,
    problem: String,
}

impl ShapeError {
    #[cfg(any(feature = "file", feature = "json"))]
    pub(crate) fn new(place: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self {
            place: place.to_string(),
            problem: problem.to_string(),
        }
    }

    /// What is wrong and what was expected.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// A `rule:` check of an undefined rule.
#[derive(Clone, Debug)]
pub struct UndefinedError {
    place: String,
    name: String,
    reference: String,
    hint: String,
}

impl UndefinedError {
    pub(crate) fn new(place: &str, name: &str, reference: &str, known: &[&str]) -> Self {
        Self {
            place: place.to_owned(),
            name: name.to_owned(),
            reference: reference.to_owned(),
            hint: match hint(reference, known) {
                none if none.is_empty() => "; define it or correct the name".to_owned(),
                hint => hint,
            },
        }
    }

    /// The name of the rule that contains the check.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The undefined name.
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl fmt::Display for UndefinedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            name,
            reference,
            hint,
        } = self;
        write_place(f, place)?;
        write!(
            f,
            "rule `{name}` refers to `{reference}`, which is not defined{hint}"
        )
    }
}

/// Writes the position before a message. Rules from code have none.
fn write_place(f: &mut fmt::Formatter<'_>, place: &str) -> fmt::Result {
    if place.is_empty() {
        Ok(())
    } else {
        write!(f, "{place}: ")
    }
}
