//! `/v3/services`.

use http::Method;

use super::crud::{default, refuse_moves};
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use crate::answer::Answer;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{Reply, Routes, on};
use crate::store::{Record, Store};

const KIND: Kind = Kind {
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

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/services",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/services/{service_id}",
            on(&[
                (Method::GET, show),
                (Method::PATCH, update),
                (Method::DELETE, delete),
            ]),
        )
}

fn list(call: &Call, store: &mut Store) -> Reply {
    call.require("list_services", TargetAttrs::nothing())?;
    KIND.list(call, store.services.iter().cloned().collect())
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_service", TargetAttrs::nothing())?;
    default(&mut fields, "name", "");
    default(&mut fields, "enabled", true);
    let service = Record::new(&ids::resource(), fields);
    let answer = KIND.envelope(call, &service);
    store.services.put(service);
    Ok(Answer::created(answer))
}

fn show(call: &Call, store: &mut Store) -> Reply {
    call.require("get_service", TargetAttrs::nothing())?;
    Ok(Answer::ok(KIND.envelope(
        call,
        store.services.get(call.param("service_id"))?,
    )))
}

fn update(call: &Call, store: &mut Store) -> Reply {
    let patch = UPDATE.read(call.body())?;
    call.require("update_service", TargetAttrs::nothing())?;
    let service = store.services.get_mut(call.param("service_id"))?;
    refuse_moves(service, &patch)?;
    service.merge(patch);
    Ok(Answer::ok(KIND.envelope(call, service)))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    call.require("delete_service", TargetAttrs::nothing())?;
    let service = store.services.remove(call.param("service_id"))?;
    store
        .endpoints
        .retain(|endpoint| !endpoint.is("service_id", service.id()));
    Ok(Answer::nothing())
}
