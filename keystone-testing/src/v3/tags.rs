//! `/v3/projects/{id}/tags`.

use serde_json::{Value, json};

use super::schema::{Field, unexpected};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::response::ApiResponse;
use crate::route::{HandlerResult, no_content, ok, routes};
use crate::store::{Record, Store};

routes! { pub(super),
    "/v3/projects/{project_id}/tags" => GET list, PUT replace, DELETE clear;
    "/v3/projects/{project_id}/tags/{value}" => GET check, PUT add, DELETE remove;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let project = find("list_project_tags", call, store)?;
    ok(envelope(call, project.get("tags")))
}

fn replace(call: &Call, store: &mut Store) -> HandlerResult {
    let body = call.body();
    if let Some(stranger) = body.keys().find(|name| *name != "tags") {
        return Err(unexpected(stranger));
    }
    if let Some(tags) = body.get("tags") {
        Field::TagList.check_value("tags", tags)?;
    }
    // That there are none, too many, or the same twice is told only to those who may.
    let tags = body.get("tags").cloned().unwrap_or_default();
    require("update_project_tags", call, store)?;
    Field::Tags.check_value("tags", &tags)?;
    one(call, store)?;
    let shown = envelope(call, Some(&tags));
    keep(call, store, tags)?;
    ok(shown)
}

fn clear(call: &Call, store: &mut Store) -> HandlerResult {
    find("delete_project_tags", call, store)?;
    keep(call, store, Value::Array(Vec::new()))?;
    no_content()
}

fn check(call: &Call, store: &mut Store) -> HandlerResult {
    let project = find("get_project_tag", call, store)?;
    let value = call.param("value");
    if project.texts("tags").contains(&value) {
        no_content()
    } else {
        Err(missing(value))
    }
}

fn add(call: &Call, store: &mut Store) -> HandlerResult {
    require("create_project_tag", call, store)?;
    let value = call.param("value");
    Field::Tag.check_query("tag", value)?;
    let project = one(call, store)?;
    let mut tags: Vec<Value> = project.texts("tags").into_iter().map(Value::from).collect();
    tags.push(value.into());
    let tags = Value::Array(tags);
    Field::Tags.check_value("tags", &tags)?;
    // The real address lacks `projects/` too.
    let url = call.link(&format!("{}/tags/{value}", project.id()));
    keep(call, store, tags)?;
    Ok(ApiResponse::created_elsewhere(url))
}

fn remove(call: &Call, store: &mut Store) -> HandlerResult {
    let project = find("delete_project_tag", call, store)?;
    let value = call.param("value");
    let tags = project.texts("tags");
    if !tags.contains(&value) {
        return Err(missing(value));
    }
    let kept: Vec<Value> = tags
        .into_iter()
        .filter(|tag| *tag != value)
        .map(Value::from)
        .collect();
    keep(call, store, Value::Array(kept))?;
    no_content()
}

fn require(action: &str, call: &Call, store: &Store) -> Result<(), ApiError> {
    let project = store.project_or_domain(call.param("project_id"));
    call.require(action, TargetAttrs::some("project", project.as_ref()))?;
    Ok(())
}

/// The project of the path, which may be a domain.
fn one(call: &Call, store: &Store) -> Result<Record, ApiError> {
    let id = call.param("project_id");
    let project = store.project_or_domain(id);
    project.ok_or_else(|| ApiError::missing("project", id))
}

fn find(action: &str, call: &Call, store: &Store) -> Result<Record, ApiError> {
    require(action, call, store)?;
    one(call, store)
}

fn keep(call: &Call, store: &mut Store, tags: Value) -> Result<(), ApiError> {
    let id = call.param("project_id");
    let project = match store.domains.lookup(id) {
        Some(_) => store.domains.get_mut(id)?,
        None => store.projects.get_mut(id)?,
    };
    project.set("tags", tags);
    Ok(())
}

/// The link of the real response leads to the root of the API.
fn envelope(call: &Call, tags: Option<&Value>) -> Value {
    let root = format!("{}/v3", call.base());
    json!({ "tags": tags, "links": { "self": root } })
}

fn missing(value: &str) -> ApiError {
    ApiError::missing("project tag", value)
}
