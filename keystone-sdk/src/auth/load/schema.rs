//! The options of plugins as JSON Schema.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use super::{Make, PluginLoader};
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
        let (mut required, mut by_any_name) = (Vec::new(), Vec::new());
        for option in self.options() {
            for alias in option.aliases {
                let mut value = property(option);
                value.insert("deprecated".to_owned(), true.into());
                properties.insert((*alias).to_owned(), value.into());
            }
            properties.insert(option.name.to_owned(), property(option).into());
            match (option.required, option.aliases) {
                (true, []) => required.push(option.name),
                (true, _) => by_any_name.push(presence(option)),
                (false, _) => {}
            }
        }
        let mut schema = json_schema!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name(),
            "description": self.help(),
            "type": "object",
            "properties": properties,
            "required": required,
            // Those of the plugins that it is made of, which an option names.
            "additionalProperties": !matches!(self.make, Make::Plugin(_)),
        });
        if !by_any_name.is_empty() {
            schema.insert("allOf".to_owned(), by_any_name.into());
        }
        schema
    }
}

/// What a value has to be. Files may write any value as a text.
fn property(option: &PluginOption) -> Map<String, Value> {
    let types = match option.kind {
        ValueKind::Flag => json!(["boolean", "string"]),
        ValueKind::Number => json!(["integer", "string"]),
        ValueKind::Seconds => json!(["number", "string"]),
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

/// That a required option is there, by its name or an older one.
fn presence(option: &PluginOption) -> Value {
    let names = option.names().map(|name| json!({ "required": [name] }));
    json!({ "anyOf": names.collect::<Vec<_>>() })
}
