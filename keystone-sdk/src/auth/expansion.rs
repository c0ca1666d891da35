//! The runtime of `#[auth_method]` and `#[auth_plugin]`. It may change in any release.

use std::fmt;

use super::{
    AuthRequest, CacheId, FieldValue, OptionReader, Payload, PluginOption, PluginOptions, Scope,
    ValueKind,
};
use crate::{Error, SecretString};

/// A field of a method. Only this trait requires `FieldValue` of its type, and the functions below
/// use it, so that a type without it is reported once.
pub trait Field {
    /// The type of the field, without `Option`.
    type Value: FieldValue;
}

/// The kind of the field's option.
pub const fn kind<F: Field>() -> ValueKind {
    F::Value::KIND
}

/// The value as the text of an option.
pub fn to_text<F: Field>(value: &F::Value) -> SecretString {
    value.to_text()
}

/// The option of an optional field.
///
/// # Errors
///
/// As [`OptionReader::optional`].
pub fn optional<F: Field>(
    options: &OptionReader<'_>,
    option: &PluginOption,
) -> Result<Option<F::Value>, Error> {
    options.optional(option)
}

/// The option of a required field.
///
/// # Errors
///
/// As [`OptionReader::required`].
pub fn required<F: Field>(
    options: &OptionReader<'_>,
    option: &PluginOption,
) -> Result<F::Value, Error> {
    options.required(option)
}

/// Puts the value into a header, if there is one.
///
/// # Errors
///
/// As [`AuthRequest::header_field`].
pub fn header<F: Field>(
    request: &mut AuthRequest,
    name: &'static str,
    value: Option<&F::Value>,
) -> Result<(), Error> {
    value.map_or(Ok(()), |value| request.header_field(name, value))
}

/// Puts the value into the payload, if there is one.
pub fn payload<F: Field>(payload: &mut Payload, name: &str, value: Option<&F::Value>) {
    if let Some(value) = value {
        payload.field(name, value);
    }
}

/// Adds the value to the cache id, if there is one.
pub fn cache_id<F: Field>(id: &mut CacheId, key: &str, value: Option<&F::Value>) {
    if let Some(value) = value {
        id.field(key, value);
    }
}

/// Adds the scope to the cache id.
pub fn scope(id: &mut CacheId, scope: &Scope) {
    scope.cache_id(id);
}

/// A value for `Debug`: as in the token request.
pub fn shown<F: Field>(value: Option<&F::Value>) -> impl fmt::Debug {
    let value = value.and_then(FieldValue::to_json);
    fmt::from_fn(move |f| match &value {
        Some(value) => write!(f, "{value}"),
        None => f.write_str("None"),
    })
}

/// Replaces the constructor of a plugin whose struct has an error.
///
/// # Errors
///
/// It is not called.
pub fn never<T>(_: &PluginOptions) -> Result<T, Error> {
    Err(crate::error::ConfigurationError::new("the plugin has an error").into())
}
