//! Errors of reading descriptions and generating code.

use std::fmt;
use std::path::PathBuf;

use crate::text::{short, visible};

/// An error of this crate.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// `build.rs` was not run by cargo, or a path cannot be passed to it.
    Build(BuildError),
    /// No valid Rust can be generated from the description.
    Emit(EmitError),
    /// A file cannot be read or written.
    Io(IoError),
    /// The description is wrong at one or several places.
    Spec(SpecError),
    /// Files differ from what the generator writes.
    Stale(StaleError),
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            Self::Build(_) | Self::Emit(_) | Self::Spec(_) | Self::Stale(_) => None,
        }
    }
}

macro_rules! variants {
    ($($variant:ident($error:ident)),*) => {
        impl fmt::Display for Error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(error) => error.fmt(f),)*
                }
            }
        }

        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

variants!(
    Build(BuildError),
    Emit(EmitError),
    Io(IoError),
    Spec(SpecError),
    Stale(StaleError)
);

macro_rules! messages {
    ($($(#[$doc:meta])* $error:ident;)*) => {
        $($(#[$doc])*
        #[derive(Debug)]
        pub struct $error(String);

        impl $error {
            pub(crate) fn new(message: impl Into<String>) -> Self {
                Self(short(&message.into()))
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::error::Error for $error {})*
    };
}

messages! {
    /// [`Build`](crate::Build) cannot work as a build script.
    BuildError;
    /// No valid Rust can be generated from the description.
    EmitError;
}

/// A file cannot be read or written.
#[derive(Debug)]
pub struct IoError {
    path: PathBuf,
    doing: &'static str,
    source: std::io::Error,
}

impl IoError {
    pub(crate) fn new(
        path: impl Into<PathBuf>,
        doing: &'static str,
        source: std::io::Error,
    ) -> Self {
        Self {
            path: path.into(),
            doing,
            source,
        }
    }

    /// The file.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

impl fmt::Display for IoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        write!(f, "cannot {} `{}`", self.doing, visible(&path))
    }
}

impl std::error::Error for IoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// A description is wrong at one or several places.
#[derive(Debug)]
pub struct SpecError(Vec<Problem>);

/// One place where a description is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// `file:line:column`.
    pub place: String,
    /// The same as a JSON pointer, `#/paths/~1users/get`; empty in a resource spec.
    pub pointer: String,
    /// What is wrong there, and how to correct it.
    pub message: String,
}

impl SpecError {
    /// Messages quote documents, so each is made one line here.
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        let shown = |problem: Problem| Problem {
            place: short(&problem.place),
            pointer: short(&problem.pointer),
            message: short(&problem.message),
        };
        Self(problems.into_iter().map(shown).collect())
    }

    /// All problems, in the order of the files.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}: ", problem.place)?;
            if !problem.pointer.is_empty() {
                write!(f, "at `{}`: ", problem.pointer)?;
            }
            f.write_str(&problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecError {}

/// Files differ from what the generator writes.
#[derive(Debug)]
pub struct StaleError {
    paths: Vec<PathBuf>,
}

impl StaleError {
    pub(crate) fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths }
    }

    /// The files: edited by hand, missing, or no longer generated.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

impl fmt::Display for StaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<String> = self
            .paths
            .iter()
            .map(|path| format!("`{}`", visible(&path.display().to_string())))
            .collect();
        write!(
            f,
            "{} not what the description generates; generate again and commit the result",
            match paths.as_slice() {
                [one] => format!("{one} is"),
                many => format!("{} are", many.join(", ")),
            }
        )
    }
}

impl std::error::Error for StaleError {}
