//! `/v3/role_assignments`.

use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, ok, routes};
use crate::store::{Actor, Effect, Grant, Object, Store, Table, Target, object};

routes! { pub(super),
    "/v3/role_assignments" => GET list;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    refuse_shape(call)?;
    let subtree = call.query.flag("include_subtree");
    let caller = if subtree {
        require_for_tree(call, store)?
    } else {
        let own = TargetAttrs::field("domain_id", call.caller()?.domain());
        call.require("list_role_assignments", own)?
    };
    refuse_contradictions(call)?;
    let rows = if call.query.flag("effective") {
        refuse_unknown(call, store)?;
        effective(store)
    } else {
        direct(store)
    };
    let rows = rows
        .into_iter()
        .filter(|row| row.passes(call, store) && (subtree || row.is_visible(caller, store)));
    let shown: Vec<Value> = rows.map(|row| row.show(call, store)).collect();
    let links = json!({ "next": null, "self": call.here(), "previous": null });
    ok(json!({ "role_assignments": shown, "links": links }))
}

/// What is refused before anybody is asked who it is: the mere presence of these together.
fn refuse_shape(call: &Call) -> Result<(), ApiError> {
    let has = |name| call.query.get(name).is_some();
    if has("include_subtree") && !has("scope.project.id") {
        return Err(ApiError::bad(
            "'scope.project.id' is a dependency of 'include_subtree'",
        ));
    }
    if has("user.id") && has("group.id") {
        return Err(ApiError::bad("Specify a user or group, not both"));
    }
    Ok(())
}

/// Decides on the domain of the project, whose absence is told to all who are known.
fn require_for_tree<'a>(call: &'a Call, store: &Store) -> Result<&'a Caller, ApiError> {
    call.caller()?;
    let find = |id| {
        let project = store.project_or_domain(id);
        project.ok_or_else(|| ApiError::missing("project", id))
    };
    let project = asked(call, "scope.project.id").map(find).transpose()?;
    let domain = project
        .as_ref()
        .and_then(|project| project.text("domain_id"));
    let target = TargetAttrs::field("domain_id", domain).and("project", project.as_ref());
    call.require("list_role_assignments_for_tree", target)
}

/// 404 for what has to be looked up to find out what is in effect: a user's groups, and what lies
/// above a project.
fn refuse_unknown(call: &Call, store: &Store) -> Result<(), ApiError> {
    if let Some(user) = asked(call, "user.id") {
        store.users.get(user)?;
    }
    match asked(call, "scope.project.id") {
        Some(id) if store.project_or_domain(id).is_none() => Err(ApiError::missing("project", id)),
        _ => Ok(()),
    }
}

/// A parameter that is there and not empty.
fn asked<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.query.get(name).filter(|value| !value.is_empty())
}

fn refuse_contradictions(call: &Call) -> Result<(), ApiError> {
    let has = |name| asked(call, name).is_some();
    let scopes = ["scope.project.id", "scope.domain.id", "scope.system"];
    let contradiction = if scopes.into_iter().filter(|name| has(name)).count() > 1 {
        "Specify a domain or project, not both"
    } else if call.query.flag("effective") && has("group.id") {
        "Combining effective and group filter will always result in an empty list."
    } else if call.query.flag("effective")
        && has("scope.OS-INHERIT:inherited_to")
        && has("scope.domain.id")
    {
        "Combining effective, domain and inherited filters will always result in an empty list."
    } else if call.query.flag("include_subtree") && !has("scope.project.id") {
        "scope.project.id must be specified if include_subtree is also specified"
    } else {
        return Ok(());
    };
    Err(ApiError::bad(contradiction))
}

/// One item of the response.
struct Row {
    actor: Actor,
    target: Target,
    role: String,
    /// What it comes from.
    grant: Grant,
    prior: Option<String>,
}

fn direct(store: &Store) -> Vec<Row> {
    let row = |grant: &Grant| Row {
        actor: grant.actor.clone(),
        target: grant.target.clone(),
        role: grant.role.clone(),
        grant: grant.clone(),
        prior: None,
    };
    store.grants.iter().map(row).collect()
}

fn effective(store: &Store) -> Vec<Row> {
    let row = |effect: Effect| Row {
        actor: Actor::User(effect.user),
        target: effect.target,
        role: effect.role,
        grant: effect.grant,
        prior: effect.prior,
    };
    // The real service leaves the system out of what is in effect.
    let effects = store
        .effects()
        .into_iter()
        .filter(|effect| effect.target != Target::System);
    effects.map(row).collect()
}

impl Row {
    fn passes(&self, call: &Call, store: &Store) -> bool {
        let is = |name: &str, value: Option<&str>| {
            call.query
                .get(name)
                .is_none_or(|wanted| value == Some(wanted))
        };
        let (user, group) = match &self.actor {
            Actor::User(id) => (Some(id.as_str()), None),
            Actor::Group(id) => (None, Some(id.as_str())),
        };
        let domain = match &self.target {
            Target::Domain(id) => Some(id.as_str()),
            _ => None,
        };
        let inherited = self.grant.inherited.then_some("projects");
        is("user.id", user)
            && is("group.id", group)
            && is("role.id", Some(&self.role))
            && is("scope.domain.id", domain)
            && (is("scope.OS-INHERIT:inherited_to", inherited) || self.target == Target::System)
            && (call.query.get("scope.system").is_none_or(str::is_empty)
                || call.query.flag("effective")
                || self.target == Target::System)
            && self.is_on_project(call, store)
    }

    fn is_on_project(&self, call: &Call, store: &Store) -> bool {
        let Some(wanted) = call.query.get("scope.project.id") else {
            return true;
        };
        let Target::Project(id) = &self.target else {
            return false;
        };
        let project = store.projects.lookup(id);
        let below = || project.is_some_and(|project| store.is_below(project, wanted));
        id == wanted || (call.query.flag("include_subtree") && below())
    }

    /// A domain-scoped caller sees what is assigned in its domain.
    fn is_visible(&self, caller: &Caller, store: &Store) -> bool {
        let Some(own) = caller.domain() else {
            return true;
        };
        match &self.target {
            Target::Domain(id) => id == own,
            Target::Project(id) => store
                .projects
                .lookup(id)
                .is_some_and(|project| project.is("domain_id", own)),
            Target::System => false,
        }
    }

    fn show(&self, call: &Call, store: &Store) -> Value {
        let names = call.query.flag("include_names").then_some(&store.domains);
        let mut row = Object::new();
        row.insert("links".into(), self.links(call));
        row.insert("scope".into(), self.scope(names, store));
        let (kind, actor) = match &self.actor {
            Actor::User(id) => ("user", within_domain(id, names, &store.users)),
            Actor::Group(id) => ("group", within_domain(id, names, &store.groups)),
        };
        row.insert(kind.into(), actor);
        let role = within_domain(&self.role, names, &store.roles);
        row.insert("role".into(), role);
        Value::Object(row)
    }

    fn scope(&self, names: Option<&Table>, store: &Store) -> Value {
        let mut scope = Object::new();
        let (kind, value) = match &self.target {
            Target::Domain(id) => ("domain", within_domain(id, names, &store.domains)),
            Target::Project(id) => ("project", within_domain(id, names, &store.projects)),
            Target::System => ("system", json!({ "all": true })),
        };
        scope.insert(kind.into(), value);
        if self.grant.inherited {
            scope.insert("OS-INHERIT:inherited_to".into(), "projects".into());
        }
        Value::Object(scope)
    }

    /// An implied role links to the one that implies it, with the two ids of `prior_role` in the
    /// wrong order, as the real service has them.
    fn links(&self, call: &Call) -> Value {
        let mut links = Object::new();
        let assigned = self.prior.as_deref().unwrap_or(&self.role);
        links.insert(
            "assignment".into(),
            call.link(&assignment_path(&self.grant, assigned)).into(),
        );
        if let (Actor::User(user), Actor::Group(group)) = (&self.actor, &self.grant.actor) {
            links.insert(
                "membership".into(),
                call.link(&format!("groups/{group}/users/{user}")).into(),
            );
        }
        if let Some(prior) = &self.prior {
            let path = format!("prior_role/{}/implies/{prior}", self.role);
            links.insert("prior_role".into(), call.link(&path).into());
        }
        Value::Object(links)
    }
}

/// `{id}`, or with names `{id, name}` and the domain where there is one.
fn within_domain(id: &str, domains: Option<&Table>, table: &Table) -> Value {
    let (Some(domains), Some(record)) = (domains, table.lookup(id)) else {
        return json!({ "id": id });
    };
    let mut shown = object(record.named());
    if let Some(domain) = domains.lookup(record.domain()) {
        shown.insert("domain".into(), domain.named());
    }
    Value::Object(shown)
}

fn assignment_path(grant: &Grant, role: &str) -> String {
    let target = match &grant.target {
        Target::Domain(id) => format!("domains/{id}"),
        Target::Project(id) => format!("projects/{id}"),
        Target::System => "system".to_owned(),
    };
    let actor = match &grant.actor {
        Actor::Group(id) => format!("groups/{id}"),
        Actor::User(id) => format!("users/{id}"),
    };
    let path = format!("{target}/{actor}/roles/{role}");
    if grant.inherited {
        format!("OS-INHERIT/{path}/inherited_to_projects")
    } else {
        path
    }
}
