//! How requests are read, for `#[serde(deserialize_with = "..")]` in generated code.

use std::fmt;

use serde::de::{self, Unexpected};
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

/// An attribute that must be there, and may be null.
///
/// # Errors
///
/// Those of the deserialiser; an absent attribute is one.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A boolean in a query, in the words that oslo.utils takes: `1`, `t`, `true`, `on`, `y`, `yes` and
/// their opposites, in any case.
///
/// # Errors
///
/// Those of the deserialiser; another word is one.
pub fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    boolean_word(&String::deserialize(deserializer)?)
}

fn boolean_word<E: de::Error>(word: &str) -> Result<bool, E> {
    match word.trim().to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "on" | "y" | "yes" => Ok(true),
        "0" | "f" | "false" | "off" | "n" | "no" => Ok(false),
        _ => Err(E::invalid_value(
            Unexpected::Str(word),
            &"`true` or `false`",
        )),
    }
}

/// As [`boolean`], for one that may be absent.
///
/// # Errors
///
/// As [`boolean`].
pub fn optional_boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    boolean(deserializer).map(Some)
}

/// A flag of a query: true if present without a value, else what [`boolean`] reads.
///
/// # Errors
///
/// As [`boolean`].
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let word = String::deserialize(deserializer)?;
    match word.is_empty() {
        true => Ok(true),
        false => boolean_word(&word),
    }
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

/// A word that is none of an enumeration's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownWord {
    word: String,
    words: &'static [&'static str],
}

impl UnknownWord {
    /// `word`, which is not one of `words`.
    pub fn new(word: String, words: &'static [&'static str]) -> Self {
        Self { word, words }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = keystone_sdk::printable::line(&self.word);
        write!(
            f,
            "unknown value `{word}`, expected one of `{}`",
            self.words.join("`, `")
        )
    }
}

impl std::error::Error for UnknownWord {}

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
            ("no", false),
        ] {
            let input: Input = from_value(json!({"deep": value})).unwrap();
            assert_eq!(input.deep, set, "{value}");
        }
        for value in ["null", "2", " ", "[]"] {
            assert!(from_value::<Input>(json!({"deep": value})).is_err());
        }
    }

    #[test]
    fn words_are_separated_by_commas() {
        let input: Input = from_value(json!({"words": "a,,b"})).unwrap();
        assert_eq!(input.words, ["a", "b"]);
    }
}
