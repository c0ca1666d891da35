//! The document of a service.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::description::OperationDescription;
use super::errors;
use super::info::Info;
use super::names::{Named, named};
use super::operation::{head, key, operation};
use super::ordered::{Ordered, object};
use super::route::DescribedRoute;
use super::schemas::{Schemas, each_reference, name_of, rename};

/// The OpenAPI document of a service, from [`Routes::openapi`](crate::Routes::openapi): OpenAPI 3.1 as
/// JSON, with the policies and scope types of each operation in keys that begin with `x-openstack-`.
///
/// It is a response, so a public handler can serve it; [`Routes::document`](crate::Routes::document) adds
/// one.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    text: String,
    problems: Vec<String>,
}

/// The document in the order in which it is read best.
#[derive(Serialize)]
struct Keys {
    openapi: &'static str,
    info: Value,
    tags: Vec<Value>,
    security: Value,
    #[serde(serialize_with = "in_order")]
    paths: Vec<(String, Map<String, Value>)>,
    #[serde(serialize_with = "ordered")]
    components: Value,
}

impl Document {
    /// Describes the routes.
    pub(crate) fn new(info: &Info, routes: &[DescribedRoute]) -> Self {
        let mut schemas = Schemas::new();
        let mut problems = Vec::new();
        let mut paths: Vec<(String, Map<String, Value>)> = Vec::new();
        let names = names(info, routes, &mut problems);
        for (route, named) in routes.iter().zip(&names) {
            let mut about = OperationDescription::new(&mut schemas);
            (route.described.describe)(&mut about);
            let described = operation(route, named, &mut about, &mut problems);
            let item = match paths.iter().position(|(path, _)| *path == route.path) {
                Some(index) => paths.get_mut(index),
                None => {
                    paths.push((route.path.clone(), Map::new()));
                    paths.last_mut()
                }
            };
            if let Some((_, item)) = item {
                item.insert(key(&route.method), Value::Object(described));
            }
        }
        for (_, item) in &mut paths {
            // axum serves HEAD by the handler of GET.
            if let (Some(Value::Object(get)), None) = (item.get("get"), item.get("head")) {
                let head = head(get);
                item.insert("head".to_owned(), Value::Object(head));
            }
        }
        let text = text(info, &names, paths, schemas);
        Self(Arc::new(Inner { text, problems }))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// What contradicts itself in the handlers: parameters of paths that no argument reads, arguments that
    /// read others, and two operations of one name. `assert_spec_matches!` of keystone-testing fails
    /// with them.
    pub fn problems(&self) -> &[String] {
        &self.0.problems
    }
}

fn names(info: &Info, routes: &[DescribedRoute], problems: &mut Vec<String>) -> Vec<Named> {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let names = routes.iter().map(|route| {
        let mut named = named(route, &info.version);
        let place = format!("{} {}", route.method, route.path);
        if let Some(first) = taken.get(&named.id) {
            problems.push(format!(
                "{place}: `{}` is the operation {first} already: give one of them another name, `name = \"..\"`",
                named.id
            ));
            let mut number = 2;
            while taken.contains_key(&format!("{}_{number}", named.id)) {
                number += 1;
            }
            named.id = format!("{}_{number}", named.id);
        }
        taken.insert(named.id.clone(), place);
        named
    });
    names.collect()
}

fn text(
    info: &Info,
    names: &[Named],
    mut paths: Vec<(String, Map<String, Value>)>,
    schemas: Schemas,
) -> String {
    let (mut all, own_names) = schemas.finish();
    let name_of_read = |name: &str| own_names.get(name).cloned();
    for (_, item) in &mut paths {
        for value in item.values_mut() {
            rename(value, &name_of_read);
        }
    }
    for schema in all.values_mut() {
        rename(schema, &name_of_read);
    }
    all.insert(errors::ERROR.to_owned(), errors::schema());
    let components = components(&mut paths, all);
    let mut tags: Vec<&str> = Vec::new();
    for named in names {
        if !tags.contains(&named.tag.as_str()) {
            tags.push(&named.tag);
        }
    }
    let document = Keys {
        openapi: "3.1.0",
        info: about(info),
        tags: tags.iter().map(|tag| json!({"name": tag})).collect(),
        security: json!([{"token": []}]),
        paths,
        components,
    };
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn about(info: &Info) -> Value {
    let mut service = json!({
        "type": info.service_type,
        "version": info.version,
        "discover": false,
    });
    if let (Some((min, max)), Some(service)) = (&info.microversions, service.as_object_mut()) {
        service.insert("microversions".to_owned(), json!({"min": min, "max": max}));
    }
    let version = match info.version.as_str() {
        "" => "unversioned",
        version => version,
    };
    let mut about = json!({
        "title": info.title,
        "version": version,
        "x-openstack-service": service,
    });
    if let (Some(text), Some(about)) = (&info.description, about.as_object_mut()) {
        about.insert("description".to_owned(), json!(text));
    }
    about
}

/// The components that the paths refer to.
fn components(paths: &mut [(String, Map<String, Value>)], mut all: Map<String, Value>) -> Value {
    let mut statuses = BTreeSet::new();
    let mut open = BTreeSet::new();
    for (_, item) in paths {
        for operation in item.values_mut() {
            each_reference(operation, &mut |target| {
                open.extend(name_of(target).map(str::to_owned));
            });
            let responses = operation.get("responses").and_then(Value::as_object);
            let refusals = responses.into_iter().flatten();
            let refusals = refusals.filter(|(_, response)| response.get("$ref").is_some());
            statuses.extend(refusals.filter_map(|(status, _)| status.parse::<u16>().ok()));
        }
    }
    if !statuses.is_empty() {
        open.insert(errors::ERROR.to_owned());
    }
    let mut schemas = Map::new();
    while let Some(name) = open.pop_first() {
        if let Some(mut schema) = all.remove(&name) {
            each_reference(&mut schema, &mut |target| {
                open.extend(name_of(target).map(str::to_owned));
            });
            schemas.insert(name, schema);
        }
    }
    json!({
        "schemas": schemas,
        "responses": errors::responses(statuses),
        "securitySchemes": {"token": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Auth-Token",
            "description": "A Keystone token.",
        }},
    })
}

fn in_order<S: Serializer>(
    pairs: &[(String, Map<String, Value>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    struct Item<'a>(&'a Map<String, Value>);

    impl Serialize for Item<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            object(self.0, serializer)
        }
    }

    serializer.collect_map(pairs.iter().map(|(path, item)| (path, Item(item))))
}

fn ordered<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    Ordered(value).serialize(serializer)
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("problems", &self.0.problems)
            .finish_non_exhaustive()
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], self.as_str().to_owned()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axum::openapi::route::tests::route;

    #[test]
    fn what_contradicts_itself_is_told() {
        let info = Info::new("Notes", "notes", "v1");
        let routes = [
            route("get_note", "/v1/notes/{note_id}"),
            route("get_notes", "/v1/notes"),
        ];
        let document = Document::new(&info, &routes);
        assert_eq!(
            document.problems(),
            [
                "GET /v1/notes: `note.get` is the operation GET /v1/notes/{note_id} already: give one of \
                 them another name, `name = \"..\"`",
                "GET /v1/notes/{note_id}: no argument reads `{note_id}`: take it as `Path<..>` or \
                 `Found<..>`, or leave it out of the path",
            ]
        );
        assert!(document.as_str().contains("\"note.get_2\""));
    }
}
