//! A schema with references followed and `allOf` merged.

use keystone_document::{Content, Style};

use super::node_ref::{Address, NodeRef};
use super::reader::Reader;

/// How many schemas one may be merged of.
const MOST_PARTS: usize = 500;

/// What a schema says, with all that `allOf` adds to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema<'a> {
    /// The types that it names, without `null`.
    pub(super) types: Vec<String>,
    pub(super) nullable: bool,
    pub(super) format: Option<String>,
    /// Values that `enum`, `x-extensible-enum` or `const` name, without null.
    pub(super) values: Vec<NodeRef<'a>>,
    pub(super) properties: Vec<(String, NodeRef<'a>)>,
    pub(super) required: Vec<String>,
    pub(super) additional: Additional<'a>,
    pub(super) items: Option<NodeRef<'a>>,
    /// The schemas of `oneOf` or `anyOf`, one list for each that was found.
    pub(super) choices: Vec<Vec<NodeRef<'a>>>,
    pub(super) discriminator: Option<NodeRef<'a>>,
    pub(super) doc: String,
    pub(super) openstack_type: Option<String>,
    /// The type that a keyword speaks of, where none is named.
    hint: Option<&'static str>,
}

/// What may stand beside the properties.
#[derive(Clone, Debug, Default)]
pub(super) enum Additional<'a> {
    /// Not specified.
    #[default]
    Unsaid,
    Anything,
    Nothing,
    Of(NodeRef<'a>),
}

/// Keywords that only make sense for one type.
const HINTS: &[(&str, &str)] = &[
    ("pattern", "string"),
    ("minLength", "string"),
    ("maxLength", "string"),
    ("minimum", "number"),
    ("maximum", "number"),
    ("multipleOf", "number"),
    ("minItems", "array"),
    ("maxItems", "array"),
    ("uniqueItems", "array"),
    ("minProperties", "object"),
    ("maxProperties", "object"),
];

impl<'a> Schema<'a> {
    /// Reads the schema at a place; a reference there is followed.
    pub(super) fn read(reader: &mut Reader<'a>, place: &NodeRef<'a>) -> Self {
        let mut schema = Self::default();
        schema.merge(reader, place, &mut Merging::default());
        schema
    }

    /// The type, if there is one and only one.
    pub(super) fn kind(&self) -> Option<&str> {
        match self.types.as_slice() {
            [one] => Some(one),
            [] if !self.properties.is_empty() => Some("object"),
            [] if matches!(self.additional, Additional::Of(_)) => Some("object"),
            [] if self.items.is_some() => Some("array"),
            [] => self.hint,
            _ => None,
        }
    }

    fn merge(&mut self, reader: &mut Reader<'a>, place: &NodeRef<'a>, merging: &mut Merging) {
        let Some(target) = reader.resolve(place) else {
            return;
        };
        let address = target.address();
        if merging.open.contains(&address) {
            reader.problem(place, "this `allOf` includes the schema that it is part of");
            return;
        }
        merging.parts += 1;
        if merging.parts > MOST_PARTS {
            if merging.parts == MOST_PARTS + 1 {
                reader.problem(place, "`allOf` combines too many schemas");
            }
            return;
        }
        merging.open.push(address);
        self.own(reader, &target);
        // Keywords beside a reference apply too (OpenAPI 3.1).
        if target.pointer != place.pointer || target.file != place.file {
            self.beside(place);
        }
        for part in reader.list(&target, "allOf") {
            self.merge(reader, &part, merging);
        }
        merging.open.pop();
    }

    fn beside(&mut self, place: &NodeRef<'a>) {
        if let Some(doc) = place.text("description") {
            self.doc = doc.to_owned();
        }
        self.nullable |= place.flag("nullable");
    }

    /// What the schema itself says, without `allOf`.
    fn own(&mut self, reader: &mut Reader<'a>, place: &NodeRef<'a>) {
        match (&place.node.value, place.node.text()) {
            (Content::Mapping(_), _) => {}
            (_, Some("true")) => return,
            (_, Some("false")) => {
                reader.problem(place, "no value matches the schema `false`; remove it");
                return;
            }
            _ => {
                reader.problem(place, "a schema is an object, or `true`");
                return;
            }
        }
        self.names(reader, place);
        self.values(reader, place);
        self.object(reader, place);
        if let Some(items) = place.get("items") {
            if items.node.sequence().is_some() {
                let message = "a list of schemas for `items` is not supported; use `prefixItems`";
                reader.problem(&items, message);
            }
            self.items.get_or_insert(items);
        }
        for key in ["oneOf", "anyOf"] {
            let choices = reader.list(place, key);
            if !choices.is_empty() {
                self.choices.push(choices);
            }
        }
        let hint = HINTS.iter().find(|(key, _)| place.get(key).is_some());
        self.hint = self.hint.or(hint.map(|(_, kind)| *kind));
    }

    fn names(&mut self, reader: &mut Reader<'a>, place: &NodeRef<'a>) {
        if let Some(found) = place.get("type") {
            let names: Vec<NodeRef<'a>> = match found.node.sequence() {
                Some(_) => found.items().collect(),
                None => vec![found],
            };
            for name in &names {
                self.name(reader, name);
            }
        }
        self.nullable |= place.flag("nullable");
        let text = |key: &str| place.text(key).map(str::to_owned);
        self.format = self.format.take().or(text("format"));
        self.openstack_type = self.openstack_type.take().or(text("x-openstack-type"));
        self.discriminator = self.discriminator.take().or(place.get("discriminator"));
        if self.doc.is_empty() {
            self.doc = text("description").or(text("title")).unwrap_or_default();
        }
    }

    fn name(&mut self, reader: &mut Reader<'a>, place: &NodeRef<'a>) {
        let known = ["array", "boolean", "integer", "number", "object", "string"];
        match place.node.text() {
            Some("null") => self.nullable = true,
            Some(name) if known.contains(&name) => {
                if !self.types.iter().any(|one| one == name) {
                    self.types.push(name.to_owned());
                }
            }
            name => {
                let name = name.unwrap_or("a list or an object");
                let known = known.join("`, `");
                reader.problem(
                    place,
                    format!("`{name}` is not a type; write one of `{known}`, `null`"),
                );
            }
        }
    }

    fn values(&mut self, reader: &mut Reader<'a>, place: &NodeRef<'a>) {
        let mut values = reader.list(place, "enum");
        values.extend(reader.list(place, "x-extensible-enum"));
        values.extend(place.value("const"));
        let before = values.len();
        values.retain(|value| !value.node.is_null());
        self.nullable |= before != values.len();
        for value in values {
            let same = |known: &NodeRef<'_>| known.node.text() == value.node.text();
            if !self.values.iter().any(same) {
                self.values.push(value);
            }
        }
    }

    fn object(&mut self, reader: &mut Reader<'a>, place: &NodeRef<'a>) {
        if let Some(properties) = reader.mapping(place, "properties") {
            for (key, value) in properties.entries() {
                let name = key.text().unwrap_or_default();
                match self.properties.iter_mut().find(|(known, _)| known == name) {
                    // The last one says more than the one that it came from.
                    Some((_, known)) if says_more(&value) => *known = value,
                    Some(_) => {}
                    None => self.properties.push((name.to_owned(), value)),
                }
            }
        }
        // In OpenAPI 3.0 some write `required: true` beside a property.
        if place
            .get("required")
            .is_some_and(|one| one.node.sequence().is_some())
        {
            for name in reader.list(place, "required") {
                match name.node.text() {
                    Some(name) if self.required.iter().any(|known| known == name) => {}
                    Some(name) => self.required.push(name.to_owned()),
                    None => reader.problem(&name, "`required` is a list of names"),
                }
            }
        }
        let Some(additional) = place.get("additionalProperties") else {
            return;
        };
        self.additional = match (additional.node.text(), additional.node.mapping()) {
            (Some("true"), _) => Additional::Anything,
            (Some("false"), _) => Additional::Nothing,
            (_, Some([])) => Additional::Anything,
            (_, Some(_)) => Additional::Of(additional),
            _ => {
                reader.problem(
                    &additional,
                    "`additionalProperties` is a schema, or true or false",
                );
                Additional::Unsaid
            }
        };
    }
}

/// What is being merged.
#[derive(Default)]
struct Merging {
    open: Vec<Address>,
    parts: usize,
}

/// Whether a schema constrains its values.
fn says_more(place: &NodeRef<'_>) -> bool {
    let entries = place.node.mapping().unwrap_or_default();
    let silent = ["description", "title", "example", "examples", "deprecated"];
    entries.iter().any(|entry| !silent.contains(&entry.name()))
}

/// Whether a schema only adds constraints, without properties of its own: `{required: [a]}`.
pub(super) fn only_demands(place: &NodeRef<'_>) -> bool {
    let entries = place.node.mapping().unwrap_or_default();
    let demands = ["required", "description", "title", "not", "minProperties"];
    place.is_mapping() && entries.iter().all(|entry| demands.contains(&entry.name()))
}

/// Whether a scalar is written as a text, rather than as a number or a truth value.
pub(super) fn is_text(place: &NodeRef<'_>) -> bool {
    let plain = place.node.style == Style::Plain;
    let Some(text) = place.node.text() else {
        return false;
    };
    let number = text.parse::<f64>().is_ok() && !text.starts_with(|c: char| c.is_alphabetic());
    !(plain && (number || matches!(text, "true" | "false")))
}
