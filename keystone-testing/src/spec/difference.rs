//! A difference between handlers and a file, as a text for people.

use std::fmt;

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

impl Difference {
    /// Whether both are about one attribute, at one place of the file.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        self.part.attribute().is_some()
            && self.part.attribute() == other.part.attribute()
            && (&self.code, &self.file, &self.place) == (&other.code, &other.file, &other.place)
    }

    pub(super) fn write_sides(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
