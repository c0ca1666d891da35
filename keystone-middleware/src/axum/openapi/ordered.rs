//! JSON in an order for readers: the required properties of an object come first, as its type declares
//! them. The constructors of clients take them in this order.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A value with its schemas in this order.
pub(super) struct Ordered<'a>(pub(super) &'a Value);

/// A mapping whose first keys are these.
struct First<'a> {
    keys: &'a Map<String, Value>,
    first: Vec<&'a str>,
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            Value::Object(keys) => object(keys, serializer),
            value => value.serialize(serializer),
        }
    }
}

pub(super) fn object<S: Serializer>(
    keys: &Map<String, Value>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let required = keys.get("required").and_then(Value::as_array);
    let first: Vec<&str> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut map = serializer.serialize_map(Some(keys.len()))?;
    for (key, value) in keys {
        match value {
            Value::Object(keys) if key == "properties" && !first.is_empty() => {
                let first = first.clone();
                map.serialize_entry(key, &First { keys, first })?;
            }
            value => map.serialize_entry(key, &Ordered(value))?,
        }
    }
    map.end()
}

impl Serialize for First<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { keys, first } = self;
        let front = first.iter().filter_map(|name| keys.get_key_value(*name));
        let rest = keys
            .iter()
            .filter(|(name, _)| !first.contains(&name.as_str()));
        serializer.collect_map(
            front
                .chain(rest)
                .map(|(name, value)| (name, Ordered(value))),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn required_properties_come_first_in_their_order() {
        let schema = json!({
            "properties": {"a": {}, "b": {}, "c": [{"x": 1}]},
            "required": ["c", "b"],
        });
        assert_eq!(
            serde_json::to_string(&Ordered(&schema)).unwrap(),
            r#"{"properties":{"c":[{"x":1}],"b":{},"a":{}},"required":["c","b"]}"#
        );
    }
}
