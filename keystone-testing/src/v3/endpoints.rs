//! `/v3/endpoints`.

use serde_json::Value;

use super::crud::{default, refuse_moves, text};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use super::{catalog, regions};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, created, no_content, routes};
use crate::store::{Object, Record, Store};

const KIND: ResourceKind = ResourceKind {
    one: "endpoint",
    many: "endpoints",
    path: "endpoints",
    filters: &["interface", "service_id", "region_id"],
    page: Page::Echo,
};
const INTERFACE: Field = Field::OneOf(&["admin", "internal", "public"]);
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("enabled", Field::Bool),
    ("interface", INTERFACE),
    ("name", Field::Text),
    ("region", Field::MaybeText),
    ("region_id", Field::MaybeText),
    ("service_id", Field::Text),
    ("url", Field::Url),
];
const CREATE: Shape = Shape::create("endpoint", &["interface", "service_id", "url"], FIELDS);
const UPDATE: Shape = Shape::update("endpoint", FIELDS);

routes! { pub(super),
    "/v3/endpoints" => GET list, POST create;
    "/v3/endpoints/{endpoint_id}" => GET show, PATCH update, DELETE delete;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("list_endpoints", TargetAttrs::nothing())?;
    if let Some(interface) = call.query.get("interface") {
        INTERFACE.check_query("interface", interface)?;
    }
    KIND.list(call, store.endpoints.iter().map(with_region))
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_endpoint", TargetAttrs::nothing())?;
    settle(&mut fields, store)?;
    default(&mut fields, "enabled", true);
    default(&mut fields, "region_id", Value::Null);
    let endpoint = Record::new(&ids::resource(), fields);
    let response = KIND.envelope(call, &with_region(&endpoint));
    store.endpoints.put(endpoint);
    created(response)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let endpoint = find("get_endpoint", call, store)?;
    KIND.respond(call, &with_region(endpoint))
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let mut patch = UPDATE.read(call.body())?;
    refuse_moves(find("update_endpoint", call, store)?, &patch)?;
    settle(&mut patch, store)?;
    let endpoint = store.endpoints.get_mut(call.param("endpoint_id"))?;
    endpoint.merge(patch);
    KIND.respond(call, &with_region(endpoint))
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    find("delete_endpoint", call, store)?;
    store.endpoints.remove(call.param("endpoint_id"))?;
    no_content()
}

/// The endpoint of the path, for those who may.
fn find<'a>(action: &str, call: &Call, store: &'a Store) -> Result<&'a Record, ApiError> {
    call.require(action, TargetAttrs::nothing())?;
    store.endpoints.get(call.param("endpoint_id"))
}

/// Checks what the fields refer to. A region that is given by its old name `region` is made when
/// it does not exist; one that is given by `region_id` must exist.
fn settle(fields: &mut Object, store: &mut Store) -> Result<(), ApiError> {
    if let Some(url) = text(fields, "url").filter(|url| !catalog::is_fillable(url)) {
        return Err(ApiError::bad(format!(
            "Cannot create an endpoint with an invalid URL: {url}."
        )));
    }
    if let Some(service) = text(fields, "service_id")
        && store.services.lookup(service).is_none()
    {
        return Err(ApiError::expecting("endpoint service_id", "service table"));
    }
    if let Some(region) = fields.remove("region") {
        if let Some(id) = region.as_str() {
            regions::ensure(id, store);
        }
        fields.insert("region_id".into(), region);
    }
    match text(fields, "region_id") {
        Some(region) if store.regions.lookup(region).is_none() => {
            Err(ApiError::expecting("endpoint region_id", "region table"))
        }
        _ => Ok(()),
    }
}

/// Responses carry the region under both its names.
fn with_region(endpoint: &Record) -> Record {
    endpoint.with("region", endpoint.get("region_id").cloned())
}
