//! The runtime of generated server code.
//!
//! The code of `keystone codegen server` uses these functions with `#[serde(deserialize_with =
//! "..")]`. Nothing here depends on axum.

use serde::{Deserialize, Deserializer};

/// An attribute that may be absent, but not null.
///
/// # Errors
///
/// Those of the deserialiser; null is one unless the type takes it.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A flag of a query: true if present, unless its value is `0` or `false`.
///
/// # Errors
///
/// Those of the deserialiser.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = String::deserialize(deserializer)?;
    Ok(value != "0" && !value.eq_ignore_ascii_case("false"))
}

/// A comma-separated list in a query.
///
/// # Errors
///
/// Those of the deserialiser.
pub fn csv<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = String::deserialize(deserializer)?;
    let words = value.split(',').filter(|word| !word.is_empty());
    Ok(words.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[derive(Deserialize)]
    struct Input {
        #[serde(default, deserialize_with = "present")]
        count: Option<u8>,
        #[serde(default, deserialize_with = "flag")]
        deep: bool,
        #[serde(default, deserialize_with = "csv")]
        words: Vec<String>,
    }

    #[test]
    fn absent_is_no_null() {
        let input: Input = from_value(json!({})).unwrap();
        assert_eq!((input.count, input.deep), (None, false));
        assert!(input.words.is_empty());
        assert!(from_value::<Input>(json!({"count": null})).is_err());
        let input: Input = from_value(json!({"count": 3})).unwrap();
        assert_eq!(input.count, Some(3));
    }

    #[test]
    fn a_flag_is_set_by_being_there() {
        for (value, set) in [
            ("", true),
            ("true", true),
            ("1", true),
            ("0", false),
            ("False", false),
        ] {
            let input: Input = from_value(json!({"deep": value})).unwrap();
            assert_eq!(input.deep, set, "{value}");
        }
    }

    #[test]
    fn words_are_separated_by_commas() {
        let input: Input = from_value(json!({"words": "a,,b"})).unwrap();
        assert_eq!(input.words, ["a", "b"]);
    }
}
