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
use crate::route::{HandlerResult, Routes, on};
use crate::store::{Actor, Record, Store, Target, Token};

pub(super) const X_SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

pub(super) fn routes(routes: Routes) -> Routes {
    let tokens = on(&[
        (Method::POST, issue::issue),
        (Method::GET, validate),
        (Method::DELETE, revoke),
    ]);
    routes
        .route("/v3/auth/tokens", tokens)
        .route("/v3/auth/catalog", on(&[(Method::GET, show_catalog)]))
        .route("/v3/auth/projects", on(&[(Method::GET, list_projects)]))
        .route("/v3/auth/domains", on(&[(Method::GET, list_domains)]))
        .route("/v3/auth/system", on(&[(Method::GET, list_system)]))
}

/// GET and HEAD: what the subject token says.
fn validate(call: &Call, store: &mut Store) -> HandlerResult {
    call.caller()?;
    let (id, token) = subject(call, store)?;
    let action = match call.method {
        Method::HEAD => "check_token",
        _ => "validate_token",
    };
    call.require(
        action,
        TargetAttrs::field("token.user_id", Some(&token.user_id)),
    )?;
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
    Ok(ApiResponse::nothing())
}

/// The token that a request is about.
fn subject(call: &Call, store: &Store) -> Result<(String, Token), ApiError> {
    let id = call.header("x-subject-token").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::not_found("No token in the request"))?;
    let token = store
        .tokens
        .get(id)
        .ok_or_else(|| ApiError::not_found("Failed to validate token"))?;
    Ok((id.to_owned(), token.clone()))
}

fn show_catalog(call: &Call, store: &mut Store) -> HandlerResult {
    let caller = call.caller()?;
    if caller.project().is_none() {
        return Err(ApiError::forbidden(
            "You are not authorized to perform the requested action.",
        ));
    }
    let catalog = catalog::of(store, caller.project(), &caller.user_id);
    Ok(ApiResponse::ok(
        json!({ "catalog": catalog, "links": { "self": call.here() } }),
    ))
}

fn list_projects(call: &Call, store: &mut Store) -> HandlerResult {
    let user = &call.caller()?.user_id;
    let projects = store.projects_of(user).into_iter();
    let projects: Vec<_> = projects
        .filter(|project| store.is_active_project(project))
        .cloned()
        .collect();
    Ok(projects::KIND.unfiltered(call, &projects))
}

fn list_domains(call: &Call, store: &mut Store) -> HandlerResult {
    let user = &call.caller()?.user_id;
    let domains = store.domains_of(user).into_iter();
    let domains: Vec<Record> = domains
        .filter(|domain| domain.flag("enabled"))
        .cloned()
        .collect();
    Ok(domains::KIND.unfiltered(call, &domains))
}

/// Only what is given to the user itself counts here, not what its groups have.
fn list_system(call: &Call, store: &mut Store) -> HandlerResult {
    let user = Actor::User(call.caller()?.user_id.clone());
    let has_role = store
        .grants
        .iter()
        .any(|grant| grant.target == Target::System && grant.actor == user);
    let system = if has_role {
        json!([{ "all": true }])
    } else {
        json!([])
    };
    Ok(ApiResponse::ok(
        json!({ "system": system, "links": { "self": call.here() } }),
    ))
}
