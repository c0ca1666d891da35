//! `/v3/roles/{id}/implies` and `/v3/role_inferences`.

use http::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::guard::Allow;
use crate::refusal::Refusal;
use crate::store::{Object, Record, Store};
use crate::v3::{Reply, Routes, on};

const READERS: [Allow<'_>; 2] = [Allow::AdminOfCloud, Allow::SystemReader];

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route("/v3/roles/{role_id}/implies", on(&[(Method::GET, list)]))
        .route(
            "/v3/roles/{role_id}/implies/{implied_id}",
            on(&[
                (Method::GET, show),
                (Method::HEAD, check),
                (Method::PUT, create),
                (Method::DELETE, delete),
            ]),
        )
        .route("/v3/role_inferences", on(&[(Method::GET, list_all)]))
}

fn list(call: &Call, store: &mut Store) -> Reply {
    call.require("list_implied_roles", &READERS)?;
    let prior = store.roles.get(call.param("role_id"))?;
    let inference =
        json!({ "prior_role": show_role(call, prior), "implies": implied_by(call, prior, store) });
    Ok(Answer::ok(
        json!({ "role_inference": inference, "links": { "self": call.here() } }),
    ))
}

fn list_all(call: &Call, store: &mut Store) -> Reply {
    call.require("list_role_inference_rules", &READERS)?;
    let priors = store
        .roles
        .iter()
        .filter(|role| store.implied.iter().any(|(prior, _)| prior == role.id()));
    let rules: Vec<Value> = priors
        .map(|prior| json!({ "prior_role": show_role(call, prior), "implies": implied_by(call, prior, store) }))
        .collect();
    Ok(Answer::ok(json!({ "role_inferences": rules })))
}

fn show(call: &Call, store: &mut Store) -> Reply {
    call.require("get_implied_role", &READERS)?;
    find(call, store)?;
    Ok(Answer::ok(one(call, store)?))
}

fn check(call: &Call, store: &mut Store) -> Reply {
    call.require("check_implied_role", &READERS)?;
    find(call, store)?;
    Ok(Answer::nothing())
}

fn create(call: &Call, store: &mut Store) -> Reply {
    call.require("create_implied_role", &[Allow::AdminOfCloud])?;
    let answer = one(call, store)?;
    let (prior, implied) = pair(call);
    if implied_forbidden(store, &implied) {
        return Err(Refusal::forbidden(format!(
            "Unable to create role inference: {implied} cannot be implied."
        )));
    }
    if !store.implied.insert((prior, implied)) {
        return Err(Refusal::conflict("role", "the inference exists already"));
    }
    Ok(Answer::created(answer))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    call.require("delete_implied_role", &[Allow::AdminOfCloud])?;
    find(call, store)?;
    store.implied.remove(&pair(call));
    Ok(Answer::nothing())
}

/// `admin` may never be implied.
fn implied_forbidden(store: &Store, implied: &str) -> bool {
    store
        .roles
        .look(implied)
        .is_some_and(|role| role.is("name", "admin"))
}

fn pair(call: &Call) -> (String, String) {
    (
        call.param("role_id").to_owned(),
        call.param("implied_id").to_owned(),
    )
}

fn find(call: &Call, store: &Store) -> Result<(), Refusal> {
    let (prior, implied) = pair(call);
    store.roles.get(&prior)?;
    store.roles.get(&implied)?;
    if store.implied.contains(&(prior.clone(), implied.clone())) {
        Ok(())
    } else {
        Err(Refusal::not_found(format!(
            "{prior} does not imply {implied}."
        )))
    }
}

fn one(call: &Call, store: &Store) -> Result<Value, Refusal> {
    let prior = show_role(call, store.roles.get(call.param("role_id"))?);
    let implied = show_role(call, store.roles.get(call.param("implied_id"))?);
    let inference = json!({ "prior_role": prior, "implies": implied });
    Ok(json!({ "role_inference": inference, "links": { "self": call.here() } }))
}

fn implied_by(call: &Call, prior: &Record, store: &Store) -> Vec<Value> {
    let implied = store.implied.iter().filter(|(one, _)| one == prior.id());
    implied
        .filter_map(|(_, role)| store.roles.look(role))
        .map(|role| show_role(call, role))
        .collect()
}

/// The short form: id, name and link, and the domain of a role that has one.
fn show_role(call: &Call, role: &Record) -> Value {
    let mut shown = Object::new();
    shown.insert("id".into(), role.id().into());
    shown.insert(
        "links".into(),
        json!({ "self": call.link(&format!("roles/{}", role.id())) }),
    );
    shown.insert("name".into(), role.get("name").cloned().unwrap_or_default());
    if let Some(domain) = role.text("domain_id") {
        shown.insert("domain_id".into(), domain.into());
    }
    Value::Object(shown)
}
