//! Whether the types know everything that a response says, and lose nothing of it.

use std::cmp::Reverse;

use keystone_sdk::auth::AccessInfo;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::tape::Exchange;

/// What became of a response: written again, and the type's own description of itself.
pub struct Typed {
    written: Value,
    schema: Option<Schema>,
}

impl Typed {
    pub fn of<T: Serialize + JsonSchema>(response: &T) -> Self {
        Self {
            written: serde_json::to_value(response).unwrap(),
            schema: Some(schema_for!(T)),
        }
    }

    /// A token's body has no schema, but says itself what it does not know.
    pub fn token(access: &AccessInfo) -> Self {
        assert!(access.extra.is_empty(), "unknown: {:?}", access.extra);
        Self {
            written: serde_json::to_value(&**access).unwrap(),
            schema: None,
        }
    }

    /// What is wrong with the responses that this was made of.
    pub fn faults(&self, exchanges: &[Exchange]) -> Vec<String> {
        let bodies: Vec<&Value> = exchanges.iter().filter_map(|e| e.response.json()).collect();
        let [body] = bodies.as_slice() else {
            // A check, or a form.
            return Vec::new();
        };
        if self.written.is_null() || self.written.is_boolean() {
            return Vec::new();
        }
        let Some((raw, mut faults)) = self.best(body) else {
            return vec![format!("nothing of {body} was read")];
        };
        if let Some(schema) = &self.schema {
            let schema = schema.as_value();
            unknown(schema, schema, raw, "", &mut faults);
        }
        faults
    }

    /// The part of the body that was read, without its envelope, and what it lost.
    fn best<'a>(&self, body: &'a Value) -> Option<(&'a Value, Vec<String>)> {
        let inner = body.as_object().into_iter().flat_map(Map::values);
        let parts = inner.chain([body]);
        let parts = parts.filter(|part| same_kind(part, &self.written));
        let parts = parts.map(|part| (part, lost(part, &self.written)));
        parts.min_by_key(|(part, lost)| (lost.len(), Reverse(part.to_string().len())))
    }
}

fn same_kind(left: &Value, right: &Value) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}

/// The places of a response that are not found again in what was written. Null may be left out, and
/// secrets are not written.
pub fn lost(raw: &Value, written: &Value) -> Vec<String> {
    let mut lost = Vec::new();
    compare(raw, written, String::new(), &mut lost);
    lost
}

const SECRETS: [&str; 5] = [
    "access_token",
    "blob",
    "oauth_token_secret",
    "oauth_verifier",
    "secret",
];

fn compare(raw: &Value, written: &Value, place: String, lost: &mut Vec<String>) {
    match (raw, written) {
        (Value::Object(raw), Value::Object(written)) => {
            for (key, value) in raw.iter().filter(|(_, value)| !value.is_null()) {
                let place = format!("{place}.{key}");
                match written.get(key) {
                    Some(written) => compare(value, written, place, lost),
                    None if value.is_string() && SECRETS.contains(&key.as_str()) => {}
                    None => lost.push(format!("{place} is lost")),
                }
            }
        }
        (Value::Array(raw), Value::Array(written)) if raw.len() == written.len() => {
            for (index, (value, written)) in raw.iter().zip(written).enumerate() {
                compare(value, written, format!("{place}[{index}]"), lost);
            }
        }
        // Times lose a fraction of zeros.
        (Value::String(raw), Value::String(written)) if raw.replace(".000000", "") == *written => {}
        (raw, written) if raw == written => {}
        _ => lost.push(format!("{place} has changed")),
    }
}

/// The attribute that cases make up, and the one under which Keystone repeats such.
const EXTRA: [&str; 2] = ["colour", "extra"];
/// Within an application credential or a trust, roles have the type that requests name them by; the
/// rest of what is told of them is kept, but not described.
const ROLE: [&str; 3] = ["description", "links", "options"];

/// Keys of objects that the description does not name, where it names any.
fn unknown(root: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    let schema = resolved(root, schema);
    match value {
        Value::Object(members) => {
            let Some(described) = schema["properties"].as_object() else {
                return;
            };
            let within_roles = place.contains(".roles[");
            for (key, value) in members {
                let place = format!("{place}.{key}");
                match described.get(key) {
                    Some(schema) => unknown(root, schema, value, &place, faults),
                    None if EXTRA.contains(&key.as_str()) => {}
                    None if within_roles && ROLE.contains(&key.as_str()) => {}
                    None => faults.push(format!("{place} is not described")),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let place = format!("{place}[{index}]");
                unknown(root, &schema["items"], item, &place, faults);
            }
        }
        _ => {}
    }
}

/// The schema behind references, and of alternatives the one that is not null.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return resolved(root, root.pointer(pointer).unwrap());
    }
    match schema["anyOf"].as_array() {
        Some(ways) => {
            let way = ways.iter().find(|way| way["type"] != "null");
            resolved(root, way.unwrap_or(&Value::Null))
        }
        None => schema,
    }
}
