//! What an operation sends and returns.

use super::of::Of;
use super::wire::{Part, Wire};
use crate::model::{Body, Response, Shape, Type};

/// The body of a request.
pub(super) struct Sent<'a> {
    pub(super) key: &'a str,
    pub(super) media: &'a str,
    pub(super) optional: bool,
    pub(super) wire: Wire<'a>,
}

impl<'a> Sent<'a> {
    pub(super) fn by(of: Of<'a>) -> Option<Self> {
        let resource = of.resource;
        let json = |key: &'a str, wire: Wire<'a>| Self {
            key,
            media: "JSON",
            optional: false,
            wire,
        };
        Some(match &of.operation.shape {
            Shape::Create { many: true, .. } => {
                json(&resource.keys, Wire::Parts(resource, Part::Create))
            }
            Shape::Create { bare: true, .. } => json("", Wire::Part(resource, Part::Create)),
            Shape::Create { .. } => json(&resource.key, Wire::Part(resource, Part::Create)),
            Shape::Update => json(&resource.key, Wire::Part(resource, Part::Update)),
            Shape::Other { body, .. } => Self::with(body.as_ref()?),
            Shape::Get | Shape::List { .. } => return None,
        })
    }

    fn with(body: &'a Body) -> Self {
        let media = match (&body.media, body.form) {
            (Some(media), _) => media,
            (None, true) => "a form",
            (None, false) => "JSON",
        };
        Self {
            key: &body.key,
            media,
            optional: body.optional,
            wire: Wire::Type(&body.ty),
        }
    }
}

/// A response.
pub(super) struct Returned<'a> {
    pub(super) form: &'static str,
    pub(super) key: &'a str,
    pub(super) optional: bool,
    pub(super) wire: Option<Wire<'a>>,
}

impl<'a> Returned<'a> {
    pub(super) fn by(of: Of<'a>) -> Self {
        let resource = of.resource;
        let part = |key: &'a str, wire: Wire<'a>| Self::new("JSON", key, Some(wire));
        match &of.operation.shape {
            Shape::Create { many: true, .. } => {
                part(&resource.keys, Wire::Parts(resource, Part::Response))
            }
            Shape::Create { .. } | Shape::Get | Shape::Update => {
                part(&resource.key, Wire::Part(resource, Part::Response))
            }
            Shape::List { item, keys, .. } => part(keys, Wire::Items(item)),
            Shape::Other { response, .. } => Self::with(response),
        }
    }

    fn with(response: &'a Response) -> Self {
        let value = |key: &'a str, ty: &'a Type| Self::new("JSON", key, Some(Wire::Type(ty)));
        match response {
            Response::Empty => Self::new("no body", "", None),
            Response::Exists => Self::new("a status that says whether it exists", "", None),
            Response::Linked => Self::new("a status that says whether they are linked", "", None),
            Response::Form(ty) => Self::new("a form", "", Some(Wire::Type(ty))),
            Response::IssuedToken(key) => Self::new("a token in a header", key, None),
            Response::Optional(key, ty) => Self {
                optional: true,
                ..value(key, ty)
            },
            Response::Raw => Self::new("a text", "", None),
            Response::TokenBody(key) => Self::new("the description of a token", key, None),
            Response::Value(key, ty) => value(key, ty),
        }
    }

    fn new(form: &'static str, key: &'a str, wire: Option<Wire<'a>>) -> Self {
        Self {
            form,
            key,
            optional: false,
            wire,
        }
    }
}
