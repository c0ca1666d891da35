//! The responses of an operation: the statuses of success with their bodies, and the errors.

use super::errors::ERRORS;
use super::names::{FORM, LINKS, MEDIA_TYPE, SUBJECT_TOKEN, TOKEN_BODY, of_type, reference};
use super::resource_operation::ResourceOperation;
use super::schema::{Direction, Schemas};
use crate::model::{Method, Operation, Page, Resource, Response, Shape};
use keystone_document::{Content, Mapping as Map};

/// A success: what it means, its headers and its content.
struct Success {
    description: &'static str,
    headers: Option<Map>,
    media: String,
    schema: Option<Map>,
}

pub(super) fn responses(
    schemas: &Schemas<'_>,
    method: Method,
    parts: &[ResourceOperation<'_>],
) -> Map {
    let mut statuses: Vec<(u16, Map)> = Vec::new();
    for part in parts {
        for status in &part.operation.statuses {
            let mut success = success(schemas, part.resource, part.operation);
            success.add_headers(part.operation);
            match statuses.iter_mut().find(|(at, _)| at == status) {
                Some((_, response)) => success.add_content(method, response),
                None => statuses.push((*status, success.response(method))),
            }
        }
    }
    let mut responses = Map::new();
    for (status, response) in statuses {
        responses.push(status.to_string(), response);
    }
    for status in errors(parts) {
        if let Some(error) = ERRORS.iter().find(|error| error.status == status) {
            let of_oauth = parts.iter().any(|part| is_oauth(part.operation));
            let response = match of_oauth {
                true => error.response("OauthError"),
                false => reference("responses", error.name),
            };
            responses.push(status.to_string(), response);
        }
    }
    if responses.is_empty() {
        responses.push("default", Map::new().with("description", "Any response"));
    }
    responses
}

impl Success {
    fn response(self, method: Method) -> Map {
        let mut response = Map::new()
            .with("description", self.description)
            .with_some("headers", self.headers.clone());
        self.add_content(method, &mut response);
        response
    }

    fn add_headers(&mut self, operation: &Operation) {
        let mut headers = self.headers.take().unwrap_or_default();
        for header in &operation.response_headers {
            let described = Map::new().with("schema", of_type("string"));
            let doc = Some(&header.doc).filter(|doc| !doc.is_empty());
            headers.push(&header.name, described.with_some("description", doc));
        }
        self.headers = Some(headers).filter(|headers| !headers.is_empty());
    }

    /// Adds a media type to a response; a HEAD has none.
    fn add_content(self, method: Method, response: &mut Map) {
        let Some(schema) = self.schema.filter(|_| method != Method::Head) else {
            return;
        };
        let media = Map::new().with("schema", schema);
        match response.get_mut("content").map(|node| &mut node.value) {
            Some(Content::Mapping(content)) => content.push(self.media, media),
            _ => response.push("content", Map::new().with(self.media, media)),
        }
    }
}

fn success(schemas: &Schemas<'_>, resource: &Resource, operation: &Operation) -> Success {
    let name = resource.type_name();
    let one = || reference("schemas", &name);
    let json = |description, schema| Success {
        description,
        headers: None,
        media: operation.accept.clone().unwrap_or(MEDIA_TYPE.to_owned()),
        schema: Some(schema),
    };
    match &operation.shape {
        Shape::List { item, keys, page } => json("The list", page_of(schemas, item, keys, *page)),
        Shape::Create { many: true, .. } => {
            let all = of_type("array").with("items", one());
            json("The created resources", schemas.keyed(&resource.keys, all))
        }
        Shape::Create { .. } => json("The created resource", schemas.keyed(&resource.key, one())),
        Shape::Get => json("The resource", schemas.keyed(&resource.key, one())),
        Shape::Update => json("The updated resource", schemas.keyed(&resource.key, one())),
        Shape::Other { response, .. } => other(schemas, response, json),
    }
}

fn other(
    schemas: &Schemas<'_>,
    response: &Response,
    json: impl Fn(&'static str, Map) -> Success,
) -> Success {
    let token = |key| schemas.keyed(key, reference("schemas", TOKEN_BODY));
    match response {
        Response::Empty => Success::without_body("Done"),
        Response::Exists | Response::Linked => Success::without_body("It exists"),
        Response::Form(ty) => Success {
            media: FORM.to_owned(),
            ..json(
                "The response, as a form",
                schemas.ty(ty, Direction::Response),
            )
        },
        Response::IssuedToken(key) => Success {
            headers: Some(Map::new().with(SUBJECT_TOKEN, reference("headers", SUBJECT_TOKEN))),
            ..json("The token in a header, and its description", token(key))
        },
        Response::Raw => json("The document", of_type("string")),
        Response::TokenBody(key) => json("The description of the token", token(key)),
        Response::Optional(key, ty) | Response::Value(key, ty) => {
            let value = schemas.ty(ty, Direction::Response);
            let schema = match key.as_str() {
                "" => value,
                key => beside_links(schemas, key, value),
            };
            json("The response", schema)
        }
    }
}

impl Success {
    fn without_body(description: &'static str) -> Self {
        Self {
            description,
            headers: None,
            media: String::new(),
            schema: None,
        }
    }
}

fn page_of(schemas: &Schemas<'_>, item: &str, keys: &str, page: Page) -> Map {
    let items = of_type("array").with("items", reference("schemas", item));
    let mut properties = Map::new()
        .with(keys, items)
        .with("links", reference("schemas", LINKS));
    if page != Page::None {
        properties.push("truncated", of_type("boolean"));
    }
    schemas.requiring(keys, properties)
}

/// Services put `links` beside whatever they return under a key.
fn beside_links(schemas: &Schemas<'_>, key: &str, value: Map) -> Map {
    let properties = Map::new()
        .with(key, value)
        .with("links", reference("schemas", LINKS));
    schemas.requiring(key, properties)
}

/// Whether errors come as those of OAuth 2.0: where a form is exchanged for a token.
fn is_oauth(operation: &Operation) -> bool {
    matches!(&operation.shape, Shape::Other { body: Some(body), .. } if body.form)
        && !operation.authenticated
}

/// The statuses with which a service may refuse a request, as far as the shape of the operation says.
fn errors(parts: &[ResourceOperation<'_>]) -> Vec<u16> {
    let all = [400, 401, 403, 404, 409, 410];
    let of_one = |status: &u16| parts.iter().any(|part| may_fail(part.operation, *status));
    all.into_iter().filter(of_one).collect()
}

fn may_fail(operation: &Operation, status: u16) -> bool {
    let sends = match &operation.shape {
        Shape::Create { .. } | Shape::Update => true,
        Shape::Other { body, .. } => body.is_some(),
        Shape::List { .. } | Shape::Get => false,
    };
    let marker = matches!(
        operation.shape,
        Shape::List {
            page: Page::Marker,
            ..
        }
    );
    let names = operation.path.parameters().next().is_some();
    match status {
        400 => sends || !operation.query.is_empty() || !operation.headers.is_empty(),
        401 => operation.authenticated || sends,
        403 => !operation.policies.is_empty() || operation.gone.is_some(),
        404 => names || sends || marker || !operation.headers.is_empty(),
        409 => sends || (names && operation.method == Method::Put),
        410 => operation.gone.is_some(),
        _ => false,
    }
}
