//! From schemas to types: what is a structure, an enumeration or a union gets a definition.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::names;
use super::node_ref::{Address, NodeRef};
use super::own;
use super::reader::Reader;
use super::schema::{Additional, Schema, is_text, only_demands};
use crate::model::{Field, Presence, Type};

/// How deep schemas may be nested without a structure between.
const MOST_DEPTH: usize = 40;

/// How many types one document may describe.
const MOST_TYPES: usize = 50_000;

/// Whether a schema is part of requests or responses.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Direction {
    Response,
    Request,
}

/// A type, and whether null is a value.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) ty: Type,
    pub(super) nullable: bool,
}

impl Typed {
    fn of(ty: Type) -> Self {
        Self {
            ty,
            nullable: false,
        }
    }

    /// As the item of a list or a map, where no attribute can say that null is a value.
    pub(super) fn within(self) -> Type {
        match self.ty {
            // Only attributes of their own can be written without being shown.
            Type::Secret => Type::SecretJson,
            Type::Json => Type::Json,
            ty if self.nullable => Type::Nullable(Box::new(ty)),
            ty => ty,
        }
    }
}

/// A type with a name. Others refer to it by `#` and its number, until all names are known.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    pub(super) address: Address,
    pub(super) side: Direction,
    /// The preferred name.
    pub(super) preferred: String,
    /// Whether the document itself names it.
    pub(super) named: bool,
    pub(super) doc: String,
    pub(super) what: TypeShape,
    pending: Option<Schema<'a>>,
}

/// What a definition is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TypeShape {
    Enumeration(Vec<String>),
    Record {
        fields: Vec<FieldOf>,
        open: bool,
    },
    Union {
        tag: Option<String>,
        variants: Vec<VariantOf>,
    },
}

/// An attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldOf {
    pub(super) name: String,
    /// The name in Rust, if the document gives it one.
    pub(super) named: Option<String>,
    pub(super) doc: String,
    pub(super) ty: Type,
    pub(super) nullable: bool,
    pub(super) required: bool,
    pub(super) since: Option<String>,
    pub(super) until: Option<String>,
    pub(super) policy: Option<String>,
    /// Whether responses that are not limited by versions or the policy have it.
    pub(super) always: bool,
}

impl FieldOf {
    pub(super) fn field(self, rust_name: String) -> Field {
        let presence = match self.required {
            true => Presence::Always,
            false => Presence::Maybe,
        };
        Field {
            rust_name,
            name: self.name,
            doc: self.doc,
            ty: self.ty,
            nullable: self.nullable,
            response: Some(if self.always {
                Presence::Always
            } else {
                presence
            }),
            create: Some(presence),
            update: None,
            since: self.since,
            until: self.until,
            policy: self.policy,
            limited: self.always,
            once: false,
        }
    }
}

/// One of the types of a union.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct VariantOf {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) tags: Vec<String>,
}

/// All types of a description, as they are found.
#[derive(Debug, Default)]
pub(super) struct Types<'a> {
    pub(super) definitions: Vec<Definition<'a>>,
    known: BTreeMap<(Address, Direction), Typed>,
    queue: VecDeque<usize>,
    /// What is being read now, for types that lead to themselves without a structure between.
    open: Vec<(Address, Direction)>,
    /// Inline enumerations by name and words.
    enumerations: BTreeMap<(String, Vec<String>), usize>,
    /// For each schema those that have it in their `allOf`.
    pub(super) derived: BTreeMap<Address, Vec<NodeRef<'a>>>,
    /// The resources whose ids stand somewhere.
    pub(super) ids: BTreeSet<String>,
    /// Whether properties keep the order of the document.
    pub(super) ordered: bool,
}

impl<'a> Types<'a> {
    /// The type that a schema describes. `preferred` is what it would be called.
    pub(super) fn ty(
        &mut self,
        reader: &mut Reader<'a>,
        place: &NodeRef<'a>,
        preferred: &str,
        side: Direction,
    ) -> Typed {
        let Some(target) = reader.resolve(place) else {
            return Typed::of(Type::Json);
        };
        let beside = place.flag("nullable");
        let key = (target.address(), side);
        if let Some(known) = self.known.get(&key) {
            let nullable = known.nullable || beside;
            return Typed {
                nullable,
                ..known.clone()
            };
        }
        if self.open.contains(&key) {
            return Typed::of(Type::Json);
        }
        if self.open.len() >= MOST_DEPTH {
            reader.problem(place, "the schemas are nested too deeply");
            return Typed::of(Type::Json);
        }
        self.open.push(key.clone());
        let of_file = named_by_file(place, &target);
        let preferred = of_file.as_deref().unwrap_or(preferred);
        let mut typed = self.read(reader, &target, preferred, side);
        self.open.pop();
        self.known.insert(key, typed.clone());
        typed.nullable |= beside;
        typed
    }

    /// Reads what waits in the queue, and what that leads to.
    pub(super) fn finish(&mut self, reader: &mut Reader<'a>) {
        while let Some(number) = self.queue.pop_front() {
            let found = self.definitions.get_mut(number).and_then(|definition| {
                let schema = definition.pending.take()?;
                Some((schema, definition.preferred.clone(), definition.side))
            });
            let Some((schema, preferred, side)) = found else {
                continue;
            };
            let what = self.record(reader, &schema, &preferred, side);
            if let Some(definition) = self.definitions.get_mut(number) {
                definition.what = what;
            }
        }
    }

    fn read(
        &mut self,
        reader: &mut Reader<'a>,
        place: &NodeRef<'a>,
        preferred: &str,
        side: Direction,
    ) -> Typed {
        if let Some(alias) = alias(place) {
            let mut typed = self.ty(reader, &alias, &preferred_name(place, preferred), side);
            typed.nullable |= place.flag("nullable");
            return typed;
        }
        let mut schema = Schema::read(reader, place);
        let preferred = preferred_name(place, preferred);
        let mut nullable = schema.nullable;
        let ty = if let Some(ty) = type_of_extension(&schema) {
            if let Type::Id(of) = &ty {
                self.ids.insert(of.clone());
            }
            ty
        } else if !schema.values.is_empty() {
            self.enumeration(place, &schema, &preferred, side)
        } else if let Some(typed) = self.choice(reader, place, &mut schema, &preferred, side) {
            nullable |= typed.nullable;
            typed.ty
        } else {
            self.plain(reader, place, schema, &preferred, side)
        };
        Typed { ty, nullable }
    }

    fn enumeration(
        &mut self,
        place: &NodeRef<'a>,
        schema: &Schema<'a>,
        preferred: &str,
        side: Direction,
    ) -> Type {
        let text = schema.types.iter().all(|kind| kind == "string");
        if !text || !schema.values.iter().all(is_text) {
            return match schema.kind() {
                Some("boolean") => Type::Bool,
                Some("integer") => Type::Int,
                Some("number") => Type::Number,
                Some("string") => Type::Text,
                _ => Type::Json,
            };
        }
        let words = schema.values.iter().filter_map(|value| value.node.text());
        let words: Vec<String> = words.map(str::to_owned).collect();
        self.words(place, words, &schema.doc, preferred, side)
    }

    /// An enumeration; the same words at an attribute of the same name are the same type.
    pub(super) fn words(
        &mut self,
        place: &NodeRef<'a>,
        words: Vec<String>,
        doc: &str,
        preferred: &str,
        side: Direction,
    ) -> Type {
        let name = match component(place) {
            Some(name) => format!("#/{name}"),
            None => place.name(),
        };
        let key = (name, words.clone());
        if let Some(number) = self.enumerations.get(&key) {
            return numbered(*number);
        }
        let ty = self.define(place, preferred, side, doc, TypeShape::Enumeration(words));
        self.enumerations.insert(key, self.definitions.len() - 1);
        ty
    }

    /// What has no values and no choices.
    fn plain(
        &mut self,
        reader: &mut Reader<'a>,
        place: &NodeRef<'a>,
        schema: Schema<'a>,
        preferred: &str,
        side: Direction,
    ) -> Type {
        let format = schema.format.as_deref();
        match schema.kind() {
            Some("string") => match format {
                Some("date-time") => Type::Time,
                Some("password") => Type::Secret,
                Some("uri" | "url") => Type::Url,
                _ => Type::Text,
            },
            Some("boolean") => Type::Bool,
            Some("integer") => Type::Int,
            Some("number") => Type::Number,
            Some("array") => {
                let item = match &schema.items {
                    Some(items) => {
                        let one = names::singular(preferred);
                        let one = if one == preferred {
                            format!("{preferred}Item")
                        } else {
                            one
                        };
                        self.ty(reader, items, &one, side).within()
                    }
                    None => Type::Json,
                };
                Type::List(Box::new(item))
            }
            Some("object") => self.object(reader, place, schema, preferred, side),
            _ => Type::Json,
        }
    }

    fn object(
        &mut self,
        reader: &mut Reader<'a>,
        place: &NodeRef<'a>,
        schema: Schema<'a>,
        preferred: &str,
        side: Direction,
    ) -> Type {
        if !schema.properties.is_empty() {
            let doc = schema.doc.clone();
            let what = TypeShape::Record {
                fields: Vec::new(),
                open: false,
            };
            let ty = self.define(place, preferred, side, &doc, what);
            let number = self.definitions.len() - 1;
            if self.definitions.len() > MOST_TYPES {
                if self.definitions.len() == MOST_TYPES + 1 {
                    reader.problem(
                        place,
                        format!("the document describes more than {MOST_TYPES} types"),
                    );
                }
                return Type::Json;
            }
            if let Some(definition) = self.definitions.get_mut(number) {
                definition.pending = Some(schema);
            }
            self.queue.push_back(number);
            return ty;
        }
        let value = match &schema.additional {
            Additional::Of(place) => self
                .ty(reader, place, &format!("{preferred}Value"), side)
                .within(),
            _ => Type::Json,
        };
        Type::Map(Box::new(value))
    }

    /// Lets a schema that is being read be found by what it leads to.
    pub(super) fn remember(&mut self, place: &NodeRef<'a>, side: Direction, typed: Typed) {
        self.known.insert((place.address(), side), typed);
    }

    /// Makes a definition and returns the type that refers to it.
    pub(super) fn define(
        &mut self,
        place: &NodeRef<'a>,
        preferred: &str,
        side: Direction,
        doc: &str,
        what: TypeShape,
    ) -> Type {
        self.definitions.push(Definition {
            address: place.address(),
            side,
            preferred: preferred.to_owned(),
            named: component(place).is_some(),
            doc: super::description::sentence(doc),
            what,
            pending: None,
        });
        numbered(self.definitions.len() - 1)
    }

    /// Reads the attributes of a structure.
    fn record(
        &mut self,
        reader: &mut Reader<'a>,
        schema: &Schema<'a>,
        owner: &str,
        side: Direction,
    ) -> TypeShape {
        let mut fields = Vec::new();
        let mut properties: Vec<_> = schema.properties.iter().collect();
        if !self.ordered {
            properties.sort_by_key(|(name, _)| name);
        }
        for (name, place) in properties {
            let hidden = match side {
                Direction::Response => "writeOnly",
                Direction::Request => "readOnly",
            };
            let target = reader.resolve(place);
            if place.flag(hidden) || target.is_some_and(|target| target.flag(hidden)) {
                continue;
            }
            let part = names::camel(&names::words(name), "Field");
            let typed = self.ty(reader, place, &format!("{owner}{part}"), side);
            fields.push(FieldOf {
                name: name.clone(),
                named: place.text("x-openstack-name").map(str::to_owned),
                doc: field_doc(place),
                ty: typed.ty,
                nullable: typed.nullable,
                required: schema.required.contains(name),
                since: place.text("x-openstack-since").map(str::to_owned),
                until: place.text("x-openstack-until").map(str::to_owned),
                policy: own::field_policy(reader, place),
                always: place.flag("x-openstack-always"),
            });
        }
        if !self.ordered {
            // Constructors take what is required in the order in which that is listed: an
            // object's attributes have none.
            let rank = |name: &str| schema.required.iter().position(|one| one == name);
            fields.sort_by(|a, b| {
                let rank = |field: &FieldOf| rank(&field.name).unwrap_or(usize::MAX);
                rank(a).cmp(&rank(b))
            });
        }
        let open = matches!(schema.additional, Additional::Anything | Additional::Of(_));
        TypeShape::Record { fields, open }
    }
}

fn field_doc(place: &NodeRef<'_>) -> String {
    let text = place.text("description").or(place.text("title"));
    let text = super::description::sentence(text.unwrap_or_default());
    match place.flag("deprecated") {
        true => format!("Deprecated. {text}").trim_end().to_owned(),
        false => text,
    }
}

/// The other schema, if this one is no more than another name for it.
fn alias<'a>(place: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let own = [
        "properties",
        "required",
        "oneOf",
        "anyOf",
        "enum",
        "additionalProperties",
    ];
    if place.get("discriminator").is_some() || own.iter().any(|key| place.get(key).is_some()) {
        return None;
    }
    let parts = place.get("allOf")?;
    let mut parts = parts.items().filter(|part| !only_demands(part));
    parts.next().filter(|_| parts.next().is_none())
}

/// The type that the extension key gives.
fn type_of_extension(schema: &Schema<'_>) -> Option<Type> {
    Some(match schema.openstack_type.as_deref()? {
        "time without zone" => Type::LocalTime,
        "secret json" => Type::SecretJson,
        "url" => Type::Url,
        "links" => Type::Links,
        text => {
            let of = names::snake(&names::words(text.strip_prefix("id of ")?), "resource");
            Type::Id(of)
        }
    })
}

/// The preferred name of a type: that of the document, else one made of its place.
fn preferred_name(place: &NodeRef<'_>, preferred: &str) -> String {
    match component(place) {
        Some(name) => names::camel(&names::words(&name), "Type"),
        None => preferred.to_owned(),
    }
}

/// The name that the document gives to a schema.
pub(super) fn component(place: &NodeRef<'_>) -> Option<String> {
    let (parent, _) = place.pointer.rsplit_once('/')?;
    let is_home = [
        "/schemas",
        "/$defs",
        "/definitions",
        "/responses",
        "/requestBodies",
    ]
    .iter()
    .any(|home| parent.ends_with(home));
    is_home.then(|| place.name())
}

/// The name of a schema that fills a file of its own: that of the file.
fn named_by_file(place: &NodeRef<'_>, target: &NodeRef<'_>) -> Option<String> {
    let reference = place.text("$ref").filter(|_| target.pointer.is_empty())?;
    let file = reference.split('#').next()?.rsplit('/').next()?;
    let stem = file.split('.').next()?;
    Some(names::camel(&names::words(stem), "Type"))
}

/// The type that refers to a definition by its number.
pub(super) fn numbered(number: usize) -> Type {
    Type::Record(format!("#{number}"))
}

/// The number of the definition that a type refers to.
pub(super) fn number_of(name: &str) -> Option<usize> {
    name.strip_prefix('#')?.parse().ok()
}
