//! Roles given to users and groups on projects, domains and the system, also inherited ones.

use http::Method;

use super::list::{Kind, Page};
use super::{Handler, Reply, Routes, groups, on, roles, users};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::{Allow, MANAGED_ROLES};
use crate::refusal::Refusal;
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

fn list(call: &Call, store: &mut Store) -> Reply {
    let place = Place::of(call);
    place.require("list", call, store, None)?;
    place.check_exists(store)?;
    let granted = |role: &&Record| store.grants.contains(&place.grant(role.id()));
    let kind = Kind {
        page: Page::Whole,
        filters: &[],
        ..roles::KIND
    };
    kind.list(call, store.roles.iter().filter(granted).cloned().collect())
}

fn check(call: &Call, store: &mut Store) -> Reply {
    let (place, role) = of_role("check", call, store)?;
    if store.grants.contains(&place.grant(&role)) {
        Ok(Answer::nothing())
    } else {
        Err(place.missing(&role))
    }
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let (place, role) = of_role("create", call, store)?;
    place.refuse_foreign_role(store.roles.get(&role)?, store)?;
    store.grants.insert(place.grant(&role));
    Ok(Answer::nothing())
}

fn revoke(call: &Call, store: &mut Store) -> Reply {
    let (place, role) = of_role("revoke", call, store)?;
    if store.grants.remove(&place.grant(&role)) {
        Ok(Answer::nothing())
    } else {
        Err(place.missing(&role))
    }
}

/// The place and the role of the path, once the caller may and all of it exists.
fn of_role(verb: &str, call: &Call, store: &Store) -> Result<(Place, String), Refusal> {
    let place = Place::of(call);
    let role = call.param("role_id");
    place.require(verb, call, store, Some(role))?;
    store.roles.get(role)?;
    place.check_exists(store)?;
    Ok((place, role.to_owned()))
}

/// Who and where.
struct Place {
    actor: Actor,
    target: Target,
    inherited: bool,
}

impl Place {
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

    /// Readers and managers of a domain reach only grants whose two sides are of their domain,
    /// and managers only some roles.
    fn require(
        &self,
        verb: &str,
        call: &Call,
        store: &Store,
        role: Option<&str>,
    ) -> Result<(), Refusal> {
        let reads = matches!(verb, "check" | "list");
        let mut allowed = vec![if self.target == Target::System {
            Allow::AdminOfCloud
        } else {
            Allow::Admin
        }];
        if reads {
            allowed.push(Allow::SystemReader);
        }
        let domain = self.domain_of_both(store);
        let role = role.and_then(|id| store.roles.look(id));
        let handable =
            role.is_some_and(|role| MANAGED_ROLES.iter().any(|name| role.is("name", name)));
        if let Some(domain) = &domain
            && (reads || handable)
        {
            allowed.push(Allow::DomainRole(
                if reads { "reader" } else { "manager" },
                domain,
            ));
        }
        call.require(&self.action(verb), &allowed)?;
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

    fn domain_of_both(&self, store: &Store) -> Option<String> {
        let target = match &self.target {
            Target::Domain(id) => id.clone(),
            Target::Project(id) => store.projects.look(id)?.text("domain_id")?.to_owned(),
            Target::System => return None,
        };
        let actor = match &self.actor {
            Actor::User(id) => users::domain_of(id, store),
            Actor::Group(id) => groups::domain_of(id, store),
        };
        (actor == target).then_some(target)
    }

    fn check_exists(&self, store: &Store) -> Result<(), Refusal> {
        match &self.actor {
            Actor::User(id) => store.users.get(id)?,
            Actor::Group(id) => store.groups.get(id)?,
        };
        match &self.target {
            Target::Domain(id) => store.domains.get(id).map(drop),
            Target::Project(id) if store.domains.look(id).is_some() => Ok(()),
            Target::Project(id) => store.projects.get(id).map(drop),
            Target::System => Ok(()),
        }
    }

    /// 403 for a role of one domain on a project or domain of another.
    fn refuse_foreign_role(&self, role: &Record, store: &Store) -> Result<(), Refusal> {
        let Some(home) = role.text("domain_id") else {
            return Ok(());
        };
        let (kind, domain) = match &self.target {
            Target::Project(id) => ("Project", store.projects.get(id)?.text("domain_id")),
            Target::Domain(id) => ("Domain", Some(id.as_str())),
            Target::System => ("System", None),
        };
        if domain == Some(home) {
            return Ok(());
        }
        let (target, role) = (self.target.id(), role.id());
        Err(Refusal::forbidden(format!(
            "{kind} {target} must be in the same domain as the role {role} being assigned."
        )))
    }

    fn missing(&self, role: &str) -> Refusal {
        let (actor, target) = (self.actor.id(), self.target.id());
        Refusal::not_found(format!(
            "Could not find role assignment with role: {role}, user or group: {actor}, project, domain, or system: {target}."
        ))
    }
}
