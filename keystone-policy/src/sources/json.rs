//! JSON documents as credentials and targets.

use std::fmt;

use serde_json::Value as Json;

use crate::sources::error::{Error, ShapeError};
use crate::value::credentials::{Credentials, RoleSet};
use crate::value::target::PolicyTarget;
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

/// Credentials from a JSON object, with the names of the roles as a list under `roles`.
///
/// ```
/// use keystone_policy::{JsonCredentials, Rules, parse_rule};
/// use serde_json::json;
///
/// let rules = Rules::new([("a", parse_rule("not role:guest")?)]);
/// let caller = JsonCredentials::new(json!({"user_id": "u", "roles": ["member"]}))?;
/// assert!(rules.decide("a", &caller, &()).unwrap().is_allowed());
/// // Roles that cannot be read could be any.
/// assert!(JsonCredentials::new(json!({"user_id": "u", "roles": [7]})).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JsonCredentials {
    document: Json,
    roles: RoleSet,
}

impl JsonCredentials {
    /// Credentials from `document`. Without the key `roles`, the caller has no roles.
    ///
    /// # Errors
    /// [`Error::Shape`] for a document that is not an object, and for `roles` that are not a list
    /// of strings, for which oslo.policy raises an exception when it evaluates a role check.
    pub fn new(document: Json) -> Result<Self, Error> {
        let Json::Object(members) = &document else {
            return Err(wrong("", &document, "an object"));
        };
        let roles = match members.get("roles") {
            None => RoleSet::default(),
            Some(Json::Array(names)) => read_roles(names)?,
            Some(other) => return Err(wrong(".roles", other, "a list of strings")),
        };
        Ok(Self { document, roles })
    }
}

fn read_roles(names: &[Json]) -> Result<RoleSet, Error> {
    let named = names.iter().enumerate().map(|(index, name)| {
        name.as_str()
            .ok_or_else(|| wrong(&format!(".roles[{index}]"), name, "a string"))
    });
    Ok(RoleSet::new(named.collect::<Result<Vec<_>, _>>()?))
}

/// Names the type only: the value may be a secret.
fn wrong(place: &str, found: &Json, expected: &str) -> Error {
    let problem = format!("expected {expected}, found {}", found.attr_value().kind());
    Error::Shape(ShapeError::new(format!("credentials{place}"), problem))
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
