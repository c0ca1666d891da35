//! The types of options.

use std::time::Duration;

use serde_json::Value;

use super::ValueKind;
use crate::SecretString;

/// A type for fields of an `#[auth_method]` struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of an authentication method",
    note = "use `String`, `SecretString`, `bool`, an integer, `Duration`, `serde_json::Value` or an `Option` of these, or implement `FieldValue`"
)]
pub trait FieldValue: Sized {
    /// The kind of value.
    const KIND: ValueKind = ValueKind::Text;

    /// The value in the token request; `None` leaves the field out.
    fn to_json(&self) -> Option<Value>;

    /// Reads the text of an option.
    ///
    /// # Errors
    ///
    /// What is expected instead, such as `a whole number`. The error must not repeat the text,
    /// which may be secret.
    fn from_text(text: &SecretString) -> Result<Self, String>;

    /// Whether this is a secret that is [blank](SecretString::is_blank).
    fn is_blank_secret(&self) -> bool {
        false
    }

    /// The value as the text of an option.
    fn to_text(&self) -> SecretString {
        match self.to_json() {
            Some(Value::String(text)) => text.into(),
            Some(value) => value.to_string().into(),
            None => SecretString::default(),
        }
    }
}

impl FieldValue for SecretString {
    fn to_json(&self) -> Option<Value> {
        Some(self.expose().into())
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        Ok(text.clone())
    }

    fn is_blank_secret(&self) -> bool {
        self.is_blank()
    }

    fn to_text(&self) -> SecretString {
        self.clone()
    }
}

impl FieldValue for String {
    fn to_json(&self) -> Option<Value> {
        Some(self.as_str().into())
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        Ok(text.expose().to_owned())
    }
}

impl FieldValue for bool {
    const KIND: ValueKind = ValueKind::Flag;

    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        truth(text.expose()).ok_or_else(|| "`true` or `false`".to_owned())
    }
}

/// A truth value as files and variables write it, in any case.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

impl FieldValue for Value {
    const KIND: ValueKind = ValueKind::Json;

    fn to_json(&self) -> Option<Value> {
        Some(self.clone())
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        serde_json::from_str(text.expose()).map_err(|_| "JSON".to_owned())
    }
}

/// In seconds.
impl FieldValue for Duration {
    const KIND: ValueKind = ValueKind::Seconds;

    fn to_json(&self) -> Option<Value> {
        Some(self.as_secs_f64().into())
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        let seconds = text.expose().trim().parse().ok();
        seconds
            .and_then(|seconds| Self::try_from_secs_f64(seconds).ok())
            .filter(|time| !time.is_zero())
            .ok_or_else(|| "a number of seconds above zero".to_owned())
    }
}

macro_rules! whole_number {
    ($($number:ty),*) => {$(
        impl FieldValue for $number {
            const KIND: ValueKind = ValueKind::Number;

            fn to_json(&self) -> Option<Value> {
                Some((*self).into())
            }

            fn from_text(text: &SecretString) -> Result<Self, String> {
                text.expose().trim().parse().map_err(|_| {
                    format!("a whole number from {} to {}", <$number>::MIN, <$number>::MAX)
                })
            }
        }
    )*};
}

whole_number!(u16, u32, u64, i32, i64);

impl<T: FieldValue> FieldValue for Option<T> {
    const KIND: ValueKind = T::KIND;

    fn to_json(&self) -> Option<Value> {
        self.as_ref().and_then(T::to_json)
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        T::from_text(text).map(Some)
    }

    fn is_blank_secret(&self) -> bool {
        self.as_ref().is_some_and(T::is_blank_secret)
    }

    fn to_text(&self) -> SecretString {
        self.as_ref().map(T::to_text).unwrap_or_default()
    }
}
