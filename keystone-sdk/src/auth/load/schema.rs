//! The options of plugins as JSON Schema.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use super::PluginLoader;
use crate::auth::PluginOption;
use crate::auth::options::ValueKind;

impl PluginLoader {
    /// The JSON Schema of a mapping that holds the plugin's options, such as `auth` in a
    /// `clouds.yaml`: names with their older ones, types, defaults, which of them are secret
    /// (`writeOnly`) and which cannot be left out.
    ///
    /// ```
    /// use keystone_sdk::auth::v3::Totp;
    ///
    /// let schema = Totp::loader().schema();
    /// let passcode = schema.pointer("/properties/passcode").unwrap();
    /// assert_eq!(passcode["writeOnly"], true);
    /// ```
    pub fn schema(&self) -> Schema {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for option in self.options() {
            for alias in option.aliases {
                let mut value = property(option);
                value.insert("deprecated".to_owned(), true.into());
                properties.insert((*alias).to_owned(), value.into());
            }
            properties.insert(option.name.to_owned(), property(option).into());
            if option.required {
                required.push(presence(option));
            }
        }
        let mut schema = json_schema!({
            "title": self.name(),
            "description": self.help(),
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        if !required.is_empty() {
            schema.insert("allOf".to_owned(), required.into());
        }
        schema
    }
}

/// What a value has to be. Files may write any value as a text.
fn property(option: &PluginOption) -> Map<String, Value> {
    let types = match option.kind {
        ValueKind::Flag => json!(["boolean", "string"]),
        ValueKind::Number => json!(["integer", "string"]),
        ValueKind::Text if option.secret => json!(["string", "integer"]),
        ValueKind::Text => json!("string"),
        ValueKind::Json => Value::Null,
    };
    let mut property = Map::new();
    let entries = [
        ("type", types),
        ("description", option.help.into()),
        ("default", option.default.into()),
    ];
    for (key, value) in entries {
        if !value.is_null() {
            property.insert(key.to_owned(), value);
        }
    }
    if option.secret {
        property.insert("writeOnly".to_owned(), true.into());
    }
    property
}

/// That a required option is there, by one of its names.
fn presence(option: &PluginOption) -> Value {
    let names = option.names().map(|name| json!({ "required": [name] }));
    json!({ "anyOf": names.collect::<Vec<_>>() })
}
