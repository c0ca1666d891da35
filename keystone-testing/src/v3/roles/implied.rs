//! `/v3/roles/{id}/implies` and `/v3/role_inferences`.

use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, created, no_content, ok, routes};
use crate::store::{Record, Store};

routes! { pub(super),
    "/v3/roles/{role_id}/implies" => GET list;
    "/v3/roles/{role_id}/implies/{implied_id}" => GET show, HEAD check, PUT create, DELETE delete;
    "/v3/role_inferences" => GET list_all;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    require("list_implied_roles", call, store)?;
    let inference = implied_by(call, store.roles.get(call.param("role_id"))?, store);
    ok(json!({ "role_inference": inference, "links": { "self": call.here() } }))
}

fn list_all(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("list_role_inference_rules", TargetAttrs::nothing())?;
    let priors = store
        .roles
        .iter()
        .filter(|role| store.implied.iter().any(|(prior, _)| prior == role.id()));
    let rules: Vec<Value> = priors.map(|prior| implied_by(call, prior, store)).collect();
    ok(json!({ "role_inferences": rules }))
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    require("get_implied_role", call, store)?;
    find(call, store)?;
    ok(one(call, store)?)
}

fn check(call: &Call, store: &mut Store) -> HandlerResult {
    require("check_implied_role", call, store)?;
    find(call, store)?;
    no_content()
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    require("create_implied_role", call, store)?;
    let response = one(call, store)?;
    let (prior, implied) = pair(call);
    refuse_unimpliable(store.roles.get(&prior)?, store.roles.get(&implied)?)?;
    if !store.implied.insert((prior, implied)) {
        return Err(ApiError::conflict("role", "the inference exists already"));
    }
    created(response)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    require("delete_implied_role", call, store)?;
    find(call, store)?;
    store.implied.remove(&pair(call));
    no_content()
}

/// That a role of the path does not exist is told to all who are known.
fn require(action: &str, call: &Call, store: &Store) -> Result<(), ApiError> {
    call.caller()?;
    let prior = store.roles.get(call.param("role_id"))?;
    let implied = match call.param("implied_id") {
        "" => None,
        id => Some(store.roles.get(id)?),
    };
    let target = TargetAttrs::some("prior_role", Some(prior)).and("implied_role", implied);
    call.require(action, target)?;
    Ok(())
}

/// `admin` may never be implied, and by a global role no role of a domain.
fn refuse_unimpliable(prior: &Record, implied: &Record) -> Result<(), ApiError> {
    if implied.is("name", "admin") {
        return Err(ApiError::forbidden(format!(
            "Unable to create role inference: {} cannot be implied.",
            implied.id()
        )));
    }
    if prior.text("domain_id").is_none() && implied.text("domain_id").is_some() {
        return Err(ApiError::forbidden(
            "Global role cannot imply a domain-specific role",
        ));
    }
    Ok(())
}

fn pair(call: &Call) -> (String, String) {
    (
        call.param("role_id").to_owned(),
        call.param("implied_id").to_owned(),
    )
}

fn find(call: &Call, store: &Store) -> Result<(), ApiError> {
    let (prior, implied) = pair(call);
    store.roles.get(&prior)?;
    store.roles.get(&implied)?;
    if store.implied.contains(&(prior.clone(), implied.clone())) {
        Ok(())
    } else {
        Err(ApiError::not_found(format!(
            "{prior} does not imply {implied}."
        )))
    }
}

fn one(call: &Call, store: &Store) -> Result<Value, ApiError> {
    let prior = show_role(call, store.roles.get(call.param("role_id"))?);
    let implied = show_role(call, store.roles.get(call.param("implied_id"))?);
    let inference = json!({ "prior_role": prior, "implies": implied });
    Ok(json!({ "role_inference": inference, "links": { "self": call.here() } }))
}

/// A role with all that it implies directly.
fn implied_by(call: &Call, prior: &Record, store: &Store) -> Value {
    let implied = store.implied.iter().filter(|(one, _)| one == prior.id());
    let implied = implied.filter_map(|(_, role)| store.roles.lookup(role));
    let implied: Vec<_> = implied.map(|role| show_role(call, role)).collect();
    json!({ "prior_role": show_role(call, prior), "implies": implied })
}

/// The short form: id, name and link.
fn show_role(call: &Call, role: &Record) -> Value {
    let link = call.link(&format!("roles/{}", role.id()));
    json!({ "id": role.id(), "links": { "self": link }, "name": role.get("name") })
}
