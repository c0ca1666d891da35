//! Roles given to users and groups on projects, domains and the system, also inherited ones.

use http::Method;

use super::list::{Page, ResourceKind};
use super::roles;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::policy::TargetAttrs;
use crate::route::{Handler, HandlerResult, Routes, no_content, on};
use crate::store::{Actor, Grant, Record, Store, Target};

const TARGETS: [&str; 3] = ["projects/{project_id}", "domains/{domain_id}", "system"];
const ACTORS: [&str; 2] = ["users/{user_id}", "groups/{group_id}"];

pub(super) fn routes(mut routes: Routes) -> Routes {
    const ITEM: &[(Method, Handler)] = &[
        (Method::GET, check),
        (Method::PUT, create),
        (Method::DELETE, revoke),
    ];
    for target in TARGETS {
        for actor in ACTORS {
            let base = format!("/v3/{target}/{actor}/roles");
            routes = routes
                .route(&base, on(&[(Method::GET, list)]))
                .route(&format!("{base}/{{role_id}}"), on(ITEM));
            if target != "system" {
                let item = format!(
                    "/v3/OS-INHERIT/{target}/{actor}/roles/{{role_id}}/inherited_to_projects"
                );
                routes = routes.route(&item, on(ITEM));
            }
            if target.starts_with("domains") {
                let all = format!("/v3/OS-INHERIT/{target}/{actor}/roles/inherited_to_projects");
                routes = routes.route(&all, on(&[(Method::GET, list)]));
            }
        }
    }
    routes
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let place = RoleAssignment::of(call);
    place.require("list", call, store, None)?;
    place.check_target(store)?;
    let granted = |role: &&Record| store.grants.contains(&place.grant(role.id()));
    let kind = ResourceKind {
        page: Page::Whole,
        filters: &[],
        ..roles::KIND
    };
    kind.list(call, store.roles.iter().filter(granted))
}

fn check(call: &Call, store: &mut Store) -> HandlerResult {
    let (place, role) = of_role("check", call, store)?;
    if store.grants.contains(&place.grant(&role)) {
        no_content()
    } else {
        Err(place.missing(&role))
    }
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let (place, role) = of_role("create", call, store)?;
    place.refuse_foreign_role(store.roles.get(&role)?, store)?;
    store.grants.insert(place.grant(&role));
    no_content()
}

fn revoke(call: &Call, store: &mut Store) -> HandlerResult {
    let (place, role) = of_role("revoke", call, store)?;
    if store.grants.remove(&place.grant(&role)) {
        no_content()
    } else {
        Err(place.missing(&role))
    }
}

/// The place and the role of the path, once the caller may.
fn of_role(verb: &str, call: &Call, store: &Store) -> Result<(RoleAssignment, String), ApiError> {
    let place = RoleAssignment::of(call);
    let role = call.param("role_id");
    place.require(verb, call, store, Some(role))?;
    store.roles.get(role)?;
    place.check_target(store)?;
    Ok((place, role.to_owned()))
}

/// The user or group, and the target, of the path.
struct RoleAssignment {
    actor: Actor,
    target: Target,
    inherited: bool,
}

impl RoleAssignment {
    fn of(call: &Call) -> Self {
        let actor = match call.param("user_id") {
            "" => Actor::Group(call.param("group_id").to_owned()),
            id => Actor::User(id.to_owned()),
        };
        let target = match (call.param("project_id"), call.param("domain_id")) {
            ("", "") => Target::System,
            ("", domain) => Target::Domain(domain.to_owned()),
            (project, _) => Target::Project(project.to_owned()),
        };
        Self {
            actor,
            target,
            inherited: call.path().starts_with("/v3/OS-INHERIT/"),
        }
    }

    fn grant(&self, role: &str) -> Grant {
        Grant {
            target: self.target.clone(),
            actor: self.actor.clone(),
            role: role.to_owned(),
            inherited: self.inherited,
        }
    }

    /// Decides on all that the path names. That something of it does not exist is told before, to
    /// all who are known; except for inherited roles, and for the user or group that loses a role.
    fn require(
        &self,
        verb: &str,
        call: &Call,
        store: &Store,
        role: Option<&str>,
    ) -> Result<(), ApiError> {
        call.caller()?;
        if !self.inherited {
            if let Target::Domain(_) = &self.target {
                self.check_target(store)?;
            }
            role.map(|id| store.roles.get(id)).transpose()?;
            if verb != "revoke" {
                self.check_actor(store)?;
            }
            self.check_target(store)?;
        }
        let role = role.and_then(|id| store.roles.lookup(id));
        let target = match &self.actor {
            Actor::User(id) => TargetAttrs::of(&store.users, id),
            Actor::Group(id) => TargetAttrs::of(&store.groups, id),
        };
        let target = match &self.target {
            Target::Domain(id) => target.and("domain", store.domains.lookup(id)),
            Target::Project(id) => target.and("project", store.project_or_domain(id).as_ref()),
            Target::System => target,
        };
        call.require(&self.action(verb), target.and("role", role))?;
        Ok(())
    }

    fn action(&self, verb: &str) -> String {
        let many = if verb == "list" { "s" } else { "" };
        match (&self.target, &self.actor) {
            (Target::System, Actor::User(_)) => format!("{verb}_system_grant{many}_for_user"),
            (Target::System, Actor::Group(_)) => format!("{verb}_system_grant{many}_for_group"),
            _ => format!("{verb}_grant{many}"),
        }
    }

    fn check_actor(&self, store: &Store) -> Result<(), ApiError> {
        match &self.actor {
            Actor::User(id) => store.users.get(id).map(drop),
            Actor::Group(id) => store.groups.get(id).map(drop),
        }
    }

    fn check_target(&self, store: &Store) -> Result<(), ApiError> {
        match &self.target {
            Target::Domain(id) => store.domains.get(id).map(drop),
            Target::Project(id) if store.domains.lookup(id).is_some() => Ok(()),
            Target::Project(id) => store.projects.get(id).map(drop),
            Target::System => Ok(()),
        }
    }

    /// 403 for a role of one domain on a project of another, 400 on the system. On domains the
    /// real service takes it.
    fn refuse_foreign_role(&self, role: &Record, store: &Store) -> Result<(), ApiError> {
        let Some(home) = role.text("domain_id") else {
            return Ok(());
        };
        let role = role.id();
        match &self.target {
            Target::Domain(_) => Ok(()),
            Target::Project(id) => {
                let project = store.project_or_domain(id);
                if project.is_some_and(|project| project.is("domain_id", home)) {
                    return Ok(());
                }
                Err(ApiError::forbidden(format!(
                    "Project {id} must be in the same domain as the role {role} being assigned."
                )))
            }
            Target::System => Err(ApiError::bad(format!(
                "Role {role} is a domain-specific role. Unable to use a domain-specific role in a system assignment."
            ))),
        }
    }

    fn missing(&self, role: &str) -> ApiError {
        let (actor, target) = (self.actor.id(), self.target.id());
        ApiError::not_found(format!(
            "Could not find role assignment with role: {role}, user or group: {actor}, project, domain, or system: {target}."
        ))
    }
}
