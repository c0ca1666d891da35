//! The projects above and below one, as `parents_as_*` and `subtree_as_*` show them.

use serde_json::{Value, json};

use super::KIND;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::store::{Object, Record, Store};

/// 400 when the query asks for both forms of the same.
pub(super) fn refuse_contradictions(call: &Call) -> Result<(), ApiError> {
    for kind in ["parents", "subtree"] {
        let asked = |form: &str| call.query.flag(&format!("{kind}_as_{form}"));
        if asked("list") && asked("ids") {
            return Err(ApiError::bad(format!(
                "Cannot use {kind}_as_list and {kind}_as_ids query params at the same time."
            )));
        }
    }
    Ok(())
}

/// Adds what the query asks for.
pub(super) fn expand(project: &mut Record, call: &Call, caller: &Caller, store: &Store) {
    let id = project.id().to_owned();
    if call.query.flag("parents_as_list") {
        let parents = ancestors(project, store)
            .into_iter()
            .filter(|one| is_visible(one, caller, store));
        let parents: Vec<Value> = parents.map(|parent| listed(call, &parent)).collect();
        project.set("parents", parents);
    }
    if call.query.flag("parents_as_ids") {
        let above = ancestors(project, store);
        let chain = above
            .iter()
            .rev()
            .fold(Value::Null, |below, parent| json!({ parent.id(): below }));
        project.set("parents", chain);
    }
    if call.query.flag("subtree_as_list") {
        let below = store
            .projects
            .iter()
            .filter(|one| store.is_below(one, &id) && is_visible(one, caller, store));
        let below: Vec<Value> = below.map(|child| listed(call, child)).collect();
        project.set("subtree", below);
    }
    if call.query.flag("subtree_as_ids") {
        project.set("subtree", subtree(&id, store));
    }
}

/// From the nearest to the domain.
pub(super) fn ancestors(project: &Record, store: &Store) -> Vec<Record> {
    let mut found: Vec<Record> = Vec::new();
    let mut next = project
        .text("parent_id")
        .and_then(|id| store.project_or_domain(id));
    while let Some(parent) = next {
        next = parent
            .text("parent_id")
            .and_then(|id| store.project_or_domain(id));
        found.push(parent);
    }
    found
}

fn subtree(id: &str, store: &Store) -> Value {
    let children = store
        .projects
        .iter()
        .filter(|project| project.is("parent_id", id));
    let tree: Object = children
        .map(|child| (child.id().to_owned(), subtree(child.id(), store)))
        .collect();
    if tree.is_empty() {
        Value::Null
    } else {
        Value::Object(tree)
    }
}

/// Lists show only the projects on which the caller has a role.
fn is_visible(project: &Record, caller: &Caller, store: &Store) -> bool {
    store
        .projects_of(&caller.user_id)
        .iter()
        .any(|own| own.id() == project.id())
}

fn listed(call: &Call, project: &Record) -> Value {
    KIND.envelope(call, project)
}
