//! Why a comparison fails, with the differences in groups.

use std::fmt;

use super::CodeDocument;
use super::difference::{Difference, NOTHING, Part};
use super::locate::Locator;

/// A code-first service is not as a file describes it, or the file cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SpecError {
    /// The document of the handlers is wrong.
    Document(String),
    /// They differ.
    #[non_exhaustive]
    Drift {
        /// The files.
        files: String,
        /// What contradicts itself in the handlers.
        problems: Vec<String>,
        /// The differences.
        differences: Vec<Difference>,
    },
    /// A file cannot be found, read or understood.
    File(String),
}

impl SpecError {
    pub(super) fn drift(
        files: &[&str],
        document: CodeDocument,
        mut differences: Vec<Difference>,
        locator: &Locator<'_>,
    ) -> Self {
        for difference in &mut differences {
            difference.place = locator.place(difference);
            let route = (difference.method.clone(), difference.path.clone());
            let missing = difference.part == Part::Operation && difference.code == NOTHING;
            if missing && document.routes.contains(&route) {
                difference.code = "a handler without `#[operation]`".to_owned();
            }
        }
        let files: Vec<String> = files.iter().map(|file| format!("`{file}`")).collect();
        Self::Drift {
            files: files.join(", "),
            problems: document.problems,
            differences,
        }
    }

    /// The differences.
    pub fn differences(&self) -> &[Difference] {
        match self {
            Self::Drift { differences, .. } => differences,
            Self::Document(_) | Self::File(_) => &[],
        }
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(problems) => {
                write!(f, "the handlers cannot be described:\n{problems}")
            }
            Self::File(problems) => f.write_str(problems),
            Self::Drift {
                files,
                problems,
                differences,
            } => {
                for problem in problems {
                    writeln!(f, "{problem}")?;
                }
                if differences.is_empty() {
                    return Ok(());
                }
                let places = match differences.len() {
                    1 => "in one place".to_owned(),
                    count => format!("in {count} places"),
                };
                writeln!(f, "the handlers differ from {files} {places}:")?;
                grouped(differences)
                    .iter()
                    .try_for_each(|group| write_group(f, group))
            }
        }
    }
}

impl std::error::Error for SpecError {}

/// Several operations have one attribute: it is told once.
fn grouped(differences: &[Difference]) -> Vec<Vec<&Difference>> {
    let mut groups: Vec<Vec<&Difference>> = Vec::new();
    for one in differences {
        let same = |group: &&mut Vec<&Difference>| {
            group
                .first()
                .is_some_and(|first| first.is_about_the_same(one))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn write_group(f: &mut fmt::Formatter<'_>, group: &[&Difference]) -> fmt::Result {
    writeln!(f)?;
    for one in group {
        writeln!(f, "{} {}{}", one.method, one.path, one.part)?;
    }
    match group.first() {
        Some(one) => one.write_sides(f),
        None => Ok(()),
    }
}
