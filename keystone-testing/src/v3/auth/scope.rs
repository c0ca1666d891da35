//! The requested scope of a token.

use serde_json::Value;

use super::methods::{domain_fields, find_domain, nameless};
use crate::api_error::ApiError;
use crate::store::{Object, Record, Scope, Store, Target};
use crate::v3::crud::text;

const CHOICES: &str = "system, project, domain, OS-TRUST:trust or unscoped";

/// The scope of a request.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum RequestedScope {
    /// None was named: the user's default project, if it can be had.
    Default,
    Scoped(Scope),
}

/// Reads the scope of a request: 400 when it is malformed, 401 when what it names is not there
/// or not enabled.
pub(super) fn read(auth: &Object, store: &Store) -> Result<RequestedScope, ApiError> {
    let scope = match auth.get("scope") {
        None => return Ok(RequestedScope::Default),
        Some(Value::Object(scope)) => scope,
        Some(Value::String(text)) if text == "unscoped" => {
            return Ok(RequestedScope::Scoped(Scope::Unscoped));
        }
        Some(_) => return Err(ApiError::expecting(CHOICES, "scope")),
    };
    let mut parts = ["system", "unscoped", "project", "domain", "OS-TRUST:trust"]
        .into_iter()
        .filter_map(|name| Some((name, scope.get(name)?)));
    let (Some((name, value)), None) = (parts.next(), parts.next()) else {
        return Err(ApiError::expecting(CHOICES, "scope"));
    };
    let empty = Object::new();
    let fields = value.as_object().unwrap_or(&empty);
    let scope = match name {
        "system" => Scope::System,
        "project" => Scope::Project(project(fields, store)?),
        "domain" => Scope::Domain(domain(fields, store)?),
        "OS-TRUST:trust" => Scope::Trust(trust(fields, store)?),
        _ => Scope::Unscoped,
    };
    Ok(RequestedScope::Scoped(scope))
}

/// The project that a user gets without asking, when it is enabled and the user has a role there.
pub(super) fn default_of(user: &Record, store: &Store) -> Scope {
    let usable = |id: &&str| {
        store
            .projects
            .lookup(id)
            .is_some_and(|project| store.is_active_project(project))
            && !store
                .roles_of(user.id(), &Target::Project((*id).to_owned()))
                .is_empty()
    };
    let project = user.text("default_project_id").filter(usable);
    project.map_or(Scope::Unscoped, |id| Scope::Project(id.to_owned()))
}

fn project(fields: &Object, store: &Store) -> Result<String, ApiError> {
    let project = match (text(fields, "id"), text(fields, "name")) {
        (Some(id), _) => store.projects.lookup(id),
        (None, Some(name)) => {
            let domain = domain_fields(fields, "project")?;
            let domain = find_domain(domain, store, "scope/project/domain")?;
            domain.and_then(|domain| store.project_named(name, domain.id()))
        }
        (None, None) => return Err(nameless("scope/project")),
    };
    let project = project.filter(|project| store.is_active_project(project));
    project
        .map(|project| project.id().to_owned())
        .ok_or_else(ApiError::unauthorized)
}

fn domain(fields: &Object, store: &Store) -> Result<String, ApiError> {
    let domain =
        find_domain(fields, store, "scope/domain")?.filter(|domain| domain.flag("enabled"));
    domain
        .map(|domain| domain.id().to_owned())
        .ok_or_else(ApiError::unauthorized)
}

fn trust(fields: &Object, store: &Store) -> Result<String, ApiError> {
    let id = text(fields, "id").ok_or_else(|| ApiError::expecting("trust_id", "trust"))?;
    let usable = |trust: &&Record| trust.get("remaining_uses").and_then(Value::as_u64) != Some(0);
    let trust = store
        .trusts
        .lookup(id)
        .filter(usable)
        .ok_or_else(ApiError::unauthorized)?;
    Ok(trust.id().to_owned())
}
