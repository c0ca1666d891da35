//! `/v3/groups` and their members.

use serde_json::Value;

use super::crud::{default, domain_of_new, refuse_moves, strip_name, text};
use super::domains::in_reach;
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use super::users;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::response::ApiResponse;
use crate::route::{HandlerResult, routes};
use crate::store::{Record, Store};

pub(super) const KIND: ResourceKind = ResourceKind {
    one: "group",
    many: "groups",
    path: "groups",
    filters: &["domain_id", "name"],
    page: Page::Marker,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("domain_id", Field::Text),
    ("name", Field::Name),
];
const CREATE: Shape = Shape::create("group", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("group", FIELDS);

routes! { pub(super),
    "/v3/groups" => GET list, POST create;
    "/v3/groups/{group_id}" => GET show, PATCH update, DELETE delete;
    "/v3/groups/{group_id}/users" => GET list_users;
    "/v3/groups/{group_id}/users/{user_id}" => GET check_user, PUT add_user, DELETE remove_user;
    "/v3/users/{user_id}/groups" => GET list_of_user;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let own = TargetAttrs::field("group.domain_id", call.caller()?.domain());
    let caller = call.require("list_groups", own)?;
    let visible = |group: &&Record| in_reach(caller, group.text("domain_id").unwrap_or_default());
    KIND.list(call, store.groups.iter().filter(visible).cloned().collect())
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_group", TargetAttrs::new("group", &fields))?;
    let domain = domain_of_new(call, &fields)?;
    strip_name(&mut fields);
    store.domains.get(&domain)?;
    refuse_taken_name(
        text(&fields, "name").unwrap_or_default(),
        &domain,
        "",
        store,
    )?;
    fields.insert("domain_id".into(), domain.into());
    default(&mut fields, "description", "");
    let group = Record::new(&ids::resource(), fields);
    let response = KIND.envelope(call, &group);
    store.groups.put(group);
    Ok(ApiResponse::created(response))
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("group_id");
    call.require(
        "get_group",
        TargetAttrs::some("group", store.groups.lookup(id)),
    )?;
    Ok(ApiResponse::ok(KIND.envelope(call, store.groups.get(id)?)))
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let mut patch = UPDATE.read(call.body())?;
    let id = call.param("group_id");
    call.require(
        "update_group",
        TargetAttrs::some("group", store.groups.lookup(id)),
    )?;
    let group = store.groups.get(id)?;
    refuse_moves(group, &patch)?;
    strip_name(&mut patch);
    let domain = group.text("domain_id").unwrap_or_default().to_owned();
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, &domain, id, store)?;
    }
    let group = store.groups.get_mut(id)?;
    group.merge(patch);
    Ok(ApiResponse::ok(KIND.envelope(call, group)))
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    call.caller()?;
    let id = call.param("group_id");
    let group = store.groups.get(id)?;
    call.require("delete_group", TargetAttrs::some("group", Some(group)))?;
    store.forget_group(id);
    Ok(ApiResponse::nothing())
}

fn list_users(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("group_id");
    let group = TargetAttrs::some("group", store.groups.lookup(id));
    let caller = call.require("list_users_in_group", group)?;
    store.groups.get(id)?;
    let members = store.users.iter().filter(|user| {
        let domain = user.text("domain_id").unwrap_or_default();
        is_member(store, id, user.id()) && in_reach(caller, domain)
    });
    let kind = ResourceKind {
        page: Page::Echo,
        ..users::KIND
    };
    kind.list(call, members.cloned().collect())
}

fn list_of_user(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("user_id");
    let user = TargetAttrs::some("user", store.users.lookup(id));
    let caller = call.require("list_groups_for_user", user)?;
    store.users.get(id)?;
    let groups = store.groups.iter().filter(|group| {
        let domain = group.text("domain_id").unwrap_or_default();
        is_member(store, group.id(), id) && in_reach(caller, domain)
    });
    let groups = groups.cloned().map(|mut group| {
        group.set("membership_expires_at", Value::Null);
        group
    });
    let kind = ResourceKind {
        page: Page::Echo,
        ..KIND
    };
    kind.list(call, groups.collect())
}

fn check_user(call: &Call, store: &mut Store) -> HandlerResult {
    let (group, user) = require_members(call, store, "check_user_in_group")?;
    if is_member(store, &group, &user) {
        Ok(ApiResponse::nothing())
    } else {
        Err(no_member(&group, &user))
    }
}

fn add_user(call: &Call, store: &mut Store) -> HandlerResult {
    let pair = require_members(call, store, "add_user_to_group")?;
    store.members.insert(pair);
    Ok(ApiResponse::nothing())
}

fn remove_user(call: &Call, store: &mut Store) -> HandlerResult {
    let (group, user) = require_members(call, store, "remove_user_from_group")?;
    if store.members.remove(&(group.clone(), user.clone())) {
        Ok(ApiResponse::nothing())
    } else {
        Err(no_member(&group, &user))
    }
}

/// The group and the user of the path, which must exist.
fn require_members(call: &Call, store: &Store, action: &str) -> Result<(String, String), ApiError> {
    let (group, user) = (call.param("group_id"), call.param("user_id"));
    let target = TargetAttrs::some("group", store.groups.lookup(group))
        .and("user", store.users.lookup(user));
    call.require(action, target)?;
    store.groups.get(group)?;
    store.users.get(user)?;
    Ok((group.to_owned(), user.to_owned()))
}

fn is_member(store: &Store, group: &str, user: &str) -> bool {
    store.members.contains(&(group.to_owned(), user.to_owned()))
}

fn no_member(group: &str, user: &str) -> ApiError {
    ApiError::not_found(format!("User '{user}' not found in group '{group}'"))
}

fn refuse_taken_name(name: &str, domain: &str, own: &str, store: &Store) -> Result<(), ApiError> {
    let same = |group: &Record| {
        group.is("name", name) && group.is("domain_id", domain) && group.id() != own
    };
    match store.groups.find(same) {
        Some(_) => Err(ApiError::conflict(
            "group",
            &format!("Duplicate entry found with name {name} at domain ID {domain}"),
        )),
        None => Ok(()),
    }
}
