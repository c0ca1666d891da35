//! Types as JSON Schemas.

use std::collections::BTreeSet;

use super::WriteOptions;
use super::names::{LINKS, of_type, reference, rust_name};
use super::served::Served;
use crate::Error;
use crate::emit::docs::{sentence, with_article};
use crate::emit::scope::sent;
use crate::error::EmitError;
use crate::model::{Api, Definition, Field, Presence, Record, Resource, Shape, Type, Union};
use keystone_document::{Content, Entry, Mapping as Map, Node};

/// How the types of an API become schemas.
pub(super) struct Schemas<'a> {
    api: &'a Api,
    closed: bool,
    /// Whether the document is the service's own.
    served: bool,
    sent: BTreeSet<&'a str>,
}

/// Whether a value is part of requests or responses.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Direction {
    /// Enumerations may have further values.
    Response,
    /// Enumerations have the described values only.
    Request,
}

/// Whether a field is part of a body.
type PresenceOf = fn(&Field) -> Option<Presence>;

/// A structure as it becomes one schema.
struct Object<'a> {
    doc: String,
    fields: &'a [Field],
    presence: PresenceOf,
    direction: Direction,
    open: bool,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(api: &'a Api, options: &WriteOptions) -> Self {
        Self {
            api,
            closed: options.closed,
            served: options.served,
            sent: sent(api),
        }
    }

    /// What a service's own document has beside the described API, if it is one.
    pub(super) fn served(&self) -> Option<Served<'a>> {
        self.served.then(|| Served::new(self.api))
    }

    /// A name and a schema for every structure that the API describes.
    pub(super) fn all(&self) -> Result<Map, Error> {
        let mut all: Vec<Entry> = Vec::new();
        for resource in self.api.resources() {
            all.extend(self.of_resource(resource));
            for record in &resource.records {
                all.extend(Map::new().with(record.name.as_str(), self.record(record)));
            }
        }
        for definition in self.api.types() {
            all.extend(self.definition(definition));
        }
        all.sort_by(|a, b| a.name().cmp(b.name()));
        for (one, next) in all.iter().zip(all.iter().skip(1)) {
            let name = one.name();
            if name == next.name() {
                let message = format!("two types would be named `{name}`; rename one of them");
                return Err(EmitError::new(message).into());
            }
        }
        Ok(all.into_iter().collect())
    }

    /// A type that belongs to no resource.
    fn definition(&self, definition: &Definition) -> Map {
        let (name, doc, schema) = match definition {
            Definition::Enumeration(one) => {
                let words: Vec<String> = one.words.iter().map(|(_, word)| word.clone()).collect();
                (&one.name, &one.doc, self.words(&words, Direction::Response))
            }
            // Ids are written where they stand.
            Definition::Identifier(_) => return Map::new(),
            Definition::Record(one) => return Map::new().with(&one.name, self.record(one)),
            Definition::Union(one) => (&one.name, &one.doc, self.union(one)),
        };
        let doc = Some(doc).filter(|doc| !doc.is_empty());
        Map::new().with(
            name,
            schema.with_some("description", doc.map(|doc| sentence(doc))),
        )
    }

    fn union(&self, union: &Union) -> Map {
        let variants = union.variants.iter();
        let variants: Vec<Map> = variants
            .map(|one| self.ty(&one.ty, Direction::Response))
            .collect();
        let Some(tag) = &union.tag else {
            return Map::new().with("anyOf", variants);
        };
        let mut mapping = Map::new();
        for variant in &union.variants {
            let target = match &variant.ty {
                Type::Record(name) => name,
                _ => continue,
            };
            for value in &variant.tags {
                mapping.push(value, format!("#/components/schemas/{target}"));
            }
        }
        let discriminator = Map::new()
            .with("propertyName", tag)
            .with("mapping", mapping);
        Map::new()
            .with("oneOf", variants)
            .with("discriminator", discriminator)
    }

    fn of_resource(&self, resource: &Resource) -> Map {
        let name = resource.type_name();
        let one = with_article(&resource.name);
        let mut schemas = Map::new();
        let object = |doc: String, presence: PresenceOf, direction| Object {
            doc,
            fields: &resource.fields,
            presence,
            direction,
            open: resource.open,
        };
        if resource.has_entity() {
            let object = object(sentence(&resource.doc), Field::seen, Direction::Response);
            schemas.push(&name, self.object(&object));
        }
        if resource.has(|shape| matches!(shape, Shape::Create { .. })) {
            let doc = format!("The attributes of {one} to be created.");
            let object = object(doc, |field| field.create, Direction::Request);
            schemas.push(format!("{name}Create"), self.object(&object));
        }
        if resource.has(|shape| matches!(shape, Shape::Update)) {
            let doc = format!("The attributes to change in {one}.");
            let object = object(doc, |field| field.update, Direction::Request);
            schemas.push(format!("{name}Update"), self.object(&object));
        }
        schemas
    }

    pub(super) fn record(&self, record: &Record) -> Map {
        self.object(&Object {
            doc: sentence(&record.doc),
            fields: &record.fields,
            presence: |field| field.create,
            direction: match self.sent.contains(record.name.as_str()) {
                true => Direction::Request,
                false => Direction::Response,
            },
            open: record.open,
        })
    }

    fn object(&self, object: &Object<'_>) -> Map {
        let mut required = Vec::new();
        let mut properties = Map::new();
        for field in object.fields {
            let Some(presence) = (object.presence)(field) else {
                continue;
            };
            if presence == Presence::Always {
                required.push(field.name.as_str());
            }
            properties.push(&field.name, self.field(field, presence, object.direction));
        }
        let doc = Some(object.doc.as_str()).filter(|doc| doc.len() > 1);
        let mut schema = Map::new()
            .with("type", "object")
            .with_some("description", doc);
        if !required.is_empty() {
            schema.push("required", required);
        }
        if !properties.is_empty() {
            schema.push("properties", properties);
        }
        self.close(schema, object.open, object.direction)
    }

    /// Allows or forbids attributes that are not described.
    fn close(&self, schema: Map, open: bool, direction: Direction) -> Map {
        let closed = self.closed || self.served && direction == Direction::Request;
        match (open, closed) {
            (true, _) => schema.with("additionalProperties", true),
            (false, true) => schema.with("additionalProperties", false),
            (false, false) => schema,
        }
    }

    /// An object with one key, or the value itself if the key is empty.
    pub(super) fn keyed(&self, key: &str, value: Map, direction: Direction) -> Map {
        match key {
            "" => value,
            key => self.requiring(key, Map::new().with(key, value), direction),
        }
    }

    /// An object with these properties, one of which is required.
    pub(super) fn requiring(&self, key: &str, properties: Map, direction: Direction) -> Map {
        let object = of_type("object")
            .with("required", vec![key])
            .with("properties", properties);
        self.close(object, false, direction)
    }

    /// Optional attributes may be null in responses: some services send null for absent ones.
    fn field(&self, field: &Field, presence: Presence, direction: Direction) -> Map {
        let mut schema = self.ty(&field.ty, direction);
        if field.nullable || (direction == Direction::Response && presence == Presence::Maybe) {
            schema = or_null(schema);
        }
        if !field.doc.is_empty() {
            schema.push("description", sentence(&field.doc));
        }
        if field.once && direction == Direction::Response {
            schema.push("x-openstack-once", true);
        }
        if field.limited
            && direction == Direction::Response
            && field.response == Some(Presence::Always)
        {
            schema.push("x-openstack-always", true);
        }
        let policies = field.policy.as_ref().map(|policy| vec![policy]);
        schema
            .with_some("x-openstack-name", rust_name(&field.name, &field.rust_name))
            .with_some("x-openstack-policies", policies)
            .with_some("x-openstack-since", field.since.as_ref())
            .with_some("x-openstack-until", field.until.as_ref())
    }

    /// The schema of a type.
    pub(super) fn ty(&self, ty: &Type, direction: Direction) -> Map {
        let text = || of_type("string");
        let schema = match ty {
            Type::Bool => of_type("boolean"),
            Type::Boxed(inner) => self.ty(inner, direction),
            Type::Bytes => text(),
            Type::Nullable(inner) => or_null(self.ty(inner, direction)),
            Type::Enum(words) => self.words(words, direction),
            Type::Int => of_type("integer"),
            Type::Number => of_type("number"),
            Type::Json | Type::SecretJson => Map::new(),
            Type::Links => reference("schemas", LINKS),
            Type::List(item) => of_type("array").with("items", self.ty(item, direction)),
            Type::LocalTime => text().with("pattern", LOCAL_TIME),
            Type::Map(item) if **item == Type::Json => of_type("object"),
            Type::Map(item) => {
                of_type("object").with("additionalProperties", self.ty(item, direction))
            }
            Type::Record(name) => reference("schemas", name),
            Type::Secret => text().with("format", "password"),
            Type::Time => text().with("format", "date-time"),
            Type::Id(_) | Type::Text | Type::Url => text(),
        };
        schema.with_some("x-openstack-type", openstack_type(ty))
    }

    fn words(&self, words: &[String], direction: Direction) -> Map {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match direction == Direction::Request || self.closed {
            true => of_type("string").with("enum", words),
            false => of_type("string").with("x-extensible-enum", words),
        }
    }
}

/// No zone and no fraction, or one.
const LOCAL_TIME: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$";

/// The type in the words of resource specs, where a schema says less.
fn openstack_type(ty: &Type) -> Option<String> {
    match ty {
        Type::Id(of) => Some(format!("id of {of}")),
        Type::LocalTime => Some("time without zone".to_owned()),
        Type::SecretJson => Some("secret json".to_owned()),
        Type::Url => Some("url".to_owned()),
        _ => None,
    }
}

/// The same, or null.
fn or_null(mut schema: Map) -> Map {
    if let Some(Content::Sequence(words)) = schema.get_mut("enum").map(|node| &mut node.value) {
        words.push(Node::null());
    }
    if let Some(ty) = schema.get_mut("type") {
        *ty = Node::from(vec![ty.clone(), Node::from("null")]);
    } else if schema.get_mut("$ref").is_some() {
        schema = Map::new().with("anyOf", vec![schema, of_type("null")]);
    }
    schema
}
