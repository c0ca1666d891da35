//! `/v3/groups` and their members.

use serde_json::Value;

use super::crud::{
    default, domain_of_new, name_of, refuse_moves, refuse_taken_name, strip_name, text,
};
use super::domains::in_reach;
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use super::users;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, routes};
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
    let visible = |group: &&Record| in_reach(caller, group.domain());
    KIND.list(call, store.groups.iter().filter(visible))
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_group", TargetAttrs::new("group", &fields))?;
    let domain = domain_of_new(call, &fields)?;
    strip_name(&mut fields);
    store.domains.get(&domain)?;
    refuse_taken_name(&store.groups, name_of(&fields), &domain, "")?;
    fields.insert("domain_id".into(), domain.into());
    default(&mut fields, "description", "");
    KIND.create(call, &mut store.groups, fields)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("group_id");
    call.require("get_group", TargetAttrs::of(&store.groups, id))?;
    KIND.respond(call, store.groups.get(id)?)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let mut patch = UPDATE.read(call.body())?;
    let id = call.param("group_id");
    call.require("update_group", TargetAttrs::of(&store.groups, id))?;
    let group = store.groups.get(id)?;
    refuse_moves(group, &patch)?;
    strip_name(&mut patch);
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(&store.groups, name, group.domain(), id)?;
    }
    KIND.merge(call, &mut store.groups, id, patch)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    call.caller()?;
    let id = call.param("group_id");
    let group = store.groups.get(id)?;
    call.require("delete_group", TargetAttrs::some("group", Some(group)))?;
    store.forget_group(id);
    no_content()
}

fn list_users(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("group_id");
    let group = TargetAttrs::of(&store.groups, id);
    let caller = call.require("list_users_in_group", group)?;
    store.groups.get(id)?;
    let members = store.users.iter();
    let members =
        members.filter(|user| is_member(store, id, user.id()) && in_reach(caller, user.domain()));
    let kind = ResourceKind {
        page: Page::Echo,
        ..users::KIND
    };
    kind.list(call, members)
}

fn list_of_user(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("user_id");
    let user = TargetAttrs::of(&store.users, id);
    let caller = call.require("list_groups_for_user", user)?;
    store.users.get(id)?;
    let groups = store.groups.iter();
    let groups =
        groups.filter(|group| is_member(store, group.id(), id) && in_reach(caller, group.domain()));
    let groups = groups.map(|group| group.with("membership_expires_at", Value::Null));
    let kind = ResourceKind {
        page: Page::Echo,
        ..KIND
    };
    kind.list(call, groups)
}

fn check_user(call: &Call, store: &mut Store) -> HandlerResult {
    let (group, user) = require_members(call, store, "check_user_in_group")?;
    if is_member(store, &group, &user) {
        no_content()
    } else {
        Err(no_member(&group, &user))
    }
}

fn add_user(call: &Call, store: &mut Store) -> HandlerResult {
    let pair = require_members(call, store, "add_user_to_group")?;
    store.members.insert(pair);
    no_content()
}

fn remove_user(call: &Call, store: &mut Store) -> HandlerResult {
    let (group, user) = require_members(call, store, "remove_user_from_group")?;
    if store.members.remove(&(group.clone(), user.clone())) {
        no_content()
    } else {
        Err(no_member(&group, &user))
    }
}

/// The group and the user of the path, which must exist.
fn require_members(call: &Call, store: &Store, action: &str) -> Result<(String, String), ApiError> {
    let (group, user) = (call.param("group_id"), call.param("user_id"));
    let target = TargetAttrs::of(&store.groups, group).and("user", store.users.lookup(user));
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
