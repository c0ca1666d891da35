//! `keystone policy schema`: the JSON Schema of a service's policy file, for editors.

use serde_json::{Value, json};

/// The schema.
pub(super) fn document() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policies of a service",
        "description": "The rules and policies that a service declares; its operators may override them.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "service": {
                "description": "The resource specs or OpenAPI documents that describe the API, each with the policies of its operations: paths relative to this file.",
                "anyOf": [
                    {"$ref": "#/$defs/path"},
                    {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/path"}},
                ],
            },
            "rules": {
                "description": "Rules that policies refer to as `rule:name`.",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/check"},
            },
            "policies": {
                "description": "The policies that the service asks for, by their names, such as `proxy:create`.",
                "type": "object",
                "additionalProperties": {
                    "anyOf": [{"$ref": "#/$defs/check"}, {"$ref": "#/$defs/policy"}],
                },
            },
        },
        "$defs": {
            "check": check(),
            "path": {"type": "string", "minLength": 1},
            "policy": policy(),
            "deprecated": deprecated(),
            "removal": removal(),
        },
    })
}

fn check() -> Value {
    json!({
        "description": "A rule, such as `role:admin or user_id:%(owner_id)s`. The empty text allows everybody, `!` nobody. A list of lists is the old form: one of the inner lists must hold in full.",
        "anyOf": [
            {"type": "string"},
            {
                "type": "array",
                "items": {
                    "anyOf": [
                        {"type": "string"},
                        {"type": "array", "items": {"type": "string"}},
                    ],
                },
            },
        ],
    })
}

fn policy() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["check"],
        "not": {"required": ["internal", "operations"]},
        "properties": {
            "check": {"$ref": "#/$defs/check"},
            "description": {"description": "What it is about, for operators.", "type": "string"},
            "scope_types": {
                "description": "The token scopes it is meant for; any, if not given. Unscoped tokens count as project.",
                "type": "array",
                "uniqueItems": true,
                "items": {"enum": ["domain", "project", "system"]},
            },
            "operations": {
                "description": "The requests it guards, unless `service` says where they are described.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["method", "path"],
                    "properties": {
                        "method": {"description": "The HTTP method.", "type": "string"},
                        "path": {"description": "The path, with `{name}` for what varies.", "type": "string"},
                    },
                },
            },
            "internal": {
                "description": "Whether no operation of the API enforces it: the service asks for it elsewhere.",
                "type": "boolean",
            },
            "deprecated": {"$ref": "#/$defs/deprecated"},
            "deprecated_for_removal": {"$ref": "#/$defs/removal"},
        },
    })
}

fn removal() -> Value {
    json!({
        "description": "Says that the policy is to be removed without another in its place.",
        "type": "object",
        "additionalProperties": false,
        "required": ["reason", "since"],
        "properties": {
            "reason": {"description": "Why it is to be removed.", "type": "string"},
            "since": {"description": "The release that announced it.", "type": "string"},
        },
    })
}

fn deprecated() -> Value {
    json!({
        "description": "The policy that this one replaced. An override of its name still counts until this one is overridden.",
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "check", "reason", "since"],
        "properties": {
            "name": {"description": "Its name, which may be the same.", "type": "string"},
            "check": {"$ref": "#/$defs/check"},
            "reason": {"description": "Why it was replaced.", "type": "string"},
            "since": {"description": "The release that replaced it.", "type": "string"},
        },
    })
}

#[cfg(test)]
mod tests {
    use keystone_policy::sources::file::read_policies;

    use super::*;

    /// A document that gives `keys` at the place that `wrap` leads to, with values that fit.
    fn accepted(keys: &[&str], wrap: impl Fn(&str) -> String) -> bool {
        let value = |key: &str| match key {
            "scope_types" => json!(["project"]),
            "operations" => json!([{"method": "GET", "path": "/"}]),
            "internal" => json!(true),
            "rules" => json!({"a": "@"}),
            "policies" => json!({"a:b": "@"}),
            "deprecated_for_removal" => json!({"reason": "r", "since": "s"}),
            "deprecated" => json!({"name": "o", "check": "!", "reason": "r", "since": "s"}),
            _ => json!("@"),
        };
        let pairs: serde_json::Map<String, Value> = keys
            .iter()
            .map(|key| ((*key).to_owned(), value(key)))
            .collect();
        read_policies("p.yaml", &wrap(&Value::Object(pairs).to_string())).is_ok()
    }

    /// Holds an object of the schema against what the reader takes: all its properties, none else,
    /// and not without those that are required.
    fn agrees(object: &Value, wrap: impl Fn(&str) -> String) {
        agrees_without(object, "", wrap);
    }

    /// As [`agrees`], for documents without this key, which excludes another one.
    fn agrees_without(object: &Value, key: &str, wrap: impl Fn(&str) -> String) {
        assert_eq!(object["additionalProperties"], false);
        let properties = object["properties"].as_object().unwrap();
        let keys = properties.keys().map(String::as_str);
        let keys: Vec<&str> = keys.filter(|one| *one != key).collect();
        assert!(accepted(&keys, &wrap), "{keys:?}");
        let mut more = keys.clone();
        more.push("surplus");
        assert!(!accepted(&more, &wrap), "{more:?}");
        let required: Vec<&str> = object["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for key in &keys {
            let less: Vec<&str> = keys.iter().copied().filter(|other| other != key).collect();
            assert_eq!(
                accepted(&less, &wrap),
                !required.contains(key),
                "without {key}"
            );
        }
    }

    #[test]
    fn the_schema_says_what_the_reader_takes() {
        let schema = document();
        agrees(&schema, str::to_owned);
        let policy = |body: &str| format!("{{\"policies\": {{\"a:b\": {body}}}}}");
        let both = &schema["$defs"]["policy"]["not"]["required"];
        for key in both.as_array().unwrap() {
            agrees_without(&schema["$defs"]["policy"], key.as_str().unwrap(), policy);
        }
        assert!(!accepted(&["check", "internal", "operations"], policy));
        agrees(&schema["$defs"]["deprecated"], |body| {
            format!("{{\"policies\": {{\"a:b\": {{\"check\": \"@\", \"deprecated\": {body}}}}}}}")
        });
        let operation = &schema["$defs"]["policy"]["properties"]["operations"]["items"];
        agrees(operation, |body| {
            format!("{{\"policies\": {{\"a:b\": {{\"check\": \"@\", \"operations\": [{body}]}}}}}}")
        });
    }

    #[test]
    fn the_checked_in_schema_is_up_to_date() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../specs/schemas/policies.schema.json"
        );
        let kept = std::fs::read_to_string(path).unwrap();
        let now = format!("{:#}\n", document());
        assert!(
            kept == now,
            "write it anew: keystone policy schema > specs/schemas/policies.schema.json"
        );
    }
}
