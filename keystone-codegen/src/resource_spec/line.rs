//! The one-line grammar of fields and parameters: `TYPE, WHERE.. -- doc`.

use std::collections::BTreeSet;

use keystone_document::{Node, Position};

use super::names::is_camel;
use super::reader::{Reader, ReferenceKind};
use crate::model::{Field, Header, Presence, Query, QueryKind, Type, camel, snake};

/// The simple types by the names that specs use.
pub(super) const SIMPLE: &[(&str, Type)] = &[
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("json", Type::Json),
    ("links", Type::Links),
    ("number", Type::Number),
    ("secret", Type::Secret),
    ("secret json", Type::SecretJson),
    ("string", Type::Text),
    ("time", Type::Time),
    ("time without zone", Type::LocalTime),
    ("url", Type::Url),
];

/// Where a field can stand.
pub(super) const WHERE: &[&str] = &[
    "response",
    "response?",
    "once",
    "create",
    "create!",
    "update",
    "update!",
];

/// A line, cut into its parts.
struct Line<'a> {
    node: &'a Node,
    /// Type and what follows it after commas, each with its offset.
    parts: Vec<(usize, &'a str)>,
    doc: String,
    rename: Option<String>,
    since: Option<String>,
}

impl<'a> Line<'a> {
    fn cut(reader: &mut Reader, node: &'a Node) -> Option<Self> {
        let Some(text) = node.text() else {
            reader.problem(
                node.position,
                "expected a line such as `string, response create!`",
            );
            return None;
        };
        let (text, doc) = text.split_once(" -- ").unwrap_or((text, ""));
        let mut parts = Vec::new();
        let (mut rename, mut since) = (None, None);
        let mut offset = 0;
        for part in text.split(',') {
            let start = offset + (part.len() - part.trim_start().len());
            offset += part.len() + 1;
            if let Some(name) = part.trim().strip_prefix("as ") {
                rename = Some(name.trim().to_owned());
            } else if let Some(version) = part.trim().strip_prefix("since ") {
                let version = version.trim();
                reader.refer(ReferenceKind::Version, version, node.position_at(start + 6));
                since = Some(version.to_owned());
            } else {
                parts.push((start, part.trim()));
            }
        }
        Some(Self {
            node,
            parts,
            doc: doc.trim().to_owned(),
            rename,
            since,
        })
    }

    fn ty(&self) -> (usize, &'a str) {
        self.parts.first().copied().unwrap_or_default()
    }

    /// The words after the type.
    fn words(&self) -> Vec<(Position, &'a str)> {
        let mut words = Vec::new();
        for (start, part) in self.parts.iter().skip(1) {
            let mut offset = *start;
            for word in part.split(' ') {
                if !word.is_empty() {
                    words.push((self.node.position_at(offset), word));
                }
                offset += word.len() + 1;
            }
        }
        words
    }

    fn rust_name(&self, name: &str) -> String {
        self.rename.clone().unwrap_or_else(|| snake(name))
    }
}

/// Reads the field of a resource.
pub(super) fn field(reader: &mut Reader, name: &str, node: &Node, owner: &str) -> Option<Field> {
    let line = Line::cut(reader, node)?;
    let mut field = start(reader, name, &line, Some(owner));
    for (position, word) in line.words() {
        match word {
            "response" => field.response = Some(Presence::Always),
            "response?" => field.response = Some(Presence::Maybe),
            "once" => {
                field.response = Some(Presence::Maybe);
                field.once = true;
            }
            "create" => field.create = Some(Presence::Maybe),
            "create!" => field.create = Some(Presence::Always),
            "update" => field.update = Some(Presence::Maybe),
            "update!" => field.update = Some(Presence::Always),
            word => reader.unknown(position, "a place of a field", word, WHERE),
        }
    }
    if line.words().is_empty() {
        let message = format!(
            "`{name}` is part of no request or response; add one of `{}`",
            WHERE.join("`, `")
        );
        reader.problem(node.position, message);
    }
    Some(field)
}

/// Reads the field of a record: required unless `optional`.
pub(super) fn record_field(reader: &mut Reader, name: &str, node: &Node) -> Option<Field> {
    let line = Line::cut(reader, node)?;
    let mut field = start(reader, name, &line, None);
    field.response = Some(Presence::Always);
    field.create = Some(Presence::Always);
    for (position, word) in line.words() {
        match word {
            "optional" => {
                field.response = Some(Presence::Maybe);
                field.create = Some(Presence::Maybe);
            }
            word => reader.unknown(
                position,
                "allowed on a field of a record",
                word,
                &["optional"],
            ),
        }
    }
    Some(field)
}

fn start(reader: &mut Reader, name: &str, line: &Line<'_>, owner: Option<&str>) -> Field {
    let (offset, text) = line.ty();
    let (text, nullable) = match text.strip_suffix(" or null") {
        Some(text) => (text, true),
        None => (text, false),
    };
    Field {
        name: name.to_owned(),
        rust_name: line.rust_name(name),
        doc: line.doc.clone(),
        ty: parse(reader, text, line.node, offset, owner),
        nullable,
        response: None,
        once: false,
        create: None,
        update: None,
        since: line.since.clone(),
    }
}

/// Reads a parameter of a query.
pub(super) fn query(reader: &mut Reader, name: &str, node: &Node) -> Option<Query> {
    let line = Line::cut(reader, node)?;
    let (offset, text) = line.ty();
    let kind = match text {
        "csv" => QueryKind::Csv,
        "flag" => QueryKind::Flag,
        "text" => QueryKind::Text,
        "moment" => QueryKind::Exact(Type::Time),
        "time" => QueryKind::Time,
        text => QueryKind::Exact(parse(reader, text, node, offset, None)),
    };
    let mut required = false;
    for (position, word) in line.words() {
        match (word, &kind) {
            ("required", QueryKind::Exact(Type::Text | Type::Url)) => required = true,
            ("required", _) => reader.problem(position, "only a text can be required"),
            _ => reader.unknown(position, "allowed on a parameter", word, &["required"]),
        }
    }
    Some(Query {
        name: name.to_owned(),
        rust_name: line.rust_name(name),
        doc: line.doc.clone(),
        kind,
        required,
        since: line.since.clone(),
    })
}

/// Reads the type of a header.
pub(super) fn header(reader: &mut Reader, name: &str, node: &Node) -> Option<Header> {
    let line = Line::cut(reader, node)?;
    let (offset, text) = line.ty();
    let ty = parse(reader, text, node, offset, None);
    if !matches!(ty, Type::Id(_) | Type::Secret | Type::Text) {
        let message = "a header is `string`, `secret` or `id of ..`";
        reader.problem(node.position, message);
    }
    for (position, word) in line.words() {
        reader.unknown(position, "allowed on a header", word, &["as"]);
    }
    let wire = name.to_ascii_lowercase();
    Some(Header {
        name: name.to_owned(),
        rust_name: line.rust_name(wire.trim_start_matches("x-")),
        ty,
    })
}

/// Reads a type that stands alone.
pub(super) fn ty(reader: &mut Reader, node: &Node, owner: Option<&str>) -> Type {
    let text = reader.text(node);
    parse(reader, &text, node, 0, owner)
}

/// Reads the type that stands after `offset` bytes of a text.
pub(super) fn ty_after(reader: &mut Reader, node: &Node, offset: usize) -> Type {
    let text = reader.text(node);
    parse(
        reader,
        text.get(offset..).unwrap_or_default(),
        node,
        offset,
        None,
    )
}

fn parse(reader: &mut Reader, text: &str, node: &Node, offset: usize, owner: Option<&str>) -> Type {
    let position = node.position_at(offset);
    if let Some((_, ty)) = SIMPLE.iter().find(|(name, _)| *name == text) {
        return ty.clone();
    }
    if let Some(item) = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return Type::List(Box::new(parse(reader, item, node, offset + 1, owner)));
    }
    if text == "map" {
        return Type::Map(Box::new(Type::Json));
    }
    if let Some(item) = text.strip_prefix("map of ") {
        return Type::Map(Box::new(parse(reader, item, node, offset + 7, owner)));
    }
    if let Some(resource) = text.strip_prefix("id of ") {
        reader.refer(
            ReferenceKind::Identified,
            resource,
            node.position_at(offset + 6),
        );
        return Type::Id(resource.to_owned());
    }
    match owner {
        Some(owner) if text == "id" => return Type::Id(owner.to_owned()),
        _ => {}
    }
    if text.contains('|') {
        return enumeration(reader, text, position);
    }
    if is_camel(text) {
        reader.refer(ReferenceKind::Type, text, position);
        return Type::Record(text.to_owned());
    }
    let mut known: Vec<&str> = SIMPLE.iter().map(|(name, _)| *name).collect();
    known.extend([
        "id",
        "id of ..",
        "map",
        "map of ..",
        "[..]",
        "text",
        "csv",
        "flag",
        "moment",
    ]);
    reader.unknown(position, "a type", text, &known);
    Type::Json
}

/// Each word becomes a variant, beside `Other`.
fn enumeration(reader: &mut Reader, text: &str, position: Position) -> Type {
    let words: Vec<String> = text.split('|').map(|word| word.trim().to_owned()).collect();
    let mut seen = BTreeSet::from(["Other".to_owned()]);
    for word in &words {
        let variant = camel(word);
        if !is_camel(&variant) || !seen.insert(variant) {
            let message = format!(
                "`{word}` has no variant name of its own in an enumeration; use the type `string`"
            );
            reader.problem(position, message);
        }
    }
    Type::Enum(words)
}
