//! The differences between handlers and a file, as a text for people.

use std::fmt;

use super::CodeDocument;
use super::locate::Locator;

/// What stands for the side that lacks it.
pub(super) const NOTHING: &str = "nothing";

/// A difference between the handlers and the file.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The method of the operation.
    pub method: String,
    /// The path of the operation.
    pub path: String,
    /// What differs.
    pub part: Part,
    /// What the handlers have.
    pub code: String,
    /// What the file has.
    pub file: String,
    /// Where the file has it, or would, as `file:line:column`.
    pub place: String,
}

/// What differs.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// An attribute of the body of the request, as `proxy.domain`; the whole body if it is empty.
    Body(String),
    /// Whether it is deprecated.
    Deprecated,
    /// The operation as a whole.
    Operation,
    /// The parameter of the path with this name in the file.
    Path(String),
    /// The policies.
    Policies,
    /// A parameter of the query.
    Query(String),
    /// An attribute of the response; the whole response if it is empty.
    Response(String),
    /// The microversion that introduced it.
    Since,
    /// The statuses of success.
    Status,
}

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

impl Difference {
    /// Whether both are about one attribute, at one place of the file.
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.part.attribute().is_some()
            && self.part.attribute() == other.part.attribute()
            && (&self.code, &self.file, &self.place) == (&other.code, &other.file, &other.place)
    }

    fn write_sides(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  the handlers: {}", self.code)?;
        writeln!(f, "  the file:     {}", self.file)?;
        writeln!(f, "  at {}", self.place)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}{}", self.method, self.path, self.part)?;
        self.write_sides(f)
    }
}

impl Part {
    /// The name of the attribute.
    fn attribute(&self) -> Option<&str> {
        match self {
            Self::Body(at) | Self::Response(at) => at.rsplit('.').next(),
            _ => None,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(attribute) if attribute.is_empty() => f.write_str(", body"),
            Self::Body(attribute) => write!(f, ", `{attribute}` of the body"),
            Self::Deprecated => f.write_str(", deprecation"),
            Self::Operation => Ok(()),
            Self::Path(name) => write!(f, ", `{name}` of the path"),
            Self::Policies => f.write_str(", policy"),
            Self::Query(name) => write!(f, ", `{name}` of the query"),
            Self::Response(attribute) if attribute.is_empty() => f.write_str(", response"),
            Self::Response(attribute) => write!(f, ", `{attribute}` of the response"),
            Self::Since => f.write_str(", microversion that introduced it"),
            Self::Status => f.write_str(", status"),
        }
    }
}
