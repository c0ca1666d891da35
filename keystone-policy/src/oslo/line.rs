//! A line of JSON.

use crate::oslo::document::Document;
use crate::oslo::reader::Reader;

/// A line: the members of an object, as far as it could be read.
pub(super) struct Line<'a> {
    /// The id as it is written.
    pub(super) id: Option<&'a str>,
    members: Vec<(String, Document)>,
    /// Why the rest could not be read.
    problem: Option<String>,
}

impl<'a> Line<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let mut line = Self {
            id: None,
            members: Vec::new(),
            problem: None,
        };
        let mut reader = Reader::new(text);
        let read = reader.object(&mut |name, value, raw| {
            if name == "id" {
                line.id = Some(raw);
            }
            line.members.push((name, value));
        });
        line.problem = read.and_then(|()| reader.end()).err();
        line
    }

    /// The problem, if the line is not a JSON object.
    pub(super) fn checked(self) -> Result<Self, String> {
        match self.problem {
            None => Ok(self),
            Some(problem) => Err(format!("the line is not a JSON object: {problem}")),
        }
    }

    pub(super) fn optional(&self, name: &str) -> Option<&Document> {
        // The last of several counts.
        let found = self.members.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    pub(super) fn document(&self, name: &str) -> Result<&Document, String> {
        self.optional(name)
            .ok_or_else(|| format!("`{name}` is missing"))
    }

    /// An object.
    pub(super) fn object(&self, name: &str) -> Result<&[(String, Document)], String> {
        match self.document(name)? {
            Document::Map(members) => Ok(members),
            _ => Err(format!("`{name}` must be an object")),
        }
    }

    /// A text; none where it is absent or null.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.optional(name) {
            None | Some(Document::Null) => Ok(None),
            Some(Document::Text(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{name}` must be a string")),
        }
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.optional(name) {
            None | Some(Document::Null) => Ok(default),
            Some(Document::Bool(flag)) => Ok(*flag),
            Some(_) => Err(format!("`{name}` must be true or false")),
        }
    }
}
