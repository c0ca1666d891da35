//! `/v3/services`.

use super::crud::{default, refuse_moves};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, routes};
use crate::store::Store;

const KIND: ResourceKind = ResourceKind {
    one: "service",
    many: "services",
    path: "services",
    filters: &["type", "name"],
    page: Page::Echo,
};
const FIELDS: &[(&str, Field)] = &[
    ("name", Field::Text),
    ("type", Field::Name),
    ("enabled", Field::Bool),
    ("description", Field::MaybeText),
];
const CREATE: Shape = Shape::create("service", &["type"], FIELDS);
const UPDATE: Shape = Shape::update("service", FIELDS);

routes! { pub(super),
    "/v3/services" => GET list, POST create;
    "/v3/services/{service_id}" => GET show, PATCH update, DELETE delete;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("list_services", TargetAttrs::nothing())?;
    KIND.list(call, store.services.iter())
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_service", TargetAttrs::nothing())?;
    default(&mut fields, "name", "");
    default(&mut fields, "enabled", true);
    KIND.create(call, &mut store.services, fields)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("get_service", TargetAttrs::nothing())?;
    KIND.respond(call, store.services.get(call.param("service_id"))?)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let patch = UPDATE.read(call.body())?;
    call.require("update_service", TargetAttrs::nothing())?;
    let service = store.services.get_mut(call.param("service_id"))?;
    refuse_moves(service, &patch)?;
    service.merge(patch);
    KIND.respond(call, service)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("delete_service", TargetAttrs::nothing())?;
    let service = store.services.remove(call.param("service_id"))?;
    store
        .endpoints
        .retain(|endpoint| !endpoint.is("service_id", service.id()));
    no_content()
}
