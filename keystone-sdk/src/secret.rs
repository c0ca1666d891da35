//! Secrets: passwords, tokens, passcodes, application credential secrets.

use std::fmt;

use http::HeaderValue;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use zeroize::Zeroizing;

/// A secret text: redacted in `Debug`, never serialised, wiped from memory when dropped.
///
/// There is no `PartialEq`, `Display` or `Serialize` on purpose; [`expose`](SecretString::expose)
/// gives access to the text.
///
/// ```
/// use keystone_sdk::SecretString;
///
/// let password = SecretString::from("s3cr3t");
/// assert_eq!(format!("{password:?}"), "SecretString(***)");
/// assert_eq!(password.expose(), "s3cr3t");
/// ```
#[derive(Clone, Default)]
pub struct SecretString(Zeroizing<String>);

impl SecretString {
    /// Takes ownership of a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text in clear. Never write it to a log, an error or a cache.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A header value that is marked sensitive; nothing if the text has characters that no header can
    /// carry.
    pub(crate) fn to_header(&self) -> Option<HeaderValue> {
        let mut header = HeaderValue::from_str(self.expose()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the text is empty or only white space, as in a variable or a file that somebody
    /// forgot to fill. No plugin sends such a secret.
    ///
    /// ```
    /// use keystone_sdk::SecretString;
    ///
    /// assert!(SecretString::from(" \t\u{a0}\n").is_blank());
    /// assert!(!SecretString::from(" s3cr3t ").is_blank());
    /// ```
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for SecretString {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Reads strings only. serde's own error for a wrong type repeats the value; this one names only
/// the type.
impl<'de> Deserialize<'de> for SecretString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = SecretString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretString, E> {
                Ok(SecretString::new(text))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<SecretString, E> {
                Ok(SecretString::new(text))
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<SecretString, E> {
                Err(E::custom("expected a secret as text, found a boolean"))
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretString, E> {
                Err(E::custom("expected a secret as text, found a number"))
            }

            fn visit_u64<E: de::Error>(self, _: u64) -> Result<SecretString, E> {
                Err(E::custom("expected a secret as text, found a number"))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretString, E> {
                Err(E::custom("expected a secret as text, found a number"))
            }
        }

        deserializer.deserialize_any(Text)
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretString(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_text() {
        let secret = SecretString::from("canary");
        assert!(!format!("{secret:?} {:?}", Some(&secret)).contains("canary"));
    }

    #[test]
    fn a_secret_written_as_a_number_is_refused_without_repeating_it() {
        let error = serde_json::from_str::<SecretString>("123456")
            .unwrap_err()
            .to_string();
        assert!(!error.contains("123456"), "{error}");
        assert!(error.contains("found a number"), "{error}");
    }
}
