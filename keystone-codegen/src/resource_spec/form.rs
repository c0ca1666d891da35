//! Bodies that are forms, `form of` a record, rather than JSON.

use keystone_document::Node;

use super::line;
use super::reader::Reader;
use crate::model::Type;

const FORM: &str = "form of ";

/// Whether a text says that a body is a form.
pub(super) fn is_form(text: &str) -> bool {
    text.starts_with(FORM)
}

/// The record behind `form of`.
pub(super) fn ty(reader: &mut Reader, node: &Node) -> Type {
    let ty = line::ty_after(reader, node, FORM.len());
    if !matches!(ty, Type::Record(_)) {
        reader.problem(node.position, "a form is `form of` a record");
    }
    ty
}
