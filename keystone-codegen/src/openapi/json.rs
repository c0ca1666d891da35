//! An OpenAPI document as JSON, for services that carry it.

use keystone_document::{Node, Scalar};
use serde_json::{Number, Value};

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
    let mut json = String::new();
    push(&mut json, &document);
    Ok(json)
}

/// Adds a node. Objects keep their order, in which pages show operations; serde_json would sort them.
fn push(json: &mut String, node: &Node) {
    if let Some(entries) = node.mapping() {
        json.push('{');
        for (index, entry) in entries.iter().enumerate() {
            json.push_str(if index == 0 { "" } else { "," });
            json.push_str(&Value::from(entry.name()).to_string());
            json.push(':');
            push(json, &entry.value);
        }
        json.push('}');
    } else if let Some(items) = node.sequence() {
        json.push('[');
        for (index, item) in items.iter().enumerate() {
            json.push_str(if index == 0 { "" } else { "," });
            push(json, item);
        }
        json.push(']');
    } else {
        json.push_str(&scalar(node).to_string());
    }
}

fn scalar(node: &Node) -> Value {
    match node.scalar() {
        Some(Scalar::Bool(value)) => Value::Bool(value),
        Some(Scalar::Int(number)) => i64::try_from(number).map_or(Value::Null, Value::from),
        Some(Scalar::Float(number)) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        Some(Scalar::Text(text) | Scalar::Timestamp(text)) => Value::String(text.to_owned()),
        _ => Value::Null,
    }
}
