//! One side of a comparison: the operations of an API as they are on the wire.

use std::collections::BTreeMap;

use keystone_codegen::model::{
    Api, Method, Operation, Page, ParameterLocation, QueryKind, Response, Shape, Type,
};

use super::wire::{Types, words};

/// The operations of an API, with the types that they name.
pub(super) struct Side<'a> {
    pub(super) types: Types<'a>,
    /// By path without the names of its parameters, and method.
    pub(super) operations: BTreeMap<(String, &'static str), One<'a>>,
}

/// An operation.
pub(super) struct One<'a> {
    pub(super) address: String,
    pub(super) operation: &'a Operation,
}

/// A parameter of a query.
pub(super) struct QueryParameter {
    pub(super) ty: String,
    pub(super) required: bool,
    pub(super) since: Option<String>,
}

/// A body: the key around it, and its type.
pub(super) enum Body<'a> {
    Nothing,
    /// It is not looked into.
    Other(&'static str),
    Json(&'a str, BodyType<'a>, Presence),
}

/// The type of a body.
pub(super) enum BodyType<'a> {
    Of(&'a Type),
    /// Many of a structure.
    Many(&'a str),
}

/// Whether a body may be left out.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Presence {
    Always,
    Maybe,
}

impl<'a> Side<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let mut operations = BTreeMap::new();
        for operation in api.resources().flat_map(|resource| &resource.operations) {
            let address = api.address(&operation.path);
            // A service serves a check by HEAD with the handler of GET.
            let method = match operation.method {
                Method::Head => Method::Get,
                method => method,
            };
            let key = (nameless(&address), method.as_str());
            operations.entry(key).or_insert(One { address, operation });
        }
        Self {
            types: Types::new(api),
            operations,
        }
    }
}

/// A path whose parameters have no names.
pub(super) fn nameless(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => "{}",
            false => segment,
        });
    segments.collect::<Vec<_>>().join("/")
}

impl<'a> One<'a> {
    /// The policies in any order.
    pub(super) fn policies(&self) -> String {
        let mut policies: Vec<&str> = self.operation.policies.iter().map(String::as_str).collect();
        policies.sort_unstable();
        match policies.is_empty() {
            true => "public".to_owned(),
            false => policies.join(", "),
        }
    }

    pub(super) fn statuses(&self) -> String {
        let mut statuses = self.operation.statuses.clone();
        statuses.sort_unstable();
        let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
        statuses.join(", ")
    }

    pub(super) fn query(&self, types: &Types<'_>) -> BTreeMap<&'a str, QueryParameter> {
        let optional = |ty: &str| QueryParameter {
            ty: ty.to_owned(),
            required: false,
            since: None,
        };
        let paging: &[(&str, &str)] = match self.operation.shape {
            Shape::List {
                page: Page::Marker, ..
            } => &[("limit", "int"), ("marker", "string")],
            Shape::List {
                page: Page::Echo, ..
            } => &[("limit", "int")],
            _ => &[],
        };
        let mut all: BTreeMap<&str, QueryParameter> = BTreeMap::new();
        all.extend(paging.iter().map(|(name, ty)| (*name, optional(ty))));
        for query in &self.operation.query {
            let ty = match &query.kind {
                QueryKind::Exact(ty) => words(types, ty),
                QueryKind::Csv => "csv".to_owned(),
                QueryKind::Flag => "flag".to_owned(),
                QueryKind::Text => "text".to_owned(),
                QueryKind::Time => "time with an operator".to_owned(),
                _ => String::new(),
            };
            let found = QueryParameter {
                ty,
                required: query.required,
                since: query.since.clone(),
            };
            all.insert(&query.name, found);
        }
        for parameter in &self.operation.parameters {
            if parameter.place == ParameterLocation::Query {
                let found = QueryParameter {
                    ty: words(types, &parameter.ty),
                    required: parameter.required,
                    since: None,
                };
                all.insert(&parameter.name, found);
            }
        }
        all
    }

    pub(super) fn body(&self) -> Body<'a> {
        let Shape::Other {
            body: Some(body), ..
        } = &self.operation.shape
        else {
            return Body::Nothing;
        };
        match (&body.media, body.form) {
            (_, true) => Body::Other("a form"),
            (Some(_), _) => Body::Other("not JSON"),
            (None, false) => {
                let presence = match body.optional {
                    true => Presence::Maybe,
                    false => Presence::Always,
                };
                Body::Json(&body.key, BodyType::Of(&body.ty), presence)
            }
        }
    }

    pub(super) fn response(&self) -> Body<'a> {
        match &self.operation.shape {
            Shape::List { item, keys, .. } => {
                Body::Json(keys, BodyType::Many(item), Presence::Always)
            }
            Shape::Other { response, .. } => match response {
                Response::Value(key, ty) => Body::Json(key, BodyType::Of(ty), Presence::Always),
                Response::Optional(key, ty) => Body::Json(key, BodyType::Of(ty), Presence::Maybe),
                Response::Form(_) => Body::Other("a form"),
                Response::IssuedToken(_) | Response::TokenBody(_) => Body::Other("a token"),
                Response::Raw => Body::Other("not JSON"),
                _ => Body::Nothing,
            },
            _ => Body::Nothing,
        }
    }
}
