//! Actions: operations that share the path `<item>/action` and differ in the key of their body.

use keystone_document::Node;

use super::collection::Collection;
use super::reader::{Keys, Reader, ReferenceKind};
use super::{form, line};
use crate::model::{Body, Path, Segment};
use crate::text::problem_of_action;

/// The keys of an operation that an action cannot have: it is a body, and nothing beside it.
const REFUSED: &[&str] = &[
    "list",
    "get",
    "head",
    "post",
    "put",
    "patch",
    "delete",
    "query",
    "of",
    "page",
    "headers",
    "accept",
    "gone",
    "authenticated",
];

/// The path of the actions on an item.
pub(super) fn path(
    reader: &mut Reader,
    node: &Node,
    keys: &Keys<'_>,
    collection: &Collection,
) -> Option<Path> {
    let name = reader.text(node);
    if let Some(problem) = problem_of_action(&name) {
        reader.problem(node.position, problem);
        return None;
    }
    for key in REFUSED {
        if let Some(node) = keys.get(key) {
            let message = format!("an action is a body for one path; leave `{key}` out");
            reader.problem(node.position, message);
        }
    }
    if let Some(reason) = &collection.no_item {
        let message = format!("an action is done on one item, and {reason}");
        reader.problem(node.position, message);
        return None;
    }
    let mut path = collection.item.clone();
    path.segments.push(Segment::Literal("action".to_owned()));
    reader.refer_from(ReferenceKind::Action, &name, node.position, &path);
    Some(path)
}

/// What stands under the name of the action.
pub(super) fn body(reader: &mut Reader, name: &str, node: &Node) -> Option<Body> {
    if node.text().is_none_or(form::is_form) {
        let message = format!(
            "the body of an action stands under `{name}`; write its type alone, such as `body: SealRequest`"
        );
        reader.problem(node.position, message);
        return None;
    }
    Some(Body {
        key: name.to_owned(),
        ty: line::ty(reader, node, None),
        form: false,
        media: None,
        optional: false,
    })
}
