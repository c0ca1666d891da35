//! JSON as Python reads it: members in order, whole numbers of any size, the last of two equal keys.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::credentials::{Credentials, RoleSet};
use crate::target::PolicyTarget;
use crate::upstream::Exception;
use crate::value::{AttrValue, Map, Value};

/// How deep a document may be nested.
const MAX_DEPTH: usize = 100;

/// The members of an object, each as the text that stands for it.
pub(super) struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("the line is no JSON object: {error}"))
    }

    /// The JSON of a member.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        // The last of several counts.
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.get())
    }

    pub(super) fn optional(&self, name: &str) -> Result<Option<Document>, String> {
        self.raw(name).map(Document::read).transpose()
    }

    pub(super) fn document(&self, name: &str) -> Result<Document, String> {
        self.optional(name)?
            .ok_or_else(|| format!("`{name}` is missing"))
    }

    /// A text; none where it is absent or null.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        match self.optional(name)? {
            None | Some(Document::Null) => Ok(None),
            Some(Document::Text(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{name}` must be a text")),
        }
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.optional(name)? {
            None | Some(Document::Null) => Ok(default),
            Some(Document::Bool(flag)) => Ok(flag),
            Some(_) => Err(format!("`{name}` must be true or false")),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// A JSON value.
pub(super) enum Document {
    Bool(bool),
    Float(f64),
    Int(i128),
    List(Vec<Document>),
    Map(Vec<(String, Document)>),
    Null,
    Text(String),
}

impl Document {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        Self::read_at(text, 0)
    }

    fn read_at(text: &str, depth: usize) -> Result<Self, String> {
        if depth > MAX_DEPTH {
            return Err(format!("the line is nested deeper than {MAX_DEPTH}"));
        }
        let wrong = |error: serde_json::Error| format!("`{text}` cannot be read: {error}");
        match text.bytes().next() {
            Some(b'n') => Ok(Self::Null),
            Some(b't') => Ok(Self::Bool(true)),
            Some(b'f') => Ok(Self::Bool(false)),
            Some(b'"') => serde_json::from_str(text).map(Self::Text).map_err(wrong),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
                let items = items
                    .iter()
                    .map(|item| Self::read_at(item.get(), depth + 1));
                items.collect::<Result<_, _>>().map(Self::List)
            }
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(text).map_err(wrong)?;
                Self::read_members(&members, depth).map(Self::Map)
            }
            _ => Ok(number(text)),
        }
    }

    fn read_members(members: &Members<'_>, depth: usize) -> Result<Vec<(String, Self)>, String> {
        let mut read: Vec<(String, Self)> = Vec::new();
        for (name, value) in &members.0 {
            let value = Self::read_at(value.get(), depth + 1)?;
            match read.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = value,
                None => read.push((name.clone(), value)),
            }
        }
        Ok(read)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A member of an object.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => {
                let found = members.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

/// A number as Python has it. A whole one that is too large for us keeps its text.
fn number(text: &str) -> Document {
    if text.contains(['.', 'e', 'E']) {
        return Document::Float(text.parse().unwrap_or(f64::NAN));
    }
    match text.parse() {
        Ok(number) => Document::Int(number),
        Err(_) => Document::Text(text.to_owned()),
    }
}

impl AttrValue for Document {
    fn attr_value(&self) -> Value<'_> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Int(value) => Value::Int(*value),
            Self::List(items) => Value::List(items),
            Self::Map(_) => Value::Map(self),
            Self::Null => Value::Null,
            Self::Text(text) => Value::Str(text),
        }
    }
}

impl Map for Document {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.member(name).map(AttrValue::attr_value)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        if let Self::Map(members) = self {
            for (name, value) in members {
                visit(name, value.attr_value());
            }
        }
    }
}

impl PolicyTarget for Document {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        self.member(name).map(AttrValue::attr_value)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        Map::each(self, visit);
    }
}

/// An object as credentials.
pub(super) struct Creds {
    document: Document,
    roles: RoleSet,
    fault: Option<Exception>,
    asked: Cell<bool>,
}

impl Creds {
    pub(super) fn new(document: Document) -> Result<Self, Exception> {
        let Document::Map(_) = document else {
            return Err(Exception::invalid_context(document.attr_value()));
        };
        let roles = document.member("roles");
        let (roles, fault) = match roles.map_or_else(|| Ok(RoleSet::default()), role_set) {
            Ok(roles) => (roles, None),
            Err(fault) => (RoleSet::default(), Some(fault)),
        };
        Ok(Self {
            document,
            roles,
            fault,
            asked: Cell::new(false),
        })
    }

    /// What Python raised at the first check of a role, if a decision came so far.
    pub(super) fn fault(self) -> Option<Exception> {
        self.fault.filter(|_| self.asked.get())
    }
}

/// The roles as Python iterates over them: the items of a list, the characters of a text, the keys
/// of an object.
fn role_set(roles: &Document) -> Result<RoleSet, Exception> {
    match roles {
        Document::List(items) => {
            let names: Option<Vec<&str>> = items.iter().map(Document::as_text).collect();
            names.map(RoleSet::new).ok_or_else(|| {
                Exception::new("AttributeError", "only a text has an attribute `lower`")
            })
        }
        Document::Text(text) => Ok(RoleSet::new(text.chars())),
        Document::Map(members) => Ok(RoleSet::new(members.iter().map(|(name, _)| name.as_str()))),
        other => Err(Exception::not_iterable(other.attr_value())),
    }
}

impl Credentials for Creds {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        self.document.member(name).map(AttrValue::attr_value)
    }

    fn roles(&self) -> &RoleSet {
        self.asked.set(true);
        &self.roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        Document::read(json)
            .unwrap()
            .attr_value()
            .text()
            .into_owned()
    }

    #[test]
    fn documents_have_the_texts_that_python_gives_them() {
        assert_eq!(
            text(r#"{"b": 1, "a": [1.0, null, true, "x"], "b": 2}"#),
            "{'b': 2, 'a': [1.0, None, True, 'x']}"
        );
        assert_eq!(
            text("100000000000000000000000000000000000000000"),
            "100000000000000000000000000000000000000000"
        );
        assert_eq!(text("0.1"), "0.1");
        assert_eq!(text("1e22"), "1e+22");
        assert_eq!(text("-0"), "0");
    }

    #[test]
    fn deep_nesting_is_refused_without_a_crash() {
        assert!(Document::read(&"[".repeat(100_000)).is_err());
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(Document::read(&deep).is_err());
    }
}
