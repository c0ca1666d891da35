//! The responses of an operation: the statuses of success with their bodies, and the errors.

use super::errors::ERRORS;
use super::names::{FORM, LINKS, MEDIA_TYPE, SUBJECT_TOKEN, TOKEN_BODY, of_type, reference};
use super::resource_operation::ResourceOperation;
use super::schema::{Direction, Schemas};
use super::served::Served;
use crate::model::{Method, Operation, Page, Resource, Response, Shape};
use keystone_document::{Content, Mapping as Map, Node};

/// A success: what it means, its headers and its content.
struct Success {
    description: &'static str,
    headers: Option<Map>,
    media: String,
    schema: Option<Map>,
}

/// All responses; `parts` have one method and one path.
pub(super) fn responses(
    schemas: &Schemas<'_>,
    method: Method,
    parts: &[ResourceOperation<'_>],
) -> Map {
    let mut responses = successes(schemas, method, parts);
    let shared = shared_headers(schemas);
    for status in errors(schemas, parts) {
        if let Some(error) = ERRORS.iter().find(|error| error.status == status) {
            let of_oauth = parts.iter().any(|part| is_oauth(part.operation));
            let response = match of_oauth {
                true => error.response("OauthError", &shared),
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

/// The responses that mean success.
pub(super) fn successes(
    schemas: &Schemas<'_>,
    method: Method,
    parts: &[ResourceOperation<'_>],
) -> Map {
    let shared = shared_headers(schemas);
    let mut statuses: Vec<(u16, Map)> = Vec::new();
    for part in parts {
        for status in &part.operation.statuses {
            let mut success = success(schemas, part.resource, part.operation);
            success.add_headers(part.operation, &shared);
            match statuses.iter_mut().find(|(at, _)| at == status) {
                Some((_, response)) => success.join(method, response),
                None => statuses.push((*status, success.response(method))),
            }
        }
    }
    statuses.sort_by_key(|(status, _)| *status);
    let mut responses = Map::new();
    for (status, response) in statuses {
        responses.push(status.to_string(), response);
    }
    responses
}

/// The headers of all responses of a service's own document.
fn shared_headers(schemas: &Schemas<'_>) -> Vec<&'static str> {
    let served = schemas.served();
    served
        .map(|served| served.header_names())
        .unwrap_or_default()
}

impl Success {
    fn response(self, method: Method) -> Map {
        let mut response = Map::new()
            .with("description", self.description)
            .with_some("headers", self.headers.clone());
        self.add_content(method, &mut response);
        response
    }

    fn add_headers(&mut self, operation: &Operation, shared: &[&str]) {
        let mut headers = self.headers.take().unwrap_or_default();
        for header in &operation.response_headers {
            let described = Map::new().with("schema", of_type("string"));
            let doc = Some(&header.doc).filter(|doc| !doc.is_empty());
            headers.push(&header.name, described.with_some("description", doc));
        }
        for name in shared {
            headers.push(*name, reference("headers", name));
        }
        self.headers = Some(headers).filter(|headers| !headers.is_empty());
    }

    /// Joins this to another success of the same status.
    fn join(self, method: Method, response: &mut Map) {
        if let Some(headers) = self.headers.clone() {
            match response.get_mut("headers").map(|node| &mut node.value) {
                Some(Content::Mapping(known)) => known.merge(headers),
                _ => response.push("headers", headers),
            }
        }
        self.add_content(method, response);
    }

    /// Adds a media type to a response; a HEAD has none. Two schemas of one media type are either of them.
    fn add_content(self, method: Method, response: &mut Map) {
        let Some(schema) = self.schema.filter(|_| method != Method::Head) else {
            return;
        };
        let media = Map::new().with("schema", schema);
        match response.get_mut("content").map(|node| &mut node.value) {
            Some(Content::Mapping(content)) => match content.get_mut(&self.media) {
                Some(known) => either(known, media),
                None => content.push(self.media, media),
            },
            _ => response.push("content", Map::new().with(self.media, media)),
        }
    }
}

/// Makes a media type that of either schema.
fn either(known: &mut Node, other: Map) {
    let (Content::Mapping(known), Some(other)) = (&mut known.value, other.get("schema")) else {
        return;
    };
    let Some(schema) = known.get_mut("schema") else {
        return;
    };
    let mut choices = match schema.get("anyOf").and_then(Node::sequence) {
        Some(choices) => choices.to_vec(),
        None => vec![schema.clone()],
    };
    if !choices.contains(other) {
        choices.push(other.clone());
        *schema = Map::new().with("anyOf", choices).into();
    }
}

fn success(schemas: &Schemas<'_>, resource: &Resource, operation: &Operation) -> Success {
    let name = resource.type_name();
    let one = || reference("schemas", &name);
    let keyed = |key: &str, value| schemas.keyed(key, value, Direction::Response);
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
            json("The created resources", keyed(&resource.keys, all))
        }
        Shape::Create { .. } => json("The created resource", keyed(&resource.key, one())),
        Shape::Get => json("The resource", keyed(&resource.key, one())),
        Shape::Update => json("The updated resource", keyed(&resource.key, one())),
        Shape::Other { response, .. } => other(schemas, response, json),
    }
}

fn other(
    schemas: &Schemas<'_>,
    response: &Response,
    json: impl Fn(&'static str, Map) -> Success,
) -> Success {
    let token = |key| schemas.keyed(key, reference("schemas", TOKEN_BODY), Direction::Response);
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
    schemas.requiring(keys, properties, Direction::Response)
}

/// Services put `links` beside whatever they return under a key.
fn beside_links(schemas: &Schemas<'_>, key: &str, value: Map) -> Map {
    let properties = Map::new()
        .with(key, value)
        .with("links", reference("schemas", LINKS));
    schemas.requiring(key, properties, Direction::Response)
}

/// Whether errors come as those of OAuth 2.0: where a form is exchanged for a token.
fn is_oauth(operation: &Operation) -> bool {
    matches!(&operation.shape, Shape::Other { body: Some(body), .. } if body.form)
        && !operation.authenticated
}

/// The statuses with which a service may refuse a request, as far as the shape of the operation says.
fn errors(schemas: &Schemas<'_>, parts: &[ResourceOperation<'_>]) -> Vec<u16> {
    let served = schemas.served();
    let of_one = |status: &u16| {
        parts.iter().any(|part| {
            let by_runtime = |served: &Served<'_>| served.may_fail(*part, *status);
            may_fail(part.operation, *status) || served.as_ref().is_some_and(by_runtime)
        })
    };
    ERRORS
        .iter()
        .map(|error| error.status)
        .filter(of_one)
        .collect()
}

fn may_fail(operation: &Operation, status: u16) -> bool {
    let sends = match &operation.shape {
        Shape::Create { .. } | Shape::Update => true,
        Shape::Other { body, .. } => body.is_some() || operation.action.is_some(),
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
