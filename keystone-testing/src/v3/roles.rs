//! `/v3/roles` and what roles imply.

mod implied;

use serde_json::{Value, json};

use super::crud::{default, name_of, refuse_immutable, refuse_moves, refuse_taken, text};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, created, no_content, routes};
use crate::store::{Record, Store};

pub(super) const KIND: ResourceKind = ResourceKind {
    one: "role",
    many: "roles",
    path: "roles",
    filters: &["name", "domain_id"],
    page: Page::Echo,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("domain_id", Field::MaybeText),
    ("name", Field::Name),
    ("options", Field::Options(&["immutable"])),
];
const CREATE: Shape = Shape::create("role", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("role", FIELDS);

routes! { pub(super) and implied,
    "/v3/roles" => GET list, POST create;
    "/v3/roles/{role_id}" => GET show, PATCH update, DELETE delete;
}

/// The global roles, or those of the domain that is asked for.
fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let domain = call.query.get("domain_id").filter(|id| !id.is_empty());
    let action = match domain {
        Some(_) => "list_domain_roles",
        None => "list_roles",
    };
    call.require(action, TargetAttrs::nothing())?;
    let roles = store
        .roles
        .iter()
        .filter(|role| domain.is_some() || role.text("domain_id").is_none());
    KIND.list(call, roles)
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    let domain = text(&fields, "domain_id").map(ToOwned::to_owned);
    call.require(
        &action("create", domain.is_some()),
        TargetAttrs::new("role", &fields),
    )?;
    refuse_taken_name(name_of(&fields), domain.as_deref(), "", store)?;
    default(&mut fields, "domain_id", Value::Null);
    default(&mut fields, "description", Value::Null);
    default(&mut fields, "options", json!({}));
    let role = Record::new(&ids::resource(), fields);
    let response = KIND.envelope(call, &role);
    store.roles.put(role);
    created(response)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let role = find("get", call, store)?;
    KIND.respond(call, role)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let patch = UPDATE.read(call.body())?;
    let id = call.param("role_id");
    let role = find("update", call, store)?;
    refuse_immutable("role", "update", role, Some(&patch))?;
    refuse_moves(role, &patch)?;
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, role.text("domain_id"), id, store)?;
    }
    let role = store.roles.get_mut(id)?;
    role.merge(patch);
    KIND.respond(call, role)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let role = find("delete", call, store)?;
    refuse_immutable("role", "delete", role, None)?;
    store.forget_role(call.param("role_id"));
    no_content()
}

/// The role of the path: 404 to every authenticated caller, before the policy.
fn find<'a>(verb: &str, call: &Call, store: &'a Store) -> Result<&'a Record, ApiError> {
    call.caller()?;
    let role = store.roles.get(call.param("role_id"))?;
    let in_domain = role.text("domain_id").is_some();
    call.require(
        &action(verb, in_domain),
        TargetAttrs::some("role", Some(role)),
    )?;
    Ok(role)
}

/// The policies of global roles and of those of a domain have different names.
fn action(verb: &str, in_domain: bool) -> String {
    if in_domain {
        format!("{verb}_domain_role")
    } else {
        format!("{verb}_role")
    }
}

fn refuse_taken_name(
    name: &str,
    domain: Option<&str>,
    own: &str,
    store: &Store,
) -> Result<(), ApiError> {
    let same = |role: &Record| role.is("name", name) && role.text("domain_id") == domain;
    refuse_taken("role", store.roles.find(same), own, |_| {
        format!("Duplicate entry found with name {name}")
    })
}
