//! JSON documents as credentials and targets.

use std::fmt;

use serde_json::Value as Json;

use crate::credentials::{Credentials, RoleSet};
use crate::target::{HasAttr, PolicyTarget};
use crate::value::{AttrValue, Map, Value};

impl AttrValue for Json {
    fn attr_value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => match number.as_i128() {
                Some(value) => Value::Int(value),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Self::String(text) => Value::Str(text),
            Self::Array(items) => Value::List(items),
            Self::Object(map) => Value::Map(map),
        }
    }
}

impl Map for serde_json::Map<String, Json> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.get(name).map(AttrValue::attr_value)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        for (name, value) in self {
            visit(name, value.attr_value());
        }
    }
}

/// An object is a flat target; anything else has no attributes.
impl PolicyTarget for Json {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        self.get(name).map(AttrValue::attr_value)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        each_member(self, visit);
    }
}

fn each_member(document: &Json, visit: &mut dyn FnMut(&str, Value<'_>)) {
    if let Some(members) = document.as_object() {
        Map::each(members, visit);
    }
}

// What a document holds is known at run time only: it counts as having every attribute.
impl<const HASH: u64> HasAttr<HASH> for Json {}

/// Credentials in a JSON object, with the names of the roles as a list under `roles`.
#[derive(Clone)]
pub struct JsonCredentials {
    document: Json,
    roles: RoleSet,
}

impl JsonCredentials {
    /// Takes the credentials from `document`. What is no text among the roles is left out, so
    /// that a rule such as `not role:x` can hold: check documents from elsewhere first.
    pub fn new(document: Json) -> Self {
        let names = document
            .get("roles")
            .and_then(Json::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let roles = RoleSet::new(names.iter().filter_map(Json::as_str));
        Self { document, roles }
    }
}

impl Credentials for JsonCredentials {
    fn attr(&self, name: &str) -> Option<Value<'_>> {
        self.document.get(name).map(AttrValue::attr_value)
    }

    fn roles(&self) -> &RoleSet {
        &self.roles
    }

    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        each_member(&self.document, visit);
    }
}

impl fmt::Debug for JsonCredentials {
    /// The roles only: the document may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonCredentials")
            .field("roles", &self.roles.names())
            .finish_non_exhaustive()
    }
}
