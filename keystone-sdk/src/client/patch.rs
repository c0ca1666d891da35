//! The three states of an attribute in a request: left alone, null, a value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A nullable attribute in a request.
///
/// OpenStack services distinguish `{"description": null}` from `{}`, which an `Option` cannot
/// express. A field of this type needs `#[serde(default, skip_serializing_if = "Patch::is_keep")]`.
///
/// ```
/// use keystone_sdk::client::Patch;
///
/// #[derive(serde::Deserialize)]
/// struct Change {
///     #[serde(default)]
///     note: Patch<String>,
/// }
///
/// let change: Change = serde_json::from_str(r#"{"note": null}"#)?;
/// assert_eq!(change.note.apply(Some("old".to_owned())), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "JSON has no fourth state, and callers must handle all three"
)]
pub enum Patch<T> {
    /// The attribute is absent: it stays as it is.
    #[default]
    Keep,
    /// The attribute becomes null.
    Null,
    /// The attribute becomes this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the attribute is absent.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The value after the change, given the `current` one.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Null => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Null => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Null, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Change {
        #[serde(default, skip_serializing_if = "Patch::is_keep")]
        note: Patch<String>,
    }

    #[test]
    fn the_three_states_survive_the_way_through_json() {
        for (note, body) in [
            (Patch::Keep, json!({})),
            (Patch::Null, json!({"note": null})),
            (Patch::Set("x".to_owned()), json!({"note": "x"})),
        ] {
            let change = Change { note };
            assert_eq!(serde_json::to_value(&change).unwrap(), body);
            assert_eq!(serde_json::from_value::<Change>(body).unwrap(), change);
        }
    }
}
