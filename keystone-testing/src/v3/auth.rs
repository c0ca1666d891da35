//! `/v3/auth`: tokens, and what their holder may see.

mod body;
mod issue;
mod methods;
mod scope;
mod validity;

pub(crate) use self::body::render;
pub(crate) use self::issue::grant;

use http::{HeaderName, Method};
use serde_json::json;

use self::validity::Invalid;
use super::{Reply, Routes, catalog, domains, on, projects};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::{Caller, On};
use crate::refusal::Refusal;
use crate::store::{Actor, Record, Scope, Store, Target, Token};

/// Whether a token holds what somebody only lent.
pub(super) fn delegated(token: &Token) -> bool {
    matches!(token.scope, Scope::Trust(_))
        || token.application_credential.is_some()
        || token.access_token.is_some()
}

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

/// Finds out who calls. Whoever brings a token that does not hold is nobody, which matters only
/// to what demands somebody. A token whose project or user is gone is refused at once, whatever is
/// asked, except where a new one is asked for.
pub(super) fn identify(call: &mut Call, store: &Store) -> Result<(), Refusal> {
    if call.method == Method::POST && call.path() == "/v3/auth/tokens" {
        return Ok(());
    }
    let Some(id) = call
        .header("x-auth-token")
        .filter(|id| !id.is_empty())
        .map(ToOwned::to_owned)
    else {
        return Ok(());
    };
    let Some(token) = store.tokens.get(&id) else {
        return Ok(());
    };
    match validity::check(store, token, call.now, false) {
        Ok(()) => {}
        Err(Invalid::Over) => return Ok(()),
        Err(Invalid::Lost(refusal)) => return Err(refusal),
    }
    validity::check_access_rules(store, token, call)?;
    call.set_caller(Caller::of(token, store));
    Ok(())
}

/// GET and HEAD: what the subject token says.
fn validate(call: &Call, store: &mut Store) -> Reply {
    call.caller()?;
    let (id, token) = subject(call, store)?;
    let action = match call.method {
        Method::HEAD => "check_token",
        _ => "validate_token",
    };
    call.require(action, On::field("token.user_id", Some(&token.user_id)))?;
    let allow_expired = call.query.flag("allow_expired");
    validity::check(store, &token, call.now, allow_expired).map_err(Invalid::for_subject)?;
    validity::check_access_rules_are_understood(store, &token, call)?;
    let body = body::render(store, &token, !call.query.flag("nocatalog"));
    Ok(Answer::ok(body).header(X_SUBJECT_TOKEN, id))
}

fn revoke(call: &Call, store: &mut Store) -> Reply {
    call.caller()?;
    let (_, token) = subject(call, store)?;
    let target = On::field("token.user_id", Some(&token.user_id));
    call.require("revoke_token", target)?;
    validity::check(store, &token, call.now, false).map_err(Invalid::for_subject)?;
    store.revoke_chain(&token);
    Ok(Answer::nothing())
}

/// The token that a request is about.
fn subject(call: &Call, store: &Store) -> Result<(String, Token), Refusal> {
    let id = call.header("x-subject-token").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::not_found("No token in the request"))?;
    let token = store
        .tokens
        .get(id)
        .ok_or_else(|| Refusal::not_found("Failed to validate token"))?;
    Ok((id.to_owned(), token.clone()))
}

fn show_catalog(call: &Call, store: &mut Store) -> Reply {
    let caller = call.caller()?;
    if caller.project().is_none() {
        return Err(Refusal::forbidden(
            "You are not authorized to perform the requested action.",
        ));
    }
    let catalog = catalog::of(store, caller.project(), &caller.user_id);
    Ok(Answer::ok(
        json!({ "catalog": catalog, "links": { "self": call.here() } }),
    ))
}

fn list_projects(call: &Call, store: &mut Store) -> Reply {
    let user = &call.caller()?.user_id;
    let projects = store.projects_of(user).into_iter();
    let projects: Vec<_> = projects
        .filter(|project| store.is_active_project(project))
        .cloned()
        .collect();
    Ok(projects::KIND.unfiltered(call, &projects))
}

fn list_domains(call: &Call, store: &mut Store) -> Reply {
    let user = &call.caller()?.user_id;
    let domains = store.domains_of(user).into_iter();
    let domains: Vec<Record> = domains
        .filter(|domain| domain.flag("enabled"))
        .cloned()
        .collect();
    Ok(domains::KIND.unfiltered(call, &domains))
}

/// Only what is given to the user itself counts here, not what its groups have.
fn list_system(call: &Call, store: &mut Store) -> Reply {
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
    Ok(Answer::ok(
        json!({ "system": system, "links": { "self": call.here() } }),
    ))
}

/// The project that a scope is about.
fn project_of<'a>(store: &'a Store, scope: &'a Scope) -> Option<&'a str> {
    match scope {
        Scope::Project(id) => Some(id),
        Scope::Trust(id) => store.trusts.look(id)?.text("project_id"),
        _ => None,
    }
}
