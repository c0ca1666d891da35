//! Bodies of requests, and the media types that are chosen for bodies.

use super::action;
use super::envelope::envelope;
use super::names;
use super::node_ref::NodeRef;
use super::operation_entry::OperationEntry;
use super::reader::Reader;
use super::types::{Direction, Types};
use crate::model::{Body, Type};

const BODY_KEYS: &[&str] = &["$ref", "description", "content", "required", "summary"];
const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The names of an operation and of its types.
pub(super) struct Names<'n> {
    /// The name for the type of one of its group: `User`.
    pub(super) one: &'n str,
    /// The name of the operation as that of a type: `Create`.
    pub(super) operation: &'n str,
    /// Whether the document is one of ours.
    pub(super) is_own: bool,
}

impl Names<'_> {
    pub(super) fn of(&self, what: &str) -> String {
        format!("{}{}{what}", self.one, self.operation)
    }

    /// The name of the type under a key.
    pub(super) fn of_key(&self, key: &str, sent: bool) -> String {
        let name = names::camel(&names::words(&names::singular(key)), "Item");
        match (sent, name == self.one) {
            (true, true) => self.of(""),
            (true, false) => format!("{name}{}", self.operation),
            (false, _) => name,
        }
    }
}

/// Reads what an operation sends.
pub(super) fn body<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    entry: &OperationEntry<'a>,
    names: &Names<'_>,
) -> Option<Body> {
    let place = reader.mapping(&entry.request, "requestBody")?;
    let place = reader.resolve(&place)?;
    reader.known_keys(&place, "a request body", BODY_KEYS);
    let content = reader.mapping(&place, "content")?;
    let (media, schema) = choose(reader, &content)?;
    if let Some(name) = entry.action {
        return action::body(reader, types, names, schema.as_ref(), name);
    }
    let optional = !place.flag("required");
    let raw = Body {
        key: String::new(),
        ty: Type::Bytes,
        form: false,
        media: Some(media.clone()),
        optional: false,
    };
    if !is_json(&media) && media != FORM {
        return Some(raw);
    }
    let Some(schema) = schema else {
        return Some(Body {
            ty: Type::Json,
            media: None,
            ..raw
        });
    };
    let form = media == FORM;
    let found = match form {
        true => None,
        false => envelope(reader, &schema, names.is_own),
    };
    let (key, ty) = match &found {
        Some(found) => {
            let preferred = names.of_key(&found.key, true);
            let typed = types.ty(reader, &found.inner, &preferred, Direction::Request);
            (found.key.clone(), typed.within())
        }
        None => {
            let typed = types.ty(reader, &schema, &names.of("Body"), Direction::Request);
            (String::new(), typed.within())
        }
    };
    Some(Body {
        key,
        ty,
        form,
        media: (!form && media != JSON).then_some(media),
        // A key requires a value.
        optional: optional && found.is_none(),
    })
}

/// Chooses one media type of several: JSON first, then `+json`, then forms.
pub(super) fn choose<'a>(
    reader: &mut Reader<'a>,
    content: &NodeRef<'a>,
) -> Option<(String, Option<NodeRef<'a>>)> {
    let mut best: Option<(usize, String, Option<NodeRef<'a>>)> = None;
    for (key, place) in content.entries() {
        let media = key.text().unwrap_or_default();
        let plain = media.split(';').next().unwrap_or_default().trim();
        if !plain.contains('/') || !plain.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!("`{media}` is not a media type such as `{JSON}`");
            reader.problem(&place, message);
            continue;
        }
        let plain = plain.to_ascii_lowercase();
        let rank = match plain.as_str() {
            JSON => 0,
            media if is_json(media) => 1,
            FORM => 2,
            media if media.contains('*') => 4,
            _ => 3,
        };
        let order = |known: &(usize, String, _)| (rank, &plain) < (known.0, &known.1);
        if best.as_ref().is_none_or(order) {
            best = Some((rank, plain, place.get("schema")));
        }
    }
    best.map(|(_, media, schema)| match media.as_str() {
        // A body of any type may be JSON, if there is a schema for it.
        "*/*" | "application/*" if schema.is_some() && !is_binary(schema.as_ref()) => {
            (JSON.to_owned(), schema)
        }
        _ => (media, schema),
    })
}

pub(super) fn is_binary(schema: Option<&NodeRef<'_>>) -> bool {
    schema.is_some_and(|schema| {
        matches!(schema.text("format"), Some("binary" | "byte"))
            || schema.get("contentMediaType").is_some()
    })
}

pub(super) fn is_json(media: &str) -> bool {
    media == JSON || media == "text/json" || media.ends_with("+json")
}
