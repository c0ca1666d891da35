//! Paths and their parameters.

use super::Type;

/// A path below the version's segment, or below the root of the service.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Path {
    /// Whether it does not begin with the segment of the version.
    pub at_root: bool,
    /// Its segments; none for the version itself, or the root.
    pub segments: Vec<Segment>,
    /// Whether it ends with a slash.
    pub slash: bool,
}

/// A segment of a path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Segment {
    /// Fixed text.
    Literal(String),
    /// A parameter in braces.
    Parameter(PathParameter),
    /// Parameters with text before, between or after them: `{base}...{head}`.
    Mixed(Vec<Self>),
}

/// A parameter in a path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PathParameter {
    /// The name in braces.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// The resource whose id it is; none for other types.
    pub id_of: Option<String>,
    /// Its type, if it is not an id.
    pub ty: Type,
}

impl PathParameter {
    /// A parameter with the same name in Rust: an id, or a text.
    pub fn new(name: &str, id_of: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            rust_name: name.to_owned(),
            id_of,
            ty: Type::Text,
        }
    }
}

impl Path {
    /// The parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &PathParameter> {
        let segments = self.segments.iter();
        let parts = segments.flat_map(|segment| match segment {
            Segment::Mixed(parts) => parts.as_slice(),
            segment => std::slice::from_ref(segment),
        });
        parts.filter_map(|segment| match segment {
            Segment::Parameter(parameter) => Some(parameter),
            Segment::Literal(_) | Segment::Mixed(_) => None,
        })
    }

    /// The template, as documents have it: `users/{user_id}`.
    pub fn template(&self) -> String {
        let segments: Vec<String> = self.segments.iter().map(Segment::template).collect();
        let slash = if self.slash { "/" } else { "" };
        format!("{}{slash}", segments.join("/"))
    }
}

impl Path {
    /// The template without the names of parameters: paths that are equal in it are one path.
    pub(crate) fn nameless(&self) -> String {
        let mut text = if self.at_root { "/" } else { "" }.to_owned();
        for segment in &self.segments {
            segment.add_nameless(&mut text);
            text.push('/');
        }
        text
    }
}

impl Segment {
    fn add_nameless(&self, text: &mut String) {
        match self {
            Self::Literal(literal) => text.push_str(literal),
            Self::Mixed(parts) => parts.iter().for_each(|part| part.add_nameless(text)),
            Self::Parameter(_) => text.push_str("{}"),
        }
    }

    fn template(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Mixed(parts) => parts.iter().map(Self::template).collect(),
            Self::Parameter(parameter) => format!("{{{}}}", parameter.name),
        }
    }
}
