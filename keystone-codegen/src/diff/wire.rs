//! Types as they are in JSON, whichever reader they come from.

use std::borrow::Cow;
use std::collections::HashMap;

use super::life::Span;
use crate::model::{Api, Definition, Field, Presence, Record, Resource, Type, Variant};

/// The way that a body goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Direction {
    Request,
    Response,
}

/// What a body is made of.
#[derive(Clone, Debug)]
pub(super) enum Wire<'a> {
    /// The attributes of a resource that one of its bodies has.
    Part(&'a Resource, Part),
    /// Many of them.
    Parts(&'a Resource, Part),
    /// A type.
    Type(&'a Type),
    /// A list of the type of this name.
    Items(&'a str),
    /// The type of this name.
    Named(&'a str),
}

/// What the names of types stand for.
pub(super) struct Types<'a> {
    records: HashMap<&'a str, &'a Record>,
    definitions: HashMap<&'a str, &'a Definition>,
    resources: HashMap<String, &'a Resource>,
}

/// One of the bodies of a resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Create,
    Response,
    Update,
}

/// A type without the names that it has in descriptions.
#[derive(Clone, Debug)]
pub(super) enum Node<'a> {
    Bool,
    Bytes,
    Int,
    Json,
    List(Wire<'a>),
    /// Free keys with values of a type; none for any.
    Map(Option<&'a Type>),
    Number,
    Object(Object<'a>),
    Text(Text<'a>),
    Union(&'a str, &'a Option<String>, &'a [Variant]),
}

/// What a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Text<'a> {
    Enum(Words<'a>),
    Id(&'a str),
    LocalTime,
    Plain,
    Secret,
    Time,
    Url,
}

/// The words of an enumeration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Words<'a> {
    Inline(&'a [String]),
    Named(&'a [(String, String)]),
}

/// An object with described attributes.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    /// The name of the type.
    pub(super) name: Cow<'a, str>,
    pub(super) open: bool,
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// An attribute of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) field: &'a Field,
    /// Whether it is always there, in versions that have it.
    pub(super) required: bool,
}

impl<'a> Attribute<'a> {
    pub(super) fn span(self) -> Span<'a> {
        Span::new(&self.field.since, &self.field.until)
    }
}

impl<'a> Words<'a> {
    pub(super) fn list(self) -> Vec<&'a str> {
        match self {
            Self::Inline(words) => words.iter().map(String::as_str).collect(),
            Self::Named(words) => words.iter().map(|(_, word)| word.as_str()).collect(),
        }
    }
}

impl<'a> Types<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let resources = api.resources().filter(|one| one.has_entity());
        Self {
            records: api.records().map(|one| (one.name.as_str(), one)).collect(),
            definitions: api.types().map(|one| (one.name(), one)).collect(),
            resources: resources.map(|one| (one.type_name(), one)).collect(),
        }
    }

    /// A type, and whether null is a value too.
    pub(super) fn node(&self, wire: &Wire<'a>, direction: Direction) -> (Node<'a>, bool) {
        match wire {
            Wire::Items(name) => (Node::List(Wire::Named(name)), false),
            Wire::Named(name) => (self.named(name, direction), false),
            Wire::Part(resource, part) => (Node::Object(part_of(resource, *part)), false),
            Wire::Parts(resource, part) => (Node::List(Wire::Part(resource, *part)), false),
            Wire::Type(Type::Boxed(inner)) => self.node(&Wire::Type(inner), direction),
            Wire::Type(Type::Nullable(inner)) => (self.node(&Wire::Type(inner), direction).0, true),
            Wire::Type(ty) => match self.only_variant(ty) {
                // A document's way to say that a type may be null too.
                Some(only) => self.node(&Wire::Type(only), direction),
                None => (self.plain(ty, direction), false),
            },
        }
    }

    /// The type behind a choice that leaves none.
    fn only_variant(&self, ty: &Type) -> Option<&'a Type> {
        let Type::Record(name) = ty else { return None };
        match self.definitions.get(name.as_str())? {
            Definition::Union(one) => match one.variants.as_slice() {
                [only] if one.tag.is_none() => Some(&only.ty),
                _ => None,
            },
            _ => None,
        }
    }

    fn plain(&self, ty: &'a Type, direction: Direction) -> Node<'a> {
        match ty {
            Type::Bool => Node::Bool,
            Type::Bytes => Node::Bytes,
            Type::Enum(words) => Node::Text(Text::Enum(Words::Inline(words))),
            Type::Id(of) => Node::Text(Text::Id(of)),
            Type::Int => Node::Int,
            Type::Links => Node::Map(None),
            Type::List(item) => Node::List(Wire::Type(item)),
            Type::LocalTime => Node::Text(Text::LocalTime),
            Type::Map(value) => Node::Map(Some(value)),
            Type::Number => Node::Number,
            Type::Record(name) => self.named(name, direction),
            Type::Secret => Node::Text(Text::Secret),
            Type::Text => Node::Text(Text::Plain),
            Type::Time => Node::Text(Text::Time),
            Type::Url => Node::Text(Text::Url),
            Type::Json | Type::SecretJson | Type::Boxed(_) | Type::Nullable(_) => Node::Json,
        }
    }

    /// The structure, resource or other definition of this name; anything, if there is none.
    fn named(&self, name: &str, direction: Direction) -> Node<'a> {
        if let Some(record) = self.records.get(name) {
            return Node::Object(of_record(record, direction));
        }
        match self.definitions.get(name) {
            Some(Definition::Enumeration(one)) => Node::Text(Text::Enum(Words::Named(&one.words))),
            Some(Definition::Identifier(one)) => Node::Text(Text::Id(&one.resource)),
            Some(Definition::Record(record)) => Node::Object(of_record(record, direction)),
            Some(Definition::Union(one)) => Node::Union(&one.name, &one.tag, &one.variants),
            None => match self.resources.get(name) {
                Some(resource) => Node::Object(part_of(resource, Part::Response)),
                None => Node::Json,
            },
        }
    }
}

fn part_of(resource: &Resource, part: Part) -> Object<'_> {
    let attributes = resource.fields.iter().filter_map(|field| {
        let presence = match part {
            Part::Create => field.create,
            // Only the response to its creation has it: other responses lack it.
            Part::Response if field.once => field.response.map(|_| Presence::Maybe),
            Part::Response => field.response,
            Part::Update => field.update,
        };
        Some(attribute(field, presence?))
    });
    let suffix = match part {
        Part::Create => "Create",
        Part::Response => "",
        Part::Update => "Update",
    };
    Object {
        name: Cow::Owned(format!("{}{suffix}", resource.type_name())),
        open: resource.open,
        attributes: attributes.collect(),
    }
}

fn of_record(record: &Record, direction: Direction) -> Object<'_> {
    let attributes = record.fields.iter().map(|field| {
        let presence = match direction {
            Direction::Request => field.create,
            Direction::Response => field.response.or(field.create),
        };
        attribute(field, presence.unwrap_or(Presence::Maybe))
    });
    Object {
        name: Cow::Borrowed(&record.name),
        open: record.open,
        attributes: attributes.collect(),
    }
}

fn attribute(field: &Field, presence: Presence) -> Attribute<'_> {
    Attribute {
        field,
        required: presence == Presence::Always,
    }
}
