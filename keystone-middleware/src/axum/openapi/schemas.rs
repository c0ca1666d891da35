//! Types as JSON Schemas: as they are written into responses, and as they are read from requests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// Where a document has its schemas.
const HOME: &str = "#/components/schemas/";
/// Where references to types of requests lead, until it is known which differ from those of responses.
const READ: &str = "#/read/";

/// The schemas of all types that handlers name.
pub(super) struct Schemas {
    written: SchemaGenerator,
    read: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |path: &'static str| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = path.into();
                settings.meta_schema = None;
            })
        };
        Self {
            written: settings("/components/schemas")
                .for_serialize()
                .into_generator(),
            read: settings("/read").for_deserialize().into_generator(),
        }
    }

    /// The schema of a type in requests.
    pub(super) fn read<T: JsonSchema>(&mut self) -> Value {
        self.read.subschema_for::<T>().to_value()
    }

    /// The schema of a type in responses.
    pub(super) fn written<T: JsonSchema + ?Sized>(&mut self) -> Value {
        self.written.subschema_for::<T>().to_value()
    }

    /// The schema that a reference leads to; any other schema itself.
    pub(super) fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let target = schema.get("$ref").and_then(Value::as_str);
        let found = target.and_then(|target| match target.strip_prefix(READ) {
            Some(name) => self.read.definitions().get(name),
            None => self.written.definitions().get(target.strip_prefix(HOME)?),
        });
        found.unwrap_or(schema)
    }

    /// The schema of a body. An object with one key around a resource, or around many, is no type of
    /// its own: clients read what is in it.
    pub(super) fn without_name_of_envelope(&self, schema: &Value) -> Value {
        let object = self.resolved(schema);
        match is_envelope(object) {
            true => object.clone(),
            false => schema.clone(),
        }
    }

    /// All schemas by their names in the document, and the names of those of requests.
    pub(super) fn finish(mut self) -> (Map<String, Value>, BTreeMap<String, String>) {
        let mut all = self.written.take_definitions(true);
        let read = self.read.take_definitions(true);
        let differ = differing(&all, &read);
        let mut names = BTreeMap::new();
        for name in read.keys() {
            let mut own = name.clone();
            if differ.contains(name.as_str()) {
                own = format!("{name}Request");
                while all.contains_key(&own) || read.contains_key(&own) {
                    own.push('_');
                }
            }
            names.insert(name.clone(), own);
        }
        for (name, schema) in read {
            if let Some(name) = names.get(&name) {
                all.insert(name.clone(), schema);
            }
        }
        (all, names)
    }
}

/// The names of the types that requests have otherwise than responses, themselves or in what they refer to.
fn differing<'a>(written: &Map<String, Value>, read: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    let same = |name: &str, schema: &Value| {
        let mut schema = schema.clone();
        rename(&mut schema, &|name| Some(name.to_owned()));
        written.get(name).is_none_or(|known| *known == schema)
    };
    let mut differ: BTreeSet<&str> = read
        .iter()
        .filter(|(name, schema)| !same(name, schema))
        .map(|(name, _)| name.as_str())
        .collect();
    loop {
        let more: Vec<&str> = read
            .iter()
            .filter(|(name, schema)| {
                written.contains_key(*name)
                    && !differ.contains(name.as_str())
                    && refers_to(schema, &differ)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        if more.is_empty() {
            return differ;
        }
        differ.extend(more);
    }
}

fn refers_to(schema: &Value, names: &BTreeSet<&str>) -> bool {
    let mut found = false;
    let mut schema = schema.clone();
    each_reference(&mut schema, &mut |target| {
        found |= target
            .strip_prefix(READ)
            .is_some_and(|name| names.contains(name));
    });
    found
}

/// Lets references to types of requests lead to where the document has those.
pub(super) fn rename(value: &mut Value, name_of: &dyn Fn(&str) -> Option<String>) {
    each_reference(value, &mut |target| {
        if let Some(name) = target.strip_prefix(READ).and_then(name_of) {
            *target = format!("{HOME}{name}");
        }
    });
}

/// Visits the target of every `$ref`.
pub(super) fn each_reference(value: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Object(keys) => {
            for (key, value) in keys {
                match value {
                    Value::String(target) if key == "$ref" => visit(target),
                    value => each_reference(value, visit),
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| each_reference(item, visit)),
        _ => {}
    }
}

/// The name of the schema in the document that a reference leads to.
pub(super) fn name_of(target: &str) -> Option<&str> {
    target.strip_prefix(HOME)
}

/// Whether a schema is an object with one key of its own, beside links.
fn is_envelope(schema: &Value) -> bool {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return false;
    };
    let closed = schema.get("additionalProperties");
    let own = |name: &&String| {
        !matches!(name.as_str(), "links" | "next" | "truncated") && !name.ends_with("_links")
    };
    let mut own = properties.keys().filter(own);
    let structure = |name: &String| {
        let value = properties.get(name);
        value.is_some_and(|value| {
            value.get("$ref").is_some() || value.get("items").is_some_and(Value::is_object)
        })
    };
    own.next().is_some_and(structure)
        && own.next().is_none()
        && closed.is_none_or(|closed| *closed == Value::Bool(false))
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").finish_non_exhaustive()
    }
}
