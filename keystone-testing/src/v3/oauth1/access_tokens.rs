//! `/v3/users/{user_id}/OS-OAUTH1/access_tokens`: what a user has delegated.

use serde_json::{Value, json};

use super::refuse_delegated_tokens;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, ok, routes};
use crate::store::{Record, Store};
use crate::v3::roles;

routes! { pub(super),
    "/v3/users/{user_id}/OS-OAUTH1/access_tokens" => GET list;
    "/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}" => GET show, DELETE delete;
    "/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles" => GET list_roles;
    "/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles/{role_id}" => GET show_role;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("list_access_tokens", TargetAttrs::nothing())?;
    refuse_delegated_tokens(call)?;
    let user = call.param("user_id");
    let tokens = store.access_tokens.iter();
    let own = tokens.filter(|token| token.is("authorizing_user_id", user));
    let shown: Vec<_> = own.map(|token| entity(call, token)).collect();
    ok(json!({ "access_tokens": shown, "links": links(call) }))
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("get_access_token", TargetAttrs::nothing())?;
    refuse_delegated_tokens(call)?;
    let token = find(call, store)?;
    ok(json!({ "access_token": entity(call, token) }))
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("ec2_delete_credential", TargetAttrs::nothing())?;
    refuse_delegated_tokens(call)?;
    let id = find(call, store)?.id().to_owned();
    store.access_tokens.remove(&id)?;
    store.secrets.remove(&id);
    no_content()
}

fn list_roles(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("list_access_token_roles", TargetAttrs::nothing())?;
    let token = find(call, store)?;
    let lent = token.ids("roles").into_iter();
    let shown: Vec<_> = lent
        .filter_map(|id| Some(role(call, store.roles.lookup(id)?)))
        .collect();
    ok(json!({ "roles": shown, "links": links(call) }))
}

fn show_role(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("get_access_token_role", TargetAttrs::nothing())?;
    let id = call.param("role_id");
    if !find(call, store)?.ids("roles").contains(&id) {
        return Err(ApiError::missing("role", id));
    }
    let shown = role(call, store.roles.get(id)?);
    ok(json!({ "role": shown }))
}

/// The token of the path, if it is the user's.
fn find<'a>(call: &Call, store: &'a Store) -> Result<&'a Record, ApiError> {
    let id = call.param("access_token_id");
    let token = store.access_tokens.get(id)?;
    if !token.is("authorizing_user_id", call.param("user_id")) {
        return Err(ApiError::missing("access token", id));
    }
    Ok(token)
}

fn entity(call: &Call, token: &Record) -> Value {
    let user = token.text("authorizing_user_id").unwrap_or_default();
    let id = token.id();
    let here = call.link(&format!("users/{user}/OS-OAUTH1/access_tokens/{id}"));
    json!({
        "id": id,
        "consumer_id": token.get("consumer_id"),
        "project_id": token.get("project_id"),
        "authorizing_user_id": user,
        "expires_at": token.get("expires_at"),
        "links": { "roles": format!("{here}/roles"), "self": here },
    })
}

/// Without its description, which the real service leaves out here.
fn role(call: &Call, role: &Record) -> Value {
    roles::KIND.show(call, &role.without("description"))
}

fn links(call: &Call) -> Value {
    json!({ "next": null, "self": call.here(), "previous": null })
}
