//! What several operations refer to; a document holds only what is referred to.

use std::collections::BTreeSet;

use super::errors::ERRORS;
use super::names::{LIMIT, LINKS, MARKER, SUBJECT_TOKEN, TOKEN, of_type};
use super::parameter::is_authorization;
use super::schema::Schemas;
use crate::Error;
use crate::model::{Api, Type};
use crate::resource_spec::{self, SpecFile};
use keystone_document::{Content, Entry, Mapping as Map, Node};

/// The structures that the runtime of our clients knows, in the words of resource specs.
const BUILT_IN: &str = include_str!("built_in.yaml");

/// The components that `document` refers to, directly or not.
pub(super) fn used(api: &Api, schemas: &Schemas<'_>, document: &Map) -> Result<Map, Error> {
    let mut described = schemas.all()?;
    let built_in = resource_spec::read(&[SpecFile::new("built_in.yaml", BUILT_IN)])?;
    for record in built_in.resources().flat_map(|resource| &resource.records) {
        if described.get(&record.name).is_none() {
            described.push(&record.name, schemas.record(record));
        }
    }
    if described.get(LINKS).is_none() {
        described.push(LINKS, links());
    }
    described.sort();
    let mut components = Map::new()
        .with("schemas", described)
        .with("parameters", parameters(schemas))
        .with("responses", responses(schemas))
        .with("headers", headers(schemas));
    keep_used(&mut components, document);
    components.push("securitySchemes", security_schemes(api));
    Ok(components)
}

/// Takes away what nothing refers to.
fn keep_used(components: &mut Map, document: &Map) {
    let mut used = BTreeSet::new();
    for entry in document {
        references(&entry.value, &mut used);
    }
    let mut before = 0;
    while before != used.len() {
        before = used.len();
        for (kind, entry) in names(components) {
            if used.contains(&format!("#/components/{kind}/{}", entry.name())) {
                references(&entry.value, &mut used);
            }
        }
    }
    for Entry { key, value } in &mut *components {
        if let Content::Mapping(entries) = &mut value.value {
            let kind = key.text().unwrap_or_default();
            entries.retain(|entry| used.contains(&format!("#/components/{kind}/{}", entry.name())));
        }
    }
    components.retain(|entry| {
        entry
            .value
            .mapping()
            .is_none_or(|entries| !entries.is_empty())
    });
}

fn names(components: &Map) -> impl Iterator<Item = (&str, &Entry)> {
    components.iter().flat_map(|kind| {
        let entries = kind.value.mapping().unwrap_or_default();
        entries.iter().map(|entry| (kind.name(), entry))
    })
}

fn references(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Content::Mapping(entries) => {
            for entry in entries {
                match entry.value.text() {
                    Some(target) if entry.name() == "$ref" => {
                        found.insert(target.to_owned());
                    }
                    _ => references(&entry.value, found),
                }
            }
        }
        Content::Sequence(items) => items.iter().for_each(|item| references(item, found)),
        Content::Scalar(_) => {}
    }
}

fn links() -> Map {
    let address = of_type_or_null("string");
    of_type("object")
        .with(
            "description",
            "Links. Clients build URLs from ids instead of following them.",
        )
        .with("additionalProperties", address)
        .with("x-openstack-type", "links")
}

fn of_type_or_null(name: &str) -> Map {
    Map::new().with("type", vec![name, "null"])
}

fn parameters(schemas: &Schemas<'_>) -> Map {
    let query = |name: &str, schema: Map, description: &str| {
        Map::new()
            .with("name", name)
            .with("in", "query")
            .with("schema", schema)
            .with("description", description)
    };
    let mut count = of_type("integer").with("minimum", 1_i64);
    if schemas.served().is_some() {
        count.push("maximum", i64::from(u32::MAX));
    }
    let mut parameters = Map::new()
        .with(LIMIT, query(LIMIT, count, "The size of a page."))
        .with(
            MARKER,
            query(
                MARKER,
                of_type("string"),
                "The id of the last item of the previous page.",
            ),
        );
    if let Some(served) = schemas.served() {
        parameters.merge(served.parameters());
    }
    parameters
}

fn responses(schemas: &Schemas<'_>) -> Map {
    let shared = schemas.served().map(|served| served.header_names());
    let shared = shared.unwrap_or_default();
    let mut responses = Map::new();
    for error in ERRORS {
        responses.push(error.name, error.response("ServiceError", &shared));
    }
    responses
}

fn headers(schemas: &Schemas<'_>) -> Map {
    let header = |description: &str, required: bool, schema: Map| {
        Map::new()
            .with("description", description)
            .with("required", required)
            .with("schema", schema)
    };
    let secret = of_type("string").with("format", "password");
    let mut headers = Map::new()
        .with(SUBJECT_TOKEN, header("The issued token", true, secret))
        .with(
            "WWW-Authenticate",
            header(
                "The URL at which tokens are issued",
                false,
                of_type("string"),
            ),
        );
    if let Some(served) = schemas.served() {
        headers.merge(served.headers());
    }
    headers
}

/// The token, and whatever else operations want in `Authorization`.
fn security_schemes(api: &Api) -> Map {
    let in_header = |name: &str, description: &str| {
        Map::new()
            .with("type", "apiKey")
            .with("in", "header")
            .with("name", name)
            .with("description", description)
    };
    let mut schemes = Map::new().with(TOKEN, in_header("X-Auth-Token", "A Keystone token."));
    let authorization = api
        .resources()
        .flat_map(|resource| &resource.operations)
        .flat_map(|operation| &operation.headers)
        .find(|header| is_authorization(header) && header.ty == Type::Secret);
    if let Some(header) = authorization {
        let description = "A signature or credentials, as the operation requires.";
        schemes.push(&header.name, in_header(&header.name, description));
    }
    schemes
}
