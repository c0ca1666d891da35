//! What operations send and return.

use keystone_document::Node;

use super::query::page;
use super::reader::{Keys, Reader, ReferenceKind};
use super::{action, form, line};
use crate::model::{Body, Method, Response, Shape, camel};

pub(super) fn list_shape(reader: &mut Reader, node: &Node, keys: &Keys<'_>) -> Shape {
    let of = reader.required_text(node, keys, "of");
    if let Some(node) = keys.get("of") {
        reader.refer(ReferenceKind::Entity, &of, node.position);
    }
    Shape::List {
        item: camel(&of),
        keys: format!("{of}s"),
        page: page(reader, keys.get("page")),
    }
}

pub(super) fn other_shape(
    reader: &mut Reader,
    keys: &Keys<'_>,
    method: Method,
    action: Option<&str>,
) -> (Shape, u16) {
    let body = keys.get("body").and_then(|node| match action {
        Some(name) => action::body(reader, name, node),
        None => body(reader, node),
    });
    let response = match keys.get("response") {
        Some(node) => response(reader, node),
        None => Response::Empty,
    };
    let status = match (&response, method) {
        (Response::Empty, _) => 204,
        (_, Method::Post) if action.is_none() => 201,
        _ => 200,
    };
    (Shape::Other { body, response }, status)
}

fn body(reader: &mut Reader, node: &Node) -> Option<Body> {
    let Some(text) = node.text() else {
        let (key, value) = reader.entry(node, "`body`")?;
        return Some(Body {
            key: reader.text(key),
            ty: line::ty(reader, value, None),
            form: false,
            media: None,
            optional: false,
        });
    };
    let form = form::is_form(text);
    let ty = match form {
        true => form::ty(reader, node),
        false => line::ty(reader, node, None),
    };
    Some(Body {
        key: String::new(),
        ty,
        form,
        media: None,
        optional: false,
    })
}

fn response(reader: &mut Reader, node: &Node) -> Response {
    match node.text() {
        Some("exists") => return Response::Exists,
        Some("linked") => return Response::Linked,
        Some("raw") => return Response::Raw,
        Some(text) if form::is_form(text) => return Response::Form(form::ty(reader, node)),
        Some(_) => return Response::Value(String::new(), line::ty(reader, node, None)),
        None => {}
    }
    let Some((key, value)) = reader.entry(node, "`response`") else {
        return Response::Empty;
    };
    let key = reader.text(key);
    match value.text() {
        Some("token body") => Response::TokenBody(key),
        Some("issued token") => Response::IssuedToken(key),
        _ => Response::Value(key, line::ty(reader, value, None)),
    }
}
