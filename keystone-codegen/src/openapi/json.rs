//! An OpenAPI document as JSON, for services that carry it.

use keystone_document::{Node, Scalar};
use serde_json::{Map, Number, Value};

use super::write::{WriteOptions, write};
use crate::Error;
use crate::error::EmitError;
use crate::model::Api;

/// As [`write()`], in JSON on one line.
///
/// # Errors
///
/// As [`write()`].
pub fn write_json(api: &Api, options: &WriteOptions) -> Result<String, Error> {
    let text = write(api, options)?;
    let document = keystone_document::read("the OpenAPI document", &text)
        .map_err(|fault| EmitError::new(fault.to_string()))?;
    Ok(value(&document).to_string())
}

fn value(node: &Node) -> Value {
    if let Some(entries) = node.mapping() {
        let members = entries
            .iter()
            .map(|entry| (entry.name().to_owned(), value(&entry.value)));
        return Value::Object(members.collect::<Map<_, _>>());
    }
    if let Some(items) = node.sequence() {
        return Value::Array(items.iter().map(value).collect());
    }
    match node.scalar() {
        Some(Scalar::Bool(value)) => Value::Bool(value),
        Some(Scalar::Int(number)) => i64::try_from(number).map_or(Value::Null, Value::from),
        Some(Scalar::Float(number)) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        Some(Scalar::Text(text) | Scalar::Timestamp(text)) => Value::String(text.to_owned()),
        _ => Value::Null,
    }
}
