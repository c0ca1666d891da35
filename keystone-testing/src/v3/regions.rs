//! `/v3/regions`.

use serde_json::Value;

use super::crud::{default, refuse_moves, text};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape, unexpected};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, routes};
use crate::store::{Object, Record, Store};

const KIND: ResourceKind = ResourceKind {
    one: "region",
    many: "regions",
    path: "regions",
    filters: &["parent_region_id"],
    page: Page::Whole,
};
const FIELDS: &[(&str, Field)] = &[
    ("id", Field::MaybeText),
    ("description", Field::MaybeText),
    ("parent_region_id", Field::MaybeText),
];
const CREATE: Shape = Shape::create("region", &[], FIELDS);
const UPDATE: Shape = Shape::update("region", FIELDS);

routes! { pub(super),
    "/v3/regions" => GET list, POST create;
    "/v3/regions/{region_id}" => GET show, PUT create_named, PATCH update, DELETE delete;
}

/// Makes a region of this id when there is none.
pub(super) fn ensure(id: &str, store: &mut Store) {
    if store.regions.lookup(id).is_none() {
        let mut fields = Object::new();
        fill(&mut fields);
        store.regions.put(Record::new(id, fields));
    }
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let mut names = call.query.pairs().map(|(name, _)| name);
    if let Some(name) = names.find(|name| *name != "parent_region_id") {
        return Err(unexpected(name));
    }
    call.require("list_regions", TargetAttrs::nothing())?;
    KIND.list(call, store.regions.iter())
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let fields = CREATE.read(call.body())?;
    let id = text(&fields, "id")
        .filter(|id| !id.is_empty())
        .map_or_else(ids::resource, ToOwned::to_owned);
    add(call, store, &id, fields)
}

fn create_named(call: &Call, store: &mut Store) -> HandlerResult {
    let fields = CREATE.read(call.body())?;
    let id = call.param("region_id");
    match text(&fields, "id") {
        Some(other) if other != id => Err(ApiError::bad(format!(
            "Conflicting region IDs specified: \"{id}\" != \"{other}\""
        ))),
        _ => add(call, store, id, fields),
    }
}

fn add(call: &Call, store: &mut Store, id: &str, mut fields: Object) -> HandlerResult {
    call.require("create_region", TargetAttrs::nothing())?;
    if store.regions.lookup(id).is_some() {
        let details = format!("Duplicate ID, {id}.");
        return Err(ApiError::conflict("region", &details));
    }
    if let Some(parent) = text(&fields, "parent_region_id") {
        store.regions.get(parent)?;
    }
    fill(&mut fields);
    let region = Record::new(id, fields);
    let response = KIND.respond_created(call, &region);
    store.regions.put(region);
    response
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("get_region", TargetAttrs::nothing())?;
    KIND.respond(call, store.regions.get(call.param("region_id"))?)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let mut patch = UPDATE.read(call.body())?;
    call.require("update_region", TargetAttrs::nothing())?;
    let id = call.param("region_id");
    if let Some(parent) = text(&patch, "parent_region_id") {
        store.regions.get(parent)?;
        if with_children(id, store).iter().any(|child| child == parent) {
            return Err(ApiError::bad(format!(
                "Region {parent} cannot be the parent of {id}: that would close a circle."
            )));
        }
    }
    let region = store.regions.get_mut(id)?;
    refuse_moves(region, &patch)?;
    no_null_description(&mut patch);
    region.merge(patch);
    KIND.respond(call, region)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("delete_region", TargetAttrs::nothing())?;
    let id = call.param("region_id");
    store.regions.get(id)?;
    let doomed = with_children(id, store);
    let used = |endpoint: &Record| {
        endpoint
            .text("region_id")
            .is_some_and(|region| doomed.iter().any(|id| id == region))
    };
    if store.endpoints.find(used).is_some() {
        return Err(ApiError::forbidden(format!(
            "Unable to delete region {id} because it or its child regions have associated endpoints."
        )));
    }
    store
        .regions
        .retain(|region| !doomed.iter().any(|id| id == region.id()));
    no_content()
}

/// A region and all below it.
fn with_children(id: &str, store: &Store) -> Vec<String> {
    let mut found = vec![id.to_owned()];
    let mut next = 0;
    while let Some(parent) = found.get(next).cloned() {
        let children = store
            .regions
            .iter()
            .filter(|region| region.is("parent_region_id", &parent));
        let children: Vec<_> = children.map(|child| child.id().to_owned()).collect();
        found.extend(
            children
                .into_iter()
                .filter(|child| !found.contains(child))
                .collect::<Vec<_>>(),
        );
        next += 1;
    }
    found
}

fn fill(fields: &mut Object) {
    no_null_description(fields);
    default(fields, "description", "");
    default(fields, "parent_region_id", Value::Null);
}

/// A region's description is never null.
fn no_null_description(fields: &mut Object) {
    if fields.get("description").is_some_and(Value::is_null) {
        fields.insert("description".into(), "".into());
    }
}
