//! Resources as JSON objects, with unknown attributes kept as the real service keeps them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::api_error::ApiError;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// The object that a value is; empty for any other value.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// One resource, as responses show it, without `links`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Object);

impl Record {
    /// A record that has at least an `id`.
    pub(crate) fn new(id: &str, mut fields: Object) -> Self {
        fields.insert("id".into(), id.into());
        Self(fields)
    }

    pub(crate) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A string; `None` when absent, null or of another type.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.text(name) == Some(value)
    }

    /// A boolean that counts as false when absent.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    /// The strings of a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        self.items(name).filter_map(Value::as_str).collect()
    }

    /// The ids of the objects of a list.
    pub(crate) fn ids(&self, name: &str) -> Vec<&str> {
        let ids = self.items(name).map(|item| item.get("id")?.as_str());
        ids.flatten().collect()
    }

    /// The items of a list.
    pub(crate) fn items(&self, name: &str) -> impl Iterator<Item = &Value> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter().flatten()
    }

    /// One of the resource options.
    pub(crate) fn option(&self, name: &str) -> Option<&Value> {
        self.0.get("options")?.get(name)
    }

    pub(crate) fn is_immutable(&self) -> bool {
        self.option("immutable") == Some(&Value::Bool(true))
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Takes over the fields of a PATCH: null stays as null, options merge key by key.
    pub(crate) fn merge(&mut self, patch: Object) {
        for (name, value) in patch {
            match (name.as_str(), value) {
                ("options", Value::Object(options)) => self.merge_options(options),
                (_, value) => self.set(&name, value),
            }
        }
    }

    /// The attributes that the service does not know.
    pub(crate) fn extra(&self, known: &[&str]) -> Object {
        let unknown = self
            .0
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()));
        unknown
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// A domain as the projects API shows it.
    pub(crate) fn domain_as_project(&self) -> Self {
        let mut project = self.with("is_domain", true);
        project.set("domain_id", Value::Null);
        project.set("parent_id", Value::Null);
        project
    }

    /// The domain that it belongs to; empty when it belongs to none.
    pub(crate) fn domain(&self) -> &str {
        self.text("domain_id").unwrap_or_default()
    }

    /// The same without a field.
    pub(crate) fn without(&self, name: &str) -> Self {
        let mut record = self.clone();
        record.remove(name);
        record
    }

    /// The same with a field.
    pub(crate) fn with(&self, name: &str, value: impl Into<Value>) -> Self {
        let mut record = self.clone();
        record.set(name, value);
        record
    }

    /// `{id, name}`.
    pub(crate) fn named(&self) -> Value {
        json!({ "id": self.id(), "name": self.get("name") })
    }

    pub(crate) fn fields(&self) -> &Object {
        &self.0
    }

    pub(crate) fn into_fields(self) -> Object {
        self.0
    }

    fn merge_options(&mut self, changes: Object) {
        let options = self.0.entry("options").or_insert_with(|| json!({}));
        let Some(options) = options.as_object_mut() else {
            return;
        };
        for (name, value) in changes {
            if value.is_null() {
                options.remove(&name);
            } else {
                options.insert(name, value);
            }
        }
    }
}

/// The resources of one kind, in the order of their ids.
#[derive(Debug)]
pub(crate) struct Table {
    kind: &'static str,
    rows: BTreeMap<String, Record>,
}

impl Table {
    pub(crate) fn of(kind: &'static str) -> Self {
        Self {
            kind,
            rows: BTreeMap::new(),
        }
    }

    /// What a resource of the table is called.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// The resource, or a 404 that names it.
    pub(crate) fn get(&self, id: &str) -> Result<&Record, ApiError> {
        self.lookup(id)
            .ok_or_else(|| ApiError::missing(self.kind, id))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Result<&mut Record, ApiError> {
        self.rows
            .get_mut(id)
            .ok_or_else(|| ApiError::missing(self.kind, id))
    }

    pub(crate) fn lookup(&self, id: &str) -> Option<&Record> {
        self.rows.get(id)
    }

    pub(crate) fn find(&self, matches: impl Fn(&Record) -> bool) -> Option<&Record> {
        self.rows.values().find(|record| matches(record))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.rows.values()
    }

    /// Adds or replaces.
    pub(crate) fn put(&mut self, record: Record) {
        self.rows.insert(record.id().to_owned(), record);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<Record, ApiError> {
        self.rows
            .remove(id)
            .ok_or_else(|| ApiError::missing(self.kind, id))
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&Record) -> bool) {
        self.rows.retain(|_, record| keep(record));
    }
}
