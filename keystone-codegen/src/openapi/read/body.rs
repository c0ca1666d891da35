//! Bodies of requests.

use super::action;
use super::envelope::envelope;
use super::media::{FORM, JSON, choose, is_json};
use super::operation_entry::OperationEntry;
use super::operation_names::OperationNames;
use super::reader::Reader;
use super::types::{Direction, Types};
use crate::model::{Body, Type};

const BODY_KEYS: &[&str] = &["$ref", "description", "content", "required", "summary"];

/// Reads what an operation sends.
pub(super) fn body<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    entry: &OperationEntry<'a>,
    names: &OperationNames<'_>,
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
