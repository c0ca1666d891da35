//! `oneOf`, `anyOf` and discriminators.

use std::collections::BTreeSet;

use super::names::{self, UsedNames};
use super::node_ref::{Address, NodeRef};
use super::reader::Reader;
use super::schema::{Additional, Schema, is_text, only_demands};
use super::types::{Direction, TypeShape, Typed, Types, VariantOf, component, number_of};
use crate::model::Type;

/// How many types one union may have.
const MOST_VARIANTS: usize = 300;

impl<'a> Types<'a> {
    /// What a schema with choices leads to; `None` if the rest of it tells more.
    pub(super) fn choice(
        &mut self,
        reader: &mut Reader<'a>,
        place: &NodeRef<'a>,
        schema: &mut Schema<'a>,
        preferred: &str,
        side: Direction,
    ) -> Option<Typed> {
        let discriminator = place.get("discriminator");
        let (mut options, nullable) = options(reader, schema);
        schema.nullable |= nullable;
        if options.is_empty() {
            if schema.types.len() > 1 {
                return Some(self.types(place, schema, preferred, side));
            }
            discriminator.as_ref()?;
            options = self.descendants(place);
            if options.is_empty() {
                return None;
            }
        } else if !schema.properties.is_empty() && discriminator.is_none() {
            // Attributes and a choice of more: all of them, those of the choice optional.
            for option in &options {
                let other = Schema::read(reader, option);
                schema.absorb(other);
            }
            return None;
        }
        if options.len() > MOST_VARIANTS {
            let message = format!("a choice of more than {MOST_VARIANTS} schemas");
            reader.problem(place, message);
            options.truncate(MOST_VARIANTS);
        }
        if let Some(words) = words(reader, &options) {
            let ty = match words.is_empty() {
                true => Type::Text,
                false => self.words(place, words, &schema.doc, preferred, side),
            };
            return Some(Typed { ty, nullable });
        }
        let tag = discriminator.and_then(|place| tag(reader, &place));
        Some(self.union(reader, place, schema, &options, tag, (preferred, side)))
    }

    /// A value that is of one of several simple types.
    fn types(
        &mut self,
        place: &NodeRef<'a>,
        schema: &Schema<'a>,
        preferred: &str,
        side: Direction,
    ) -> Typed {
        let numbers = |kind: &String| kind == "integer" || kind == "number";
        if schema.types.iter().all(numbers) {
            return Typed {
                ty: Type::Number,
                nullable: false,
            };
        }
        let mut kinds = schema.types.clone();
        kinds.sort();
        let variants = kinds.iter().map(|kind| {
            let (name, ty) = match kind.as_str() {
                "boolean" => ("Bool", Type::Bool),
                "integer" => ("Int", Type::Int),
                "number" => ("Number", Type::Number),
                "string" => ("Text", Type::Text),
                "array" => ("List", Type::List(Box::new(Type::Json))),
                _ => ("Map", Type::Map(Box::new(Type::Json))),
            };
            VariantOf {
                name: name.to_owned(),
                ty,
                tags: Vec::new(),
            }
        });
        let what = TypeShape::Union {
            tag: None,
            variants: variants.collect(),
        };
        Typed {
            ty: self.define(place, preferred, side, &schema.doc, what),
            nullable: false,
        }
    }

    fn union(
        &mut self,
        reader: &mut Reader<'a>,
        place: &NodeRef<'a>,
        schema: &Schema<'a>,
        options: &[NodeRef<'a>],
        tag: Option<Tag>,
        (preferred, side): (&str, Direction),
    ) -> Typed {
        // A member of the union may lead back to it.
        let what = TypeShape::Union {
            tag: None,
            variants: Vec::new(),
        };
        let home = self.define(place, preferred, side, &schema.doc, what);
        let number = self.definitions.len() - 1;
        let key_known = Typed {
            ty: home.clone(),
            nullable: schema.nullable,
        };
        self.remember(place, side, key_known);
        let mut found = Vec::new();
        let mut nullable = false;
        for (index, option) in options.iter().enumerate() {
            let typed = self.ty(reader, option, &option_name(option, preferred, index), side);
            nullable |= typed.nullable;
            let ty = Typed {
                nullable: false,
                ..typed
            }
            .within();
            if ty == home {
                continue;
            }
            let demands = Schema::read(reader, option).required.len();
            let tags = tag.as_ref().map(|tag| tag.values(reader, option));
            found.push((demands, ty, tags.unwrap_or_default()));
        }
        let tagged = tag.filter(|_| {
            let record = |ty: &Type| matches!(ty, Type::Record(_));
            found
                .iter()
                .all(|(_, ty, tags)| record(ty) && !tags.is_empty())
        });
        if tagged.is_none() {
            // What demands most is tried first: what demands nothing fits anything.
            found.sort_by_key(|(demands, _, _)| std::cmp::Reverse(*demands));
        }
        let variants = self.variants(found, tagged.is_some());
        if let Some(definition) = self.definitions.get_mut(number) {
            definition.what = TypeShape::Union {
                tag: tagged.map(|tag| tag.property),
                variants,
            };
        }
        Typed { ty: home, nullable }
    }

    /// Gives names to the types of a union, each type once.
    fn variants(&self, found: Vec<(usize, Type, Vec<String>)>, tagged: bool) -> Vec<VariantOf> {
        let mut taken = UsedNames::default();
        let mut variants: Vec<VariantOf> = Vec::new();
        for (_, ty, tags) in found {
            if let Some(known) = variants.iter_mut().find(|variant| variant.ty == ty) {
                known.tags.extend(tags);
                continue;
            }
            variants.push(VariantOf {
                name: taken.take(&self.variant_name(&ty), ""),
                ty,
                tags: if tagged { tags } else { Vec::new() },
            });
        }
        variants
    }

    fn variant_name(&self, ty: &Type) -> String {
        let name = match ty {
            Type::Bool => "Bool",
            Type::Int => "Int",
            Type::List(item) => return format!("{}List", self.variant_name(item)),
            Type::Map(_) => "Map",
            Type::Nullable(item) => return self.variant_name(item),
            Type::Number => "Number",
            Type::Text => "Text",
            Type::Time | Type::LocalTime => "Time",
            Type::Url => "Url",
            Type::Record(name) => {
                let definition = number_of(name).and_then(|number| self.definitions.get(number));
                return definition.map_or_else(String::new, |one| one.preferred.clone());
            }
            _ => "Json",
        };
        name.to_owned()
    }

    /// The schemas derived from another by `allOf`, directly or not.
    fn descendants(&self, place: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
        let mut seen = BTreeSet::from([place.address()]);
        let mut open = vec![place.address()];
        let mut found = Vec::new();
        while let Some(address) = open.pop() {
            for schema in self.derived.get(&address).into_iter().flatten() {
                if seen.insert(schema.address()) {
                    open.push(schema.address());
                    found.push(schema.clone());
                }
            }
        }
        found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        found
    }
}

/// The schemas to choose from, and whether null is one of them.
fn options<'a>(reader: &mut Reader<'a>, schema: &Schema<'a>) -> (Vec<NodeRef<'a>>, bool) {
    let mut nullable = false;
    let mut options = Vec::new();
    for option in schema.choices.iter().flatten() {
        let Some(target) = reader.resolve(option) else {
            continue;
        };
        let null = target.text("type") == Some("null")
            || target
                .value("const")
                .is_some_and(|value| value.node.is_null())
            || target
                .get("enum")
                .is_some_and(|one| one.items().all(|value| value.node.is_null()));
        match null {
            true => nullable = true,
            false if only_demands(&target) => {}
            false => options.push(option.clone()),
        }
    }
    (options, nullable)
}

/// The words that may stand there, if all schemas speak of texts: none if any text may.
fn words<'a>(reader: &mut Reader<'a>, options: &[NodeRef<'a>]) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for option in options {
        let schema = Schema::read(reader, option);
        let text = schema.types.iter().all(|kind| kind == "string");
        if !text || !schema.choices.is_empty() || !schema.values.iter().all(is_text) {
            return None;
        }
        if schema.values.is_empty() && (schema.types.is_empty() || schema.format.is_some()) {
            return None;
        }
        for value in schema.values.iter().filter_map(|value| value.node.text()) {
            if !words.iter().any(|word| word == value) {
                words.push(value.to_owned());
            }
        }
    }
    (!options.is_empty()).then_some(words)
}

/// The preferred name of an option.
fn option_name(option: &NodeRef<'_>, preferred: &str, index: usize) -> String {
    match option.text("title") {
        Some(title) => format!(
            "{preferred}{}",
            names::camel(&names::words(title), "Option")
        ),
        None => format!("{preferred}Option{}", index + 1),
    }
}

/// A discriminator.
struct Tag {
    property: String,
    /// Its values, with the addresses of the schemas that they mean, or with their names.
    mapping: Vec<(String, Address)>,
}

fn tag<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>) -> Option<Tag> {
    let Some(property) = place.text("propertyName") else {
        reader.problem(place, "a discriminator needs `propertyName`");
        return None;
    };
    let mut mapping = Vec::new();
    for (key, value) in place.get("mapping").iter().flat_map(NodeRef::entries) {
        if let Some(target) = reader.named(&value) {
            mapping.push((key.text().unwrap_or_default().to_owned(), target.address()));
        }
    }
    Some(Tag {
        property: property.to_owned(),
        mapping,
    })
}

impl Tag {
    /// The values that mean a schema: those of the mapping, else what the schema itself allows
    /// there, else its name.
    fn values<'a>(&self, reader: &mut Reader<'a>, option: &NodeRef<'a>) -> Vec<String> {
        let Some(target) = reader.resolve(option) else {
            return Vec::new();
        };
        let address = target.address();
        let mapped = self.mapping.iter().filter(|(_, meant)| *meant == address);
        let mut mapped: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
        mapped.sort();
        if !mapped.is_empty() {
            return mapped;
        }
        let schema = Schema::read(reader, &target);
        let property = schema
            .properties
            .iter()
            .find(|(name, _)| *name == self.property);
        if let Some((_, property)) = property {
            let property = Schema::read(reader, property);
            let values = property.values.iter().filter(|value| is_text(value));
            let values: Vec<String> = values
                .filter_map(|value| value.node.text().map(str::to_owned))
                .collect();
            if values.len() == 1 {
                return values;
            }
        }
        component(&target).into_iter().collect()
    }
}

impl<'a> Schema<'a> {
    /// Adds the attributes of another, which may be there.
    fn absorb(&mut self, other: Self) {
        for (name, place) in other.properties {
            if !self.properties.iter().any(|(known, _)| *known == name) {
                self.properties.push((name, place));
            }
        }
        if matches!(self.additional, Additional::Unsaid) {
            self.additional = other.additional;
        }
    }
}
