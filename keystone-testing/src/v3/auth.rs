//! `/v3/auth`: tokens, and what their holder may see.

mod body;
mod issue;
mod methods;
mod scope;

pub(crate) use self::body::render;
pub(crate) use self::issue::grant;

use http::{HeaderName, Method};
use serde_json::json;

use super::{catalog, domains, projects};
use crate::api_error::ApiError;
use crate::authenticate::{Invalid, validity};
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::response::ApiResponse;
use crate::route::{HandlerResult, no_content, ok, routes};
use crate::store::{Actor, Store, Target, Token};

pub(super) const X_SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

routes! { pub(super),
    "/v3/auth/tokens" => POST issue::issue, GET validate, DELETE revoke;
    "/v3/auth/catalog" => GET show_catalog;
    "/v3/auth/projects" => GET list_projects;
    "/v3/auth/domains" => GET list_domains;
    "/v3/auth/system" => GET list_system;
}

/// GET and HEAD: what the subject token says.
fn validate(call: &Call, store: &mut Store) -> HandlerResult {
    call.caller()?;
    let (id, token) = subject(call, store)?;
    let action = match call.method {
        Method::HEAD => "check_token",
        _ => "validate_token",
    };
    let target = TargetAttrs::field("token.user_id", Some(&token.user_id));
    call.require(action, target)?;
    let allow_expired = call.query.flag("allow_expired");
    validity::check(store, &token, call.now, allow_expired).map_err(Invalid::for_subject)?;
    validity::check_access_rules_are_understood(store, &token, call)?;
    let body = body::render(store, &token, !call.query.flag("nocatalog"));
    Ok(ApiResponse::ok(body).header(X_SUBJECT_TOKEN, id))
}

fn revoke(call: &Call, store: &mut Store) -> HandlerResult {
    call.caller()?;
    let (_, token) = subject(call, store)?;
    let target = TargetAttrs::field("token.user_id", Some(&token.user_id));
    call.require("revoke_token", target)?;
    validity::check(store, &token, call.now, false).map_err(Invalid::for_subject)?;
    store.revoke_chain(&token);
    no_content()
}

/// The token that a request is about.
fn subject(call: &Call, store: &Store) -> Result<(String, Token), ApiError> {
    let id = call.header("x-subject-token").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::not_found("No token in the request"))?;
    Ok((id.to_owned(), store.token(id)?.clone()))
}

fn show_catalog(call: &Call, store: &mut Store) -> HandlerResult {
    let caller = call.caller()?;
    if caller.project().is_none() {
        return Err(ApiError::not_authorized());
    }
    let catalog = catalog::of(store, caller.project(), &caller.user_id);
    ok(json!({ "catalog": catalog, "links": { "self": call.here() } }))
}

fn list_projects(call: &Call, store: &mut Store) -> HandlerResult {
    let projects = store.projects_of(&call.caller()?.user_id).into_iter();
    let active = projects.filter(|project| store.is_active_project(project));
    projects::KIND.unfiltered(call, active)
}

fn list_domains(call: &Call, store: &mut Store) -> HandlerResult {
    let domains = store.domains_of(&call.caller()?.user_id).into_iter();
    domains::KIND.unfiltered(call, domains.filter(|domain| domain.flag("enabled")))
}

/// Only what is given to the user itself counts here, not what its groups have.
fn list_system(call: &Call, store: &mut Store) -> HandlerResult {
    let user = Actor::User(call.caller()?.user_id.clone());
    let mut grants = store.grants.iter();
    let system = match grants.any(|grant| grant.target == Target::System && grant.actor == user) {
        true => json!([{ "all": true }]),
        false => json!([]),
    };
    ok(json!({ "system": system, "links": { "self": call.here() } }))
}
