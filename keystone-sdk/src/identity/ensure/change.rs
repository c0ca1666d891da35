//! How what is there differs from what is wanted.

use std::fmt;

use serde_json::{Map, Value};

use super::kind::Kind;
use crate::Error;
use crate::error::ConfigurationError;

/// What was done for a thing to be as it should.
#[expect(
    clippy::exhaustive_enums,
    reason = "there is nothing else that can be done"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Ensured<T> {
    /// It was not there and was made.
    Created(T),
    /// It was there and was changed.
    Updated(T, Vec<Change>),
    /// It was there as it should be.
    Unchanged(T),
}

impl<T> Ensured<T> {
    /// The thing as it is now.
    pub fn get(&self) -> &T {
        match self {
            Self::Created(thing) | Self::Updated(thing, _) | Self::Unchanged(thing) => thing,
        }
    }

    /// The thing as it is now.
    pub fn into_inner(self) -> T {
        match self {
            Self::Created(thing) | Self::Updated(thing, _) | Self::Unchanged(thing) => thing,
        }
    }

    /// Whether anything was done.
    pub fn is_changed(&self) -> bool {
        !matches!(self, Self::Unchanged(_))
    }
}

/// How a thing stands to what is wanted.
#[expect(clippy::exhaustive_enums, reason = "there is nothing else that can be")]
#[derive(Clone, Debug, PartialEq)]
pub enum Standing<T> {
    /// It is not there.
    Absent,
    /// It is there and differs.
    Differs(T, Vec<Change>),
    /// It is there as it should be.
    Same(T),
}

/// An attribute with the value it has and the one it should have. `Debug` shows only its name:
/// nobody has said whether the value is a secret.
#[derive(Clone, PartialEq)]
pub struct Change {
    attribute: String,
    before: Value,
    after: Value,
}

impl Change {
    /// The name of the attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The value that is there; null where there is none.
    pub fn before(&self) -> &Value {
        &self.before
    }

    /// The value that is wanted.
    pub fn after(&self) -> &Value {
        &self.after
    }

    pub(super) fn pair(&self) -> (String, Value) {
        (self.attribute.clone(), self.after.clone())
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Change").field(&self.attribute).finish()
    }
}

/// The attributes that are wanted otherwise than they are found.
pub(super) fn between<T: Kind>(
    wanted: &Map<String, Value>,
    found: &T,
) -> Result<Vec<Change>, Error> {
    let found = super::object(found)?;
    let differs = |(name, after): (&String, &Value)| {
        let before = found.get(name).cloned().unwrap_or_default();
        // Only chosen when a domain is made; the response has it as `id`.
        let comparable = name != "explicit_domain_id";
        (comparable && !is_met(name, after, &before)).then(|| Change {
            attribute: name.clone(),
            before,
            after: after.clone(),
        })
    };
    Ok(wanted.iter().filter_map(differs).collect())
}

fn is_met(name: &str, wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        // Options that nobody asks about stay, and null takes one away.
        (Value::Object(wanted), Value::Object(found)) if name == "options" => wanted
            .iter()
            .all(|(name, value)| *value == found.get(name).cloned().unwrap_or_default()),
        (Value::Object(wanted), Value::Null) if name == "options" => {
            wanted.values().all(Value::is_null)
        }
        // Tags are a set.
        (Value::Array(wanted), Value::Array(found)) if name == "tags" => {
            wanted.len() == found.len() && wanted.iter().all(|tag| found.contains(tag))
        }
        (wanted, found) => wanted == found,
    }
}

/// Attributes that belong to a thing from its beginning.
const FIXED: &[&str] = &["domain_id", "id", "is_domain", "parent_id"];

/// Refuses a change that Keystone does not make.
pub(super) fn check<T: Kind>(wanted: &Map<String, Value>, changes: &[Change]) -> Result<(), Error> {
    let fixed = |change: &&Change| FIXED.contains(&change.attribute.as_str());
    let Some(change) = changes.iter().find(fixed) else {
        return Ok(());
    };
    let name = wanted
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Change {
        attribute,
        before,
        after,
    } = change;
    Err(ConfigurationError::new(format!(
        "the {} `{name}` is there with {attribute} {before}, not {after}, and that cannot be changed",
        T::KEY
    ))
    .remedy("choose another name, or delete what is there")
    .into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn options_are_compared_one_by_one_and_tags_as_a_set() {
        let met = |name, wanted: Value, found: Value| is_met(name, &wanted, &found);
        assert!(met(
            "options",
            json!({"a": 1, "c": null}),
            json!({"a": 1, "b": 2})
        ));
        assert!(!met("options", json!({"a": 1}), json!({"a": 2})));
        assert!(!met("options", json!({"a": 1}), json!(null)));
        assert!(met("tags", json!(["x", "y"]), json!(["y", "x"])));
        assert!(!met("tags", json!(["x"]), json!(["y", "x"])));
        assert!(met("description", json!(null), json!(null)));
        assert!(!met("description", json!(null), json!("")));
    }

    #[test]
    fn debug_shows_no_value() {
        let change = Change {
            attribute: "pin".to_owned(),
            before: json!("canary"),
            after: json!("canary"),
        };
        assert_eq!(format!("{change:?}"), "Change(\"pin\")");
    }
}
