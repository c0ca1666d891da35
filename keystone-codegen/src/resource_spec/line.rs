//! The one-line grammar of fields and parameters: `TYPE, WHERE.. -- doc`.

use std::collections::BTreeSet;

use keystone_document::{Node, Position, suggest};

use super::names::is_camel;
use super::reader::{Reader, ReferenceKind};
use crate::model::{Field, Header, Presence, Query, QueryKind, Type, camel, snake};
use crate::text::problem_of_policy;
use crate::version::problem_of_order;

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

/// What may follow the type after a comma, each with a value.
const SETTINGS: &[&str] = &["as", "since", "until", "policy"];

/// A value with its position.
type Placed = (Position, String);

/// A line, cut into its parts.
struct Line<'a> {
    node: &'a Node,
    /// Type and what follows it after commas, each with its offset.
    parts: Vec<(usize, &'a str)>,
    doc: String,
    rename: Option<Placed>,
    since: Option<Placed>,
    until: Option<Placed>,
    policy: Option<Placed>,
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
        let mut line = Self {
            node,
            parts: Vec::new(),
            doc: doc.trim().to_owned(),
            rename: None,
            since: None,
            until: None,
            policy: None,
        };
        let mut offset = 0;
        for part in text.split(',') {
            let start = offset + (part.len() - part.trim_start().len());
            offset += part.len() + 1;
            let part = line.before_missing_comma(reader, start, part.trim());
            if !line.setting(reader, start, part) {
                line.parts.push((start, part));
            }
        }
        line.check_versions(reader);
        line.check_policy(reader);
        Some(line)
    }

    /// The part without a setting that lacks its comma, as in `response since 1.1`. A type can hold any word.
    fn before_missing_comma<'p>(
        &mut self,
        reader: &mut Reader,
        start: usize,
        part: &'p str,
    ) -> &'p str {
        let begins = |word: &&&str| part.contains(&format!(" {word} "));
        let Some(word) = SETTINGS
            .iter()
            .find(begins)
            .filter(|_| !self.parts.is_empty())
        else {
            return part;
        };
        let (before, _) = part.split_once(&format!(" {word} ")).unwrap_or((part, ""));
        let offset = start + before.len() + 1;
        reader.problem(
            self.node.position_at(offset),
            format!("write a comma before `{word}`"),
        );
        before
    }

    /// Reads a part such as `since 1.1`; false if it is none.
    fn setting(&mut self, reader: &mut Reader, start: usize, part: &str) -> bool {
        let (word, value) = part.split_once(' ').unwrap_or((part, ""));
        let position = self.node.position_at(start);
        let place = match word {
            "as" => &mut self.rename,
            "since" => &mut self.since,
            "until" => &mut self.until,
            "policy" => &mut self.policy,
            word => return !self.parts.is_empty() && is_misspelt(reader, position, word, value),
        };
        let value = value.trim();
        let of_value = self.node.position_at(start + word.len() + 1);
        if value.is_empty() {
            let message = format!("`{word}` needs a value, such as `since 1.1` or `as other_name`");
            reader.problem(position, message);
        } else if place.replace((of_value, value.to_owned())).is_some() {
            reader.problem(position, format!("`{word}` is given twice"));
        }
        true
    }

    fn check_versions(&self, reader: &mut Reader) {
        for (position, version) in [&self.since, &self.until].into_iter().flatten() {
            reader.refer(ReferenceKind::Version, version, *position);
        }
        let problem = problem_of_order(text(&self.since), text(&self.until));
        if let (Some(problem), Some((position, _))) = (problem, &self.until) {
            reader.problem(*position, problem);
        }
    }

    fn check_policy(&self, reader: &mut Reader) {
        let Some((position, name)) = &self.policy else {
            return;
        };
        if name == "public" {
            let message = "an attribute is open to all without a policy; leave `policy public` out";
            reader.problem(*position, message);
        } else if let Some(problem) = problem_of_policy(name) {
            reader.problem(*position, problem);
        }
    }

    /// Refuses settings that have no meaning here.
    fn refuse(&self, reader: &mut Reader, settings: &[(&str, &Option<Placed>)], why: &str) {
        for (word, setting) in settings {
            if let Some((position, value)) = setting {
                reader.problem(*position, format!("{why}; leave `{word} {value}` out"));
            }
        }
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
        owned(&self.rename).unwrap_or_else(|| snake(name))
    }
}

fn text(setting: &Option<Placed>) -> Option<&str> {
    setting.as_ref().map(|(_, text)| text.as_str())
}

fn owned(setting: &Option<Placed>) -> Option<String> {
    text(setting).map(str::to_owned)
}

/// Whether a part is a misspelt setting, which is reported.
fn is_misspelt(reader: &mut Reader, position: Position, word: &str, value: &str) -> bool {
    let known = WHERE.iter().chain(&["optional", "required"]);
    let is_misspelt = !value.is_empty()
        && known.copied().all(|known| known != word)
        && suggest(word, SETTINGS).is_some();
    if is_misspelt {
        reader.unknown(position, "a setting of a line", word, SETTINGS);
    }
    is_misspelt
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
    check_settings(reader, &line, &field);
    Some(field)
}

/// Refuses a policy and a last version where every caller, or every version, must have the attribute.
fn check_settings(reader: &mut Reader, line: &Line<'_>, field: &Field) {
    let settings = [("until", &line.until), ("policy", &line.policy)];
    let is_id = line.ty().1 == "id" && field.response == Some(Presence::Always);
    if is_id {
        line.refuse(reader, &settings, "every response has the id");
    } else if [field.create, field.update].contains(&Some(Presence::Always))
        && let Some((position, policy)) = &line.policy
    {
        let message = format!(
            "`{}` is required, but whom `{policy}` refuses cannot set it; write `create` or `update` without `!`",
            field.name
        );
        reader.problem(*position, message);
    }
}

/// Reads the field of a record: required unless `optional`.
pub(super) fn record_field(reader: &mut Reader, name: &str, node: &Node) -> Option<Field> {
    let line = Line::cut(reader, node)?;
    let mut field = start(reader, name, &line, None);
    line.refuse(
        reader,
        &[("policy", &line.policy)],
        "only attributes of resources have policies; protect the one that holds the record",
    );
    field.policy = None;
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
    if field.create == Some(Presence::Always)
        && let Some((position, _)) = line.since.as_ref().or(line.until.as_ref())
    {
        reader.refer(ReferenceKind::VersionedRecordField, name, *position);
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
        since: owned(&line.since),
        until: owned(&line.until),
        policy: owned(&line.policy),
        limited: false,
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
    line.refuse(
        reader,
        &[("policy", &line.policy)],
        "a parameter has no policy of its own",
    );
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
        since: owned(&line.since),
        until: owned(&line.until),
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
    let settings = [
        ("since", &line.since),
        ("until", &line.until),
        ("policy", &line.policy),
    ];
    line.refuse(
        reader,
        &settings,
        "a header has neither versions nor a policy",
    );
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
