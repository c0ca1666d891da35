//! `/v3/users`.

use serde_json::{Value, json};

use super::crud::{
    default, domain_of_new, name_of, refuse_moves, refuse_taken_name, strip_name, text,
};
use super::domains::in_reach;
use super::list::{Page, ResourceKind};
use super::projects;
use super::schema::{Field, Shape};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, created, no_content, routes};
use crate::store::{Object, Record, Store};

pub(super) const KIND: ResourceKind = ResourceKind {
    one: "user",
    many: "users",
    path: "users",
    filters: &["domain_id", "enabled", "name", "password_expires_at"],
    page: Page::Marker,
};
const FIELDS: &[(&str, Field)] = &[
    ("default_project_id", Field::MaybeText),
    ("description", Field::MaybeText),
    ("domain_id", Field::Text),
    ("enabled", Field::Bool),
    ("name", Field::Name),
    ("options", Field::Options(OPTIONS)),
    ("password", Field::MaybeText),
];
const OPTIONS: &[&str] = &[
    "ignore_change_password_upon_first_use",
    "ignore_password_expiry",
    "ignore_lockout_failure_attempts",
    "ignore_user_inactivity",
    "lock_password",
    "multi_factor_auth_enabled",
    "multi_factor_auth_rules",
];
const CREATE: Shape = Shape::create("user", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("user", FIELDS);
const KNOWN: [&str; 7] = [
    "id",
    "name",
    "domain_id",
    "enabled",
    "default_project_id",
    "password_expires_at",
    "options",
];

routes! { pub(super),
    "/v3/users" => GET list, POST create;
    "/v3/users/{user_id}" => GET show, PATCH update, DELETE delete;
    "/v3/users/{user_id}/password" => POST change_password;
    "/v3/users/{user_id}/projects" => GET list_projects;
    "/v3/users/{user_id}/tokens" => DELETE revoke_tokens;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let own = TargetAttrs::field("domain_id", call.caller()?.domain());
    let caller = call.require("list_users", own)?;
    let visible = |user: &&Record| in_reach(caller, user.domain());
    KIND.list(call, store.users.iter().filter(visible))
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_user", TargetAttrs::new("user", &fields))?;
    let domain = domain_of_new(call, &fields)?;
    strip_name(&mut fields);
    store.domains.get(&domain)?;
    refuse_domain_as_default_project(&fields, store)?;
    refuse_taken_name(&store.users, name_of(&fields), &domain, "")?;
    let password = fields.remove("password");
    fields.insert("domain_id".into(), domain.into());
    fields.insert("password_expires_at".into(), Value::Null);
    default(&mut fields, "enabled", true);
    default(&mut fields, "options", json!({}));
    without_null_default_project(&mut fields);
    let user = Record::new(&ids::resource(), fields);
    keep_password(store, user.id(), password);
    let response = KIND.envelope(call, &user);
    store.users.put(user);
    created(response)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("user_id");
    call.require("get_user", TargetAttrs::of(&store.users, id))?;
    KIND.respond(call, store.users.get(id)?)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let mut patch = UPDATE.read(call.body())?;
    let id = call.param("user_id");
    call.require("update_user", TargetAttrs::of(&store.users, id))?;
    let user = store.users.get(id)?;
    refuse_moves(user, &patch)?;
    strip_name(&mut patch);
    refuse_domain_as_default_project(&patch, store)?;
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(&store.users, name, user.domain(), id)?;
    }
    let password = patch.remove("password");
    let ends_tokens = password.is_some() || patch.get("enabled") == Some(&Value::Bool(false));
    let user = store.users.get_mut(id)?;
    if without_null_default_project(&mut patch) {
        user.remove("default_project_id");
    }
    user.merge(patch);
    let shown = user.with("extra", user.extra(&KNOWN));
    keep_password(store, id, password);
    if ends_tokens {
        store.revoke_tokens_of(id);
    }
    KIND.respond(call, &shown)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("user_id");
    call.require("delete_user", TargetAttrs::of(&store.users, id))?;
    store.users.get(id)?;
    store.forget_user(id);
    no_content()
}

/// The user's own change: the old password stands in for a token.
fn change_password(call: &Call, store: &mut Store) -> HandlerResult {
    let user = call.body().get("user").and_then(Value::as_object);
    let user = user.ok_or_else(|| ApiError::expecting("user", "request body"))?;
    let field = |name: &str| {
        text(user, name).ok_or_else(|| ApiError::bad(format!("'{name}' is a required property")))
    };
    let (original, password) = (field("original_password")?, field("password")?);
    let id = call.param("user_id");
    if store.secrets.get(id).is_none_or(|known| known != original) {
        return Err(ApiError::unauthorized());
    }
    store.secrets.insert(id.to_owned(), password.to_owned());
    store.revoke_tokens_of(id);
    no_content()
}

fn list_projects(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("user_id");
    call.require("list_user_projects", TargetAttrs::of(&store.users, id))?;
    store.users.get(id)?;
    let kind = ResourceKind {
        page: Page::Echo,
        ..projects::KIND
    };
    kind.list(call, store.projects_of(id))
}

fn revoke_tokens(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("user_id");
    call.require("revoke_tokens_for_user", TargetAttrs::nothing())?;
    store.users.get(id)?;
    store.revoke_tokens_of(id);
    no_content()
}

/// 400 for a default project that is a domain; one that does not exist is taken.
fn refuse_domain_as_default_project(fields: &Object, store: &Store) -> Result<(), ApiError> {
    match text(fields, "default_project_id") {
        Some(id) if store.domains.lookup(id).is_some() => Err(ApiError::bad(format!(
            "User's default project ID cannot be a domain ID: {id}"
        ))),
        _ => Ok(()),
    }
}

fn keep_password(store: &mut Store, id: &str, password: Option<Value>) {
    match password {
        Some(Value::String(password)) => {
            store.secrets.insert(id.to_owned(), password);
        }
        Some(_) => {
            store.secrets.remove(id);
        }
        None => {}
    }
}

/// An unset default project is absent rather than null; returns whether it was unset.
fn without_null_default_project(fields: &mut Object) -> bool {
    let unset = fields.get("default_project_id") == Some(&Value::Null);
    if unset {
        fields.remove("default_project_id");
    }
    unset
}
