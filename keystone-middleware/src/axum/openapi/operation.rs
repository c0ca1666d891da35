//! One operation in the document.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Map, Value, json};

use super::description::{OperationDescription, Response};
use super::errors;
use super::names::Named;
use super::path;
use super::route::DescribedRoute;
use super::schemas::Schemas;

/// One operation, with its problems.
pub(super) fn operation(
    route: &DescribedRoute,
    named: &Named,
    about: &mut OperationDescription<'_>,
    problems: &mut Vec<String>,
) -> Map<String, Value> {
    let facts = route.described.facts;
    let mut keys = Map::new();
    keys.insert("operationId".to_owned(), json!(named.id));
    keys.insert("tags".to_owned(), json!([named.tag]));
    let summary = match facts.summary {
        "" => words(facts.handler),
        summary => summary.to_owned(),
    };
    keys.insert("summary".to_owned(), json!(summary));
    if !facts.description.is_empty() {
        keys.insert("description".to_owned(), json!(facts.description));
    }
    let mut parameters = path::parameters(route, about, problems);
    parameters.extend(query(about));
    if !parameters.is_empty() {
        keys.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(body) = &about.body {
        let schema = about.schemas.without_name_of_envelope(&body.schema);
        let body =
            json!({"required": body.required, "content": {(body.media): {"schema": schema}}});
        keys.insert("requestBody".to_owned(), body);
    }
    keys.insert("responses".to_owned(), responses(route, about));
    beyond_openapi(route, &mut keys);
    keys
}

/// `list_proxies` as a summary.
fn words(handler: &str) -> String {
    let text = handler.replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What is guarded how, and what OpenAPI has no words for.
fn beyond_openapi(route: &DescribedRoute, keys: &mut Map<String, Value>) {
    let facts = route.described.facts;
    let policies: Vec<&str> = route.policy.iter().copied().collect();
    if policies.is_empty() {
        keys.insert("security".to_owned(), json!([]));
    }
    keys.insert("x-openstack-policies".to_owned(), json!(policies));
    if !route.scope_types.is_empty() {
        let scopes: Vec<&str> = route.scope_types.iter().map(|scope| scope.name()).collect();
        keys.insert("x-openstack-scope-types".to_owned(), json!(scopes));
    }
    if let Some(why) = facts.deprecated {
        keys.insert("deprecated".to_owned(), json!(true));
        keys.insert("x-openstack-deprecated".to_owned(), json!(why));
    }
    for (key, version) in [
        ("x-openstack-since", facts.since),
        ("x-openstack-until", facts.until),
    ] {
        if let Some(version) = version {
            keys.insert(key.to_owned(), json!(version));
        }
    }
}

/// A parameter for each attribute.
fn query(about: &OperationDescription<'_>) -> Vec<Value> {
    let mut parameters: Vec<Value> = Vec::new();
    for (schema, optional) in &about.queries {
        let object = about.schemas.resolved(schema);
        let required: BTreeSet<&str> = object
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|_| !optional)
            .collect();
        let properties = object.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            parameters.push(parameter(name, schema, required.contains(name.as_str())));
        }
    }
    parameters
}

fn parameter(name: &str, schema: &Value, required: bool) -> Value {
    let mut parameter = json!({"name": name, "in": "query"});
    let mut schema = without_null(schema.clone());
    if let (Some(keys), Some(own)) = (parameter.as_object_mut(), schema.as_object_mut()) {
        if required {
            keys.insert("required".to_owned(), json!(true));
        }
        // These are about the parameter.
        let about: Vec<String> = own
            .keys()
            .filter(|key| *key == "description" || key.starts_with("x-openstack-"))
            .cloned()
            .collect();
        for key in about {
            if let Some(value) = own.remove(&key) {
                keys.insert(key, value);
            }
        }
        own.remove("default");
    }
    if let Some(keys) = parameter.as_object_mut() {
        keys.insert("schema".to_owned(), schema);
    }
    parameter
}

/// What is absent from a query is not null there.
fn without_null(mut schema: Value) -> Value {
    let Some(keys) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(types) = keys.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            keys.insert("type".to_owned(), one);
        }
    }
    for choice in ["anyOf", "oneOf"] {
        let Some(choices) = keys.get_mut(choice).and_then(Value::as_array_mut) else {
            continue;
        };
        choices.retain(|one| one.get("type").is_none_or(|ty| ty != "null"));
        if let [Value::Object(one)] = choices.as_slice() {
            let one = one.clone();
            keys.remove(choice);
            keys.extend(one);
        }
    }
    if let Some(values) = keys.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
    schema
}

fn responses(route: &DescribedRoute, about: &OperationDescription<'_>) -> Value {
    let facts = route.described.facts;
    let mut responses = Map::new();
    let own = about.response.status.unwrap_or(200);
    let statuses = match facts.statuses {
        [] => vec![own],
        statuses => statuses.to_vec(),
    };
    for status in statuses {
        responses.insert(
            status.to_string(),
            success(about.schemas, &about.response, status),
        );
    }
    let mut refusals = about.errors.clone();
    refusals.extend(facts.errors);
    if !about.queries.is_empty() || about.body.is_some() {
        refusals.insert(400);
    }
    if route.policy.is_some() {
        refusals.extend([401, 403]);
    }
    if route.path.contains('{') {
        refusals.insert(404);
    }
    for status in refusals {
        responses.insert(status.to_string(), errors::reference(status));
    }
    Value::Object(responses)
}

fn success(schemas: &Schemas, response: &Response, status: u16) -> Value {
    // Statuses without a body (RFC 9110, sections 15.3.5 and 15.3.6).
    let content = response
        .content
        .as_ref()
        .filter(|_| !matches!(status, 204 | 205));
    let description = match content {
        Some(_) => "The response",
        None => "Done",
    };
    let mut success = json!({"description": description});
    let headers: Map<String, Value> = response
        .headers
        .iter()
        .map(|(name, description)| {
            let header = json!({"description": description, "schema": {"type": "string"}});
            ((*name).to_owned(), header)
        })
        .collect();
    if let Some(keys) = success.as_object_mut() {
        if !headers.is_empty() {
            keys.insert("headers".to_owned(), Value::Object(headers));
        }
        if let Some((media, schema)) = content {
            let schema = schemas.without_name_of_envelope(schema);
            keys.insert("content".to_owned(), json!({(*media): {"schema": schema}}));
        }
    }
    success
}

/// The HEAD beside a GET: without the body, and without what chooses from it.
pub(super) fn head(get: &Map<String, Value>) -> Map<String, Value> {
    let mut head = get.clone();
    if let Some(Value::String(id)) = head.get_mut("operationId") {
        id.push_str(".head");
    }
    let needed = |parameter: &Value| parameter.get("required").is_some();
    if let Some(Value::Array(parameters)) = head.get_mut("parameters") {
        parameters.retain(needed);
        if parameters.is_empty() {
            head.remove("parameters");
        }
    }
    if let Some(Value::Object(responses)) = head.get_mut("responses") {
        for response in responses.values_mut().filter_map(Value::as_object_mut) {
            response.remove("content");
        }
    }
    head
}

/// The key of a method in a path.
pub(super) fn key(method: &Method) -> String {
    method.as_str().to_ascii_lowercase()
}
