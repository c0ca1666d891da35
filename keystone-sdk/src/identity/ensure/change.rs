//! Differences between an existing resource and the requested one.

use std::fmt;

use serde_json::{Map, Value};

use super::kind::Kind;
use crate::Error;
use crate::error::ConfigurationError;

/// The result of ensuring a resource.
#[expect(
    clippy::exhaustive_enums,
    reason = "there is nothing else that can be done"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Ensured<T> {
    /// It did not exist and was created.
    Created(T),
    /// It existed and was updated.
    Updated(T, Vec<Change>),
    /// It existed and already matched.
    Unchanged(T),
}

impl<T> Ensured<T> {
    /// The resource as it is now.
    pub fn get(&self) -> &T {
        match self {
            Self::Created(thing) | Self::Updated(thing, _) | Self::Unchanged(thing) => thing,
        }
    }

    /// The resource as it is now.
    pub fn into_inner(self) -> T {
        match self {
            Self::Created(thing) | Self::Updated(thing, _) | Self::Unchanged(thing) => thing,
        }
    }

    /// Whether the resource was created or updated.
    pub fn is_changed(&self) -> bool {
        !matches!(self, Self::Unchanged(_))
    }
}

/// How an existing resource compares with the requested one.
#[expect(clippy::exhaustive_enums, reason = "there is nothing else that can be")]
#[derive(Clone, Debug, PartialEq)]
pub enum Standing<T> {
    /// It does not exist.
    Absent,
    /// It exists and differs.
    Differs(T, Vec<Change>),
    /// It exists and matches.
    Same(T),
}

/// An attribute that differs, with its current and its requested value. `Debug` shows only the
/// name, because a value may be a secret.
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

    /// The current value; null if there is none.
    pub fn before(&self) -> &Value {
        &self.before
    }

    /// The requested value.
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

/// The attributes that differ.
pub(super) fn between<T: Kind>(
    wanted: &Map<String, Value>,
    found: &T,
) -> Result<Vec<Change>, Error> {
    let found = super::object(found)?;
    let differs = |(name, after): (&String, &Value)| {
        let before = found.get(name).cloned().unwrap_or_default();
        // Only set when a domain is created; the response has it as `id`.
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
        // Options that are not requested stay, and null removes one.
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

/// Attributes that cannot change after creation.
const FIXED: &[&str] = &["domain_id", "id", "is_domain", "parent_id"];

/// Refuses a change that Keystone does not support.
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
        "the {} `{name}` exists with {attribute} {before} instead of {after}, and Keystone cannot change that",
        T::KEY
    ))
    .remedy("choose another name, or delete it first")
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
