//! Parameters of paths and queries, and headers.

use super::names::{LIMIT, MARKER, MEDIA_TYPE, of_type, reference, rust_name};
use super::schema::{Direction, Schemas};
use crate::emit::docs;
use crate::model::{
    Header, Operation, Page, Parameter, ParameterLocation, PathParameter, Query, QueryKind, Shape,
    Style, Type,
};
use keystone_document::Mapping as Map;

pub(super) fn path_parameter(schemas: &Schemas<'_>, parameter: &PathParameter) -> Map {
    let ty = match &parameter.id_of {
        Some(resource) => Type::Id(resource.clone()),
        None => parameter.ty.clone(),
    };
    parameter_at(
        "path",
        &parameter.name,
        true,
        schemas.ty(&ty, Direction::Request),
    )
}

fn parameter_at(place: &str, name: &str, required: bool, schema: Map) -> Map {
    let parameter = Map::new().with("name", name).with("in", place);
    match required {
        true => parameter.with("required", true).with("schema", schema),
        false => parameter.with("schema", schema),
    }
}

/// A header that OpenAPI ignores among parameters: it is a security requirement.
pub(super) fn is_authorization(header: &Header) -> bool {
    header.name.eq_ignore_ascii_case("authorization")
}

/// Parameters of the query and headers. A HEAD beside a GET takes what is required only: its
/// response has no body, so there is nothing to choose.
pub(super) fn parameters(
    schemas: &Schemas<'_>,
    operation: &Operation,
    counterpart: bool,
) -> Vec<Map> {
    let headers = operation
        .headers
        .iter()
        .filter(|header| !is_authorization(header))
        .map(|header| {
            let schema = schemas.ty(&header.ty, Direction::Request);
            parameter_at("header", &header.name, true, schema).with_some(
                "x-openstack-name",
                rust_name(&header.name, &header.rust_name),
            )
        });
    let queries = operation
        .query
        .iter()
        .filter(|query| query.required || !counterpart)
        .map(|query| query_parameter(schemas, query));
    let parameters = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required || !counterpart)
        .map(|parameter| styled_parameter(schemas, parameter));
    let pages = match &operation.shape {
        _ if counterpart => &[][..],
        Shape::List {
            page: Page::Marker, ..
        } => &[LIMIT, MARKER][..],
        Shape::List {
            page: Page::Echo, ..
        } => &[LIMIT][..],
        _ => &[][..],
    };
    let pages = pages.iter().map(|name| reference("parameters", name));
    let served = schemas.served().and_then(|served| served.parameter());
    headers
        .chain(queries)
        .chain(parameters)
        .chain(pages)
        .chain(served)
        .collect()
}

fn styled_parameter(schemas: &Schemas<'_>, parameter: &Parameter) -> Map {
    let place = match parameter.place {
        ParameterLocation::Cookie => "cookie",
        ParameterLocation::Header => "header",
        ParameterLocation::Query => "query",
    };
    let style = match parameter.style {
        Style::DeepObject => Some("deepObject"),
        Style::Form => Some("form"),
        Style::Json => None,
        Style::Pipe => Some("pipeDelimited"),
        Style::Simple => Some("simple"),
        Style::Space => Some("spaceDelimited"),
    };
    let schema = schemas.ty(&parameter.ty, Direction::Request);
    let mut described = Map::new().with("name", &parameter.name).with("in", place);
    if parameter.required {
        described.push("required", true);
    }
    let doc = Some(&parameter.doc).filter(|doc| !doc.is_empty());
    described = described.with_some("description", doc.map(|doc| docs::sentence(doc)));
    match style {
        Some(style) => described
            .with("style", style)
            .with("explode", parameter.explode)
            .with("schema", schema),
        None => {
            let media = Map::new().with("schema", schema);
            described.with("content", Map::new().with(MEDIA_TYPE, media))
        }
    }
    .with_some(
        "x-openstack-name",
        rust_name(&parameter.name, &parameter.rust_name),
    )
}

fn query_parameter(schemas: &Schemas<'_>, query: &Query) -> Map {
    let (schema, words) = match &query.kind {
        QueryKind::Exact(ty) => (schemas.ty(ty, Direction::Request), None),
        QueryKind::Csv => (
            of_type("array").with("items", of_type("string")),
            Some("csv"),
        ),
        // Clients only ever set it; the runtime of services reads `false` too.
        QueryKind::Flag if schemas.served().is_some() => (of_type("boolean"), Some("flag")),
        QueryKind::Flag => (of_type("boolean").with("const", true), Some("flag")),
        QueryKind::Text => (of_type("string"), Some("text")),
        QueryKind::Time => (of_type("string").with("pattern", TIME_MATCH), Some("time")),
    };
    let mut parameter = parameter_at("query", &query.name, query.required, schema);
    if query.kind == QueryKind::Csv {
        parameter.push("style", "form");
        parameter.push("explode", false);
    }
    if !query.doc.is_empty() {
        parameter.push("description", docs::sentence(&query.doc));
    }
    parameter
        .with_some("x-openstack-type", words)
        .with_some("x-openstack-name", rust_name(&query.name, &query.rust_name))
        .with_some("x-openstack-since", query.since.as_ref())
        .with_some("x-openstack-until", query.until.as_ref())
}

/// A moment with an operator before it.
const TIME_MATCH: &str =
    r"^((lt|lte|gt|gte|eq|neq):)?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$";
