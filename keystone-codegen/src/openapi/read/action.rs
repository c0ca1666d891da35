//! Actions: one operation of a document, whose body has the key of one of several operations.

use super::media::choose;
use super::node_ref::NodeRef;
use super::operation_entry::{OperationEntry, group};
use super::operation_names::OperationNames;
use super::reader::Reader;
use super::schema::Schema;
use super::types::{Direction, Types};
use crate::model::{Body, Method};
use crate::text::problem_of_action;

/// The operations in `x-openstack-actions`: each has its own responses, and shares the rest with `around`.
pub(super) fn entries<'a>(
    reader: &mut Reader<'a>,
    around: &OperationEntry<'a>,
    actions: &NodeRef<'a>,
) -> Vec<OperationEntry<'a>> {
    if around.method != Method::Post || !actions.is_mapping() {
        let message = "`x-openstack-actions` is an object with the operations of a `post` by name";
        reader.problem(actions, message);
        return Vec::new();
    }
    let keys = keys(reader, &around.request);
    let known: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
    let mut found = Vec::new();
    for (key, place) in actions.entries() {
        let name = key.text().unwrap_or_default();
        if let Some(problem) = problem_of_action(name) {
            reader.problem(&place, problem);
            continue;
        }
        if !known.contains(&name) {
            let hint = keystone_document::hint_or(name, &known, "add one");
            let message =
                format!("no schema in the body's `oneOf` requires the key `{name}`{hint}");
            reader.problem(&place, message);
            continue;
        }
        found.push(OperationEntry {
            group: match place.get("tags") {
                Some(_) => group(&place, &around.path),
                None => around.group.clone(),
            },
            id: place.text("operationId").map(str::to_owned),
            action: Some(name),
            place,
            ..around.clone()
        });
    }
    let names: Vec<&str> = actions
        .entries()
        .filter_map(|(key, _)| key.text())
        .collect();
    for (key, place) in &keys {
        if !names.contains(&key.as_str()) {
            let hint = keystone_document::hint_or(key, &names, "describe it there");
            let message = format!("`x-openstack-actions` has no action `{key}`{hint}");
            reader.problem(place, message);
        }
    }
    found
}

/// The keys that the schemas of a body require, one each, with the place of the schema.
fn keys<'a>(reader: &mut Reader<'a>, operation: &NodeRef<'a>) -> Vec<(String, NodeRef<'a>)> {
    let body = operation.get("requestBody");
    let content = body.and_then(|body| reader.resolve(&body)?.get("content"));
    let media = content.and_then(|content| choose(reader, &content));
    let Some((_, Some(schema))) = media else {
        return Vec::new();
    };
    let variants = variants(reader, &schema);
    let key = |place: NodeRef<'a>| match Schema::read(reader, &place).required.as_slice() {
        [key] => Some((key.clone(), place)),
        _ => {
            let message = "the schema of an action requires exactly one key, its name";
            reader.problem(&place, message);
            None
        }
    };
    variants.into_iter().filter_map(key).collect()
}

fn variants<'a>(reader: &mut Reader<'a>, schema: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    let choices = Schema::read(reader, schema).choices;
    choices.into_iter().flatten().collect()
}

/// The body of one action: what its schema has under its name, or nothing if that is null.
pub(super) fn body<'a>(
    reader: &mut Reader<'a>,
    types: &mut Types<'a>,
    names: &OperationNames<'_>,
    schema: Option<&NodeRef<'a>>,
    action: &str,
) -> Option<Body> {
    for place in variants(reader, schema?) {
        let variant = Schema::read(reader, &place);
        if !variant.required.iter().any(|key| key == action) {
            continue;
        }
        let mut properties = variant.properties.iter();
        let (_, inner) = properties.find(|(key, _)| key == action)?;
        let value = Schema::read(reader, inner);
        if value.nullable && value.types.is_empty() {
            return None;
        }
        let preferred = names.of_key(action, true);
        let typed = types.ty(reader, inner, &preferred, Direction::Request);
        return Some(Body {
            key: action.to_owned(),
            ty: typed.within(),
            form: false,
            media: None,
            optional: false,
        });
    }
    None
}
