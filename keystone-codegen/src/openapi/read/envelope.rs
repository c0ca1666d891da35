//! The one key around the bodies of OpenStack services, and lists in pages.

use super::node_ref::NodeRef;
use super::reader::Reader;
use super::schema::{Additional, Schema};
use crate::model::Page;

/// What stands in a body under its one key.
#[derive(Clone, Debug)]
pub(super) struct Envelope<'a> {
    pub(super) key: String,
    pub(super) inner: NodeRef<'a>,
    /// Whether it is a list.
    pub(super) many: bool,
    /// Whether the page links the next one in a supported form.
    pub(super) next: bool,
}

/// The envelope of a body, if it has one: an object in which one key has a structure, or several,
/// and nothing stands beside it but links. `is_own` also takes values that are no structures.
pub(super) fn envelope<'a>(
    reader: &mut Reader<'a>,
    schema: &NodeRef<'a>,
    is_own: bool,
) -> Option<Envelope<'a>> {
    if is_own && schema.get("$ref").is_some() {
        return None;
    }
    let schema = Schema::read(reader, schema);
    let plain = schema.kind() == Some("object")
        && schema.choices.is_empty()
        && schema.openstack_type.is_none()
        && matches!(schema.additional, Additional::Unsaid | Additional::Nothing);
    if !plain {
        return None;
    }
    let mut inner = None;
    let mut next = false;
    let mut beside = Vec::new();
    for (name, place) in &schema.properties {
        match name.as_str() {
            "links" | "truncated" | "next" => beside.push((name, place)),
            links if links.ends_with("_links") => beside.push((name, place)),
            _ if inner.is_some() => return None,
            _ => inner = Some((name, place)),
        }
    }
    let (key, place) = inner?;
    let found = Schema::read(reader, place);
    if found.nullable {
        return None;
    }
    let many = found.kind() == Some("array");
    let structure = match (&found.items, many) {
        (Some(items), true) => is_structure(&Schema::read(reader, items)),
        _ => is_structure(&found),
    };
    for (name, place) in beside {
        let found = Schema::read(reader, place);
        match (name.as_str(), found.kind()) {
            ("truncated", Some("boolean")) => {}
            ("links", _) if is_own && !many => {}
            // The links of a page; those of one thing are an attribute of its own.
            ("links", Some("object")) | ("next", Some("string")) if many => next = true,
            (links, Some("array")) if many && links.strip_suffix("_links") == Some(key) => {
                next = true;
            }
            _ => return None,
        }
    }
    // Most OpenAPI documents of OpenStack services list no required properties.
    let required = schema.required.iter().any(|name| name == key);
    (is_own || structure && (required || schema.required.is_empty())).then(|| Envelope {
        key: key.clone(),
        inner: place.clone(),
        many,
        next,
    })
}

fn is_structure(schema: &Schema<'_>) -> bool {
    !schema.properties.is_empty() || !schema.choices.is_empty()
}

/// How a list comes in pages.
pub(super) fn page(operation: &NodeRef<'_>, next: bool, takes_marker: bool) -> Page {
    match operation.text("x-openstack-page") {
        Some("marker") => Page::Marker,
        Some("echo") => Page::Echo,
        Some(_) => Page::None,
        None if next && takes_marker => Page::Marker,
        None if next => Page::Echo,
        None => Page::None,
    }
}
