//! Values of JSON as credentials and targets.

use std::cell::Cell;

use crate::oslo::Exception;
use crate::value::credentials::{Credentials, RoleSet};
use crate::value::target::PolicyTarget;
use crate::value::{AttrValue, Map, Value};

/// A JSON value.
pub(super) enum Document {
    Bool(bool),
    Float(f64),
    /// A whole number that is too large for [`Document::Int`], as it is written.
    Huge(String),
    Int(i128),
    List(Vec<Document>),
    Map(Vec<(String, Document)>),
    Null,
    Text(String),
}

impl Document {
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

impl AttrValue for Document {
    fn attr_value(&self) -> Value<'_> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Int(value) => Value::Int(*value),
            Self::List(items) => Value::List(items),
            Self::Map(_) => Value::Map(self),
            Self::Null => Value::Null,
            Self::Huge(text) | Self::Text(text) => Value::Str(text),
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
pub(super) struct Creds<'a> {
    document: &'a Document,
    roles: RoleSet,
    fault: Option<Exception>,
    asked: Cell<bool>,
}

impl<'a> Creds<'a> {
    pub(super) fn new(document: &'a Document) -> Result<Self, Exception> {
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
                Exception::new("AttributeError", "only a string has the attribute `lower`")
            })
        }
        Document::Text(text) => Ok(RoleSet::new(text.chars())),
        Document::Map(members) => Ok(RoleSet::new(members.iter().map(|(name, _)| name.as_str()))),
        other => Err(Exception::not_iterable(other.attr_value())),
    }
}

impl Credentials for Creds<'_> {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        self.document.member(name).map(AttrValue::attr_value)
    }

    fn roles(&self) -> &RoleSet {
        self.asked.set(true);
        &self.roles
    }
}
