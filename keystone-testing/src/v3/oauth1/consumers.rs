//! `/v3/OS-OAUTH1/consumers`.

use serde_json::Value;

use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, routes};
use crate::store::{Record, Store};
use crate::v3::crud::{default, refuse_moves};
use crate::v3::list::{Page, ResourceKind};
use crate::v3::schema::{Field, Shape};

const KIND: ResourceKind = ResourceKind {
    one: "consumer",
    many: "consumers",
    path: "OS-OAUTH1/consumers",
    filters: &[],
    page: Page::Whole,
};
const FIELDS: &[(&str, Field)] = &[("description", Field::MaybeText)];
const CREATE: Shape = Shape::create("consumer", &[], FIELDS);
const UPDATE: Shape = Shape::update(
    "consumer",
    &[("description", Field::MaybeText), ("secret", Field::Never)],
);

routes! { pub(super),
    "/v3/OS-OAUTH1/consumers" => GET list, POST create;
    "/v3/OS-OAUTH1/consumers/{consumer_id}" => GET show, PATCH update, DELETE delete;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("list_consumers", TargetAttrs::nothing())?;
    KIND.list(call, store.consumers.iter())
}

/// The only response with the secret.
fn create(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("create_consumer", TargetAttrs::nothing())?;
    let mut fields = CREATE.read(call.body())?;
    default(&mut fields, "description", Value::Null);
    let consumer = Record::new(&ids::resource(), fields);
    let secret = ids::resource();
    let shown = consumer.with("secret", secret.as_str());
    store.secrets.insert(consumer.id().to_owned(), secret);
    store.consumers.put(consumer);
    KIND.respond_created(call, &shown)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("get_consumer", TargetAttrs::nothing())?;
    let consumer = store.consumers.get(call.param("consumer_id"))?;
    KIND.respond(call, consumer)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("update_consumer", TargetAttrs::nothing())?;
    let patch = UPDATE.read(call.body())?;
    let consumer = store.consumers.get_mut(call.param("consumer_id"))?;
    refuse_moves(consumer, &patch)?;
    consumer.merge(patch);
    KIND.respond(call, consumer)
}

/// Revokes what users delegated to it.
fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("delete_consumer", TargetAttrs::nothing())?;
    let id = call.param("consumer_id");
    store.consumers.remove(id)?;
    store.secrets.remove(id);
    let others = |token: &Record| !token.is("consumer_id", id);
    store.request_tokens.retain(others);
    store.access_tokens.retain(others);
    no_content()
}
