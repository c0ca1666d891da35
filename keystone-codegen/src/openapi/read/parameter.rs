//! Parameters: in the path, the query, headers and cookies.

use std::collections::BTreeMap;

use super::description;
use super::names::{self, UsedNames};
use super::node_ref::NodeRef;
use super::operation_entry::OperationEntry;
use super::own;
use super::reader::Reader;
use super::types::{Direction, Types};
use crate::model::{
    Header, Operation, Parameter, ParameterLocation, Path, PathParameter, Query, QueryKind,
    Segment, Style, Type,
};

const KEYS: &[&str] = &[
    "$ref",
    "name",
    "in",
    "description",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "example",
    "examples",
    "content",
];

/// Headers that OpenAPI describes elsewhere, and the token, which the session adds.
const NOT_PARAMETERS: &[&str] = &["accept", "authorization", "content-type", "x-auth-token"];

/// A parameter with what is asked of it everywhere.
struct Described<'a> {
    place: NodeRef<'a>,
    name: &'a str,
    doc: String,
    required: bool,
    ty: Type,
    style: Style,
    explode: bool,
}

/// Reads the parameters of an operation into it. `taken` are the names of its arguments.
pub(super) fn parameters<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    entry: &OperationEntry<'a>,
    (owner, is_own): (&str, bool),
    operation: &mut Operation,
    taken: &mut UsedNames,
) {
    let mut in_path = BTreeMap::new();
    let mut others = Vec::new();
    for (place, (name, home)) in all(reader, entry) {
        let lower = name.to_ascii_lowercase();
        let by_session =
            NOT_PARAMETERS.contains(&lower.as_str()) || is_own && own::is_header(&lower);
        if home == "header" && by_session {
            continue;
        }
        let preferred = format!("{owner}{}", names::camel(&names::words(name), "Parameter"));
        let Some(one) = describe(reader, types, place, (name, home), &preferred) else {
            continue;
        };
        if home == "path" {
            in_path.insert(name, one);
        } else {
            others.push((home, one));
        }
    }
    operation.path = path(reader, entry, &mut in_path, taken);
    for one in in_path.values() {
        let message = format!("the path `{}` has no `{{{}}}`", entry.path, one.name);
        reader.problem(&one.place, message);
    }
    for (home, one) in others {
        let name = one.place.text("x-openstack-name").unwrap_or(one.name);
        let rust_name = taken.take(&names::field(name), "_");
        add(operation, home, one, rust_name);
    }
}

type Named<'a> = (&'a str, &'a str);

/// The parameters of the operation and of its path; the operation's own count.
fn all<'a>(reader: &mut Reader<'a>, entry: &OperationEntry<'a>) -> Vec<(NodeRef<'a>, Named<'a>)> {
    let mut found: Vec<(NodeRef<'a>, Named<'a>)> = Vec::new();
    for (own, home) in [(false, &entry.item), (true, &entry.request)] {
        let before = found.len();
        for place in reader.list(home, "parameters") {
            let Some(place) = reader.resolve(&place) else {
                continue;
            };
            reader.known_keys(&place, "a parameter", KEYS);
            let (Some(name), Some(home)) = (place.text("name"), place.text("in")) else {
                reader.problem(&place, "a parameter needs `name` and `in`");
                continue;
            };
            let same = found.iter().position(|(_, known)| *known == (name, home));
            match same {
                Some(at) if own && at < before => {
                    if let Some(known) = found.get_mut(at) {
                        *known = (place, (name, home));
                    }
                }
                Some(_) => {
                    let message = format!("the parameter `{name}` is described twice");
                    reader.problem(&place, message);
                }
                None => found.push((place, (name, home))),
            }
        }
    }
    found
}

fn describe<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    place: NodeRef<'a>,
    (name, home): Named<'a>,
    preferred: &str,
) -> Option<Described<'a>> {
    if !["cookie", "header", "path", "query"].contains(&home) {
        let message = format!(
            "`in: {home}` is not supported; expected one of `cookie`, `header`, `path`, `query`"
        );
        reader.problem(&place, message);
        return None;
    }
    if home == "header" && !is_token(name) {
        let message = format!("`{name}` cannot be the name of a header");
        reader.problem(&place, message);
        return None;
    }
    let content = place.get("content");
    let content = content.and_then(|content| content.entries().next());
    let (schema, as_json) = match (place.get("schema"), content) {
        (Some(schema), _) => (Some(schema), false),
        (None, Some((_, media))) => (media.get("schema"), true),
        (None, None) => {
            reader.problem(&place, "a parameter needs `schema` or `content`");
            return None;
        }
    };
    let ty = match &schema {
        Some(schema) => types.ty(reader, schema, preferred, Direction::Request).ty,
        None => Type::Text,
    };
    let style = match as_json {
        true => Style::Json,
        false => style(reader, &place, home)?,
    };
    let explode = match place.text("explode") {
        Some(text) => text == "true",
        None => style == Style::Form,
    };
    Some(Described {
        name,
        doc: description::sentence(place.text("description").unwrap_or_default()),
        required: place.flag("required"),
        ty,
        style,
        explode,
        place,
    })
}

/// How the values of a parameter are written (OpenAPI 3.1, section 4.8.12.3).
fn style<'a>(reader: &mut Reader<'a>, place: &NodeRef<'a>, home: &str) -> Option<Style> {
    let usual = match home {
        "query" | "cookie" => "form",
        _ => "simple",
    };
    match place.text("style").unwrap_or(usual) {
        "deepObject" if home == "query" => Some(Style::DeepObject),
        "form" if usual == "form" => Some(Style::Form),
        "pipeDelimited" if home == "query" => Some(Style::Pipe),
        "simple" if usual == "simple" => Some(Style::Simple),
        "spaceDelimited" if home == "query" => Some(Style::Space),
        style => {
            let message =
                format!("the style `{style}` is not supported in `{home}`; use `{usual}`");
            reader.problem(place, message);
            None
        }
    }
}

/// Whether a text can be the name of a header (RFC 9110, `token`).
fn is_token(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

fn path<'a>(
    reader: &mut Reader<'a>,
    entry: &OperationEntry<'a>,
    parameters: &mut BTreeMap<&str, Described<'a>>,
    taken: &mut UsedNames,
) -> Path {
    let mut path = Path {
        at_root: entry.at_root,
        ..Path::default()
    };
    let template = entry.path.trim_start_matches('/');
    let mut parts: Vec<&str> = template.split('/').collect();
    if parts.last() == Some(&"") {
        parts.pop();
        path.slash = !parts.is_empty();
    }
    for part in parts {
        let mut segments = Vec::new();
        let mut rest = part;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                segments.push(Segment::Literal(before.to_owned()));
            }
            let Some((name, after)) = after.split_once('}') else {
                let message = format!("`{}` has an unclosed brace", entry.path);
                reader.problem(&entry.item, message);
                return path;
            };
            // A name that is described nowhere is a text.
            let described = parameters.remove(name);
            let ty = described.map_or(Type::Text, |one| one.ty);
            segments.push(Segment::Parameter(PathParameter {
                name: name.to_owned(),
                rust_name: taken.take(&names::field(name), "_"),
                id_of: match &ty {
                    Type::Id(of) => Some(of.clone()),
                    _ => None,
                },
                ty: in_one_segment(ty),
            }));
            rest = after;
        }
        if !rest.is_empty() || segments.is_empty() {
            segments.push(Segment::Literal(rest.to_owned()));
        }
        path.segments.push(match segments.as_slice() {
            [one] => one.clone(),
            _ => Segment::Mixed(segments),
        });
        if matches!(path.segments.last(), Some(Segment::Literal(text)) if text.is_empty()) {
            let message = format!("`{}` has an empty part", entry.path);
            reader.problem(&entry.item, message);
        }
    }
    path
}

/// What stands in a path is a text, unless it has a type of its own.
fn in_one_segment(ty: Type) -> Type {
    match ty {
        Type::Secret | Type::SecretJson | Type::Json | Type::Url | Type::Id(_) => Type::Text,
        ty => ty,
    }
}

/// Puts a parameter where the emitters look for its kind.
fn add(operation: &mut Operation, home: &str, one: Described<'_>, rust_name: String) {
    let is_plain = matches!(one.style, Style::Form | Style::Simple);
    let text = |key: &str| one.place.text(key).map(str::to_owned);
    let (since, until) = (text("x-openstack-since"), text("x-openstack-until"));
    let query = |kind| Query {
        name: one.name.to_owned(),
        rust_name: rust_name.clone(),
        doc: one.doc.clone(),
        kind,
        required: one.required,
        since: since.clone(),
        until: until.clone(),
    };
    let declared = one.place.text("x-openstack-type");
    let simple = is_simple(&one.ty);
    let text = matches!(one.ty, Type::Text | Type::Url);
    let texts = one.ty == Type::List(Box::new(Type::Text));
    match (home, declared) {
        ("query", Some("text")) => operation.query.push(query(QueryKind::Text)),
        ("query", Some("flag")) => operation.query.push(query(QueryKind::Flag)),
        ("query", Some("time")) => operation.query.push(query(QueryKind::Time)),
        ("query", Some("csv")) => operation.query.push(query(QueryKind::Csv)),
        ("query", _) if is_plain && (simple || text) && (text || !one.required) => {
            let ty = if text { Type::Text } else { one.ty.clone() };
            operation.query.push(query(QueryKind::Exact(ty)));
        }
        ("query", _) if texts && one.style == Style::Form && !one.explode && !one.required => {
            operation.query.push(query(QueryKind::Csv));
        }
        ("header", _)
            if is_plain
                && one.required
                && matches!(one.ty, Type::Text | Type::Secret | Type::Id(_)) =>
        {
            operation.headers.push(Header {
                name: one.name.to_owned(),
                rust_name,
                ty: one.ty,
            });
        }
        (home, _) => operation.parameters.push(Parameter {
            place: match home {
                "cookie" => ParameterLocation::Cookie,
                "header" => ParameterLocation::Header,
                _ => ParameterLocation::Query,
            },
            name: one.name.to_owned(),
            rust_name,
            doc: one.doc,
            ty: written(one.ty),
            style: one.style,
            explode: one.explode,
            required: one.required,
        }),
    }
}

/// Whether a query compares values of a type as they are.
fn is_simple(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Bool
            | Type::Int
            | Type::Number
            | Type::Text
            | Type::Time
            | Type::LocalTime
            | Type::Id(_)
    )
}

/// A type that can be written anywhere: secrets can only be written into bodies and headers.
fn written(ty: Type) -> Type {
    match ty {
        Type::Secret | Type::Url | Type::Id(_) => Type::Text,
        Type::SecretJson => Type::Json,
        ty => ty,
    }
}
