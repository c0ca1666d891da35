//! The JSON Schema of the format, made of the reader's own tables.

use serde_json::{Map, Value, json};

use super::table::{OTHER, TOP, Table, USUAL, ValueKind};

/// The JSON Schema of resource specs, for editors.
pub fn json_schema() -> String {
    let mut schema = object(&TOP);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        schema.insert("title".to_owned(), json!("Resource spec"));
        schema.insert(
            "description".to_owned(),
            json!("Describes an OpenStack API by its resources."),
        );
    }
    format!("{schema:#}\n")
}

fn object(table: &Table) -> Value {
    let properties: Map<String, Value> = table
        .rows
        .iter()
        .map(|row| {
            let mut schema = holds(row.holds);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), json!(row.doc));
            }
            (row.key.to_owned(), schema)
        })
        .collect();
    let required: Vec<&str> = table
        .rows
        .iter()
        .filter(|row| row.required)
        .map(|row| row.key)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn holds(holds: ValueKind) -> Value {
    match holds {
        ValueKind::Bool => json!({"type": "boolean"}),
        ValueKind::Text => json!({"type": "string"}),
        ValueKind::Choice(words) => json!({"enum": words}),
        ValueKind::Status => status(),
        ValueKind::Words => words(),
        ValueKind::Lines => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ValueKind::Keyed => keyed(),
        ValueKind::Policy => policy(),
        ValueKind::One(table) => object(table),
        ValueKind::Many(table) => json!({"type": "object", "additionalProperties": object(table)}),
        ValueKind::Operations => json!({
            "type": "object",
            "additionalProperties": {"anyOf": [policy(), object(&USUAL), object(&OTHER)]},
        }),
    }
}

fn keyed() -> Value {
    json!({
        "anyOf": [
            {"type": "string", "minLength": 1},
            {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "minProperties": 1,
                "maxProperties": 1,
            },
        ],
    })
}

fn status() -> Value {
    let one = json!({"type": "integer", "minimum": 200, "maximum": 399});
    json!({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})
}

fn words() -> Value {
    let words = json!({"type": "array", "items": {"type": "string"}, "minItems": 1});
    json!({"type": "object", "additionalProperties": words, "minProperties": 1})
}

fn policy() -> Value {
    json!({
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
        ],
    })
}
