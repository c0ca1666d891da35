//! `/v3/projects`.

mod tree;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::crud::{
    changes, default, domain_of_new, name_of, refuse_immutable, refuse_moves, refuse_taken,
    strip_name, text,
};
use super::domains;
use super::domains::in_reach;
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use crate::api_error::ApiError;
use crate::call::{Call, truth};
use crate::caller::Caller;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, created, no_content, routes};
use crate::store::{Object, Record, Store};

pub(super) const KIND: ResourceKind = ResourceKind {
    one: "project",
    many: "projects",
    path: "projects",
    filters: &["domain_id", "enabled", "name", "parent_id", "is_domain"],
    page: Page::MarkerWhenFull,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("domain_id", Field::MaybeText),
    ("enabled", Field::Bool),
    ("is_domain", Field::Bool),
    ("parent_id", Field::MaybeText),
    ("name", Field::ShortName),
    ("options", Field::Options(&["immutable"])),
    ("tags", Field::Tags),
];
const CREATE: Shape = Shape::create("project", &["name"], FIELDS);
const UPDATE: Shape = Shape {
    filled: false,
    ..Shape::update("project", FIELDS)
};
/// How many projects, the domain among them, a new one may lie below.
const DEEPEST: usize = 5;
const KNOWN: [&str; 9] = [
    "id",
    "name",
    "domain_id",
    "description",
    "enabled",
    "parent_id",
    "is_domain",
    "tags",
    "options",
];

routes! { pub(super),
    "/v3/projects" => GET list, POST create;
    "/v3/projects/{project_id}" => GET show, PATCH update, DELETE delete;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let own = TargetAttrs::field("domain_id", call.caller()?.domain());
    let caller = call.require("list_projects", own)?;
    if let Some(parent) = call.query.get("parent_id").filter(|id| !is_uuid(id)) {
        return Err(ApiError::bad(format!(
            "Invalid input for field/attribute parent_id. '{parent}' is not a 'uuid'"
        )));
    }
    let wants_domains = call.query.get("is_domain").is_some_and(truth);
    let all: Vec<Record> = match wants_domains {
        true => store
            .domains
            .iter()
            .map(Record::domain_as_project)
            .collect(),
        false => store.projects.iter().cloned().collect(),
    };
    let tagged = tagged(call, store);
    let visible = |project: &Record| {
        in_reach(caller, project.domain())
            && tagged.as_ref().is_none_or(|ids| ids.contains(project.id()))
    };
    KIND.list(call, all.into_iter().filter(visible))
}

fn is_uuid(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the four tag filters leave, if there are any. One of the opposites counts for all projects
/// when what stands before it leaves none, and the last one adds where both are asked, as in the
/// real service.
fn tagged(call: &Call, store: &Store) -> Option<BTreeSet<String>> {
    let asked = |name| call.query.get(name);
    let names = ["tags", "tags-any", "not-tags", "not-tags-any"];
    names.into_iter().find_map(asked)?;
    let all = || store.projects.iter().chain(store.domains.iter());
    let ids = |fits: &dyn Fn(&Record) -> bool| -> BTreeSet<String> {
        let found = all().filter(|project| fits(project));
        found.map(|project| project.id().to_owned()).collect()
    };
    let has = |project: &Record, tag: &str| project.texts("tags").contains(&tag);
    let with_all = |wanted: &str| ids(&|project| wanted.split(',').all(|tag| has(project, tag)));
    let with_any = |wanted: &str| ids(&|project| wanted.split(',').any(|tag| has(project, tag)));
    let without = |found: &BTreeSet<String>, out: &BTreeSet<String>| {
        ids(&|project| {
            let id = project.id();
            !out.contains(id) && (found.is_empty() || found.contains(id))
        })
    };
    let mut found = asked("tags").map(with_all).unwrap_or_default();
    if let Some(any) = asked("tags-any").map(with_any) {
        found = match asked("tags") {
            Some(_) => &any & &found,
            None => any,
        };
    }
    if let Some(out) = asked("not-tags").map(with_all) {
        found = without(&found, &out);
    }
    if let Some(out) = asked("not-tags-any").map(with_any) {
        match asked("not-tags") {
            Some(_) => found.extend(out),
            None => found = without(&found, &out),
        }
    }
    Some(found)
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    call.require("create_project", TargetAttrs::new("project", &fields))?;
    if fields.get("is_domain") == Some(&Value::Bool(true)) {
        return create_domain(call, store, fields);
    }
    let domain = place(call, store, &mut fields)?;
    strip_name(&mut fields);
    refuse_taken_name(name_of(&fields), &domain, "", store)?;
    default(&mut fields, "description", "");
    default(&mut fields, "enabled", true);
    default(&mut fields, "is_domain", false);
    default(&mut fields, "tags", Vec::<String>::new());
    default(&mut fields, "options", json!({}));
    let project = Record::new(&ids::resource(), fields);
    let response = KIND.envelope(call, &project);
    store.projects.put(project);
    created(response)
}

/// A project that acts as a domain is a domain.
fn create_domain(call: &Call, store: &mut Store, mut fields: Object) -> HandlerResult {
    if ["parent_id", "domain_id"]
        .iter()
        .any(|name| text(&fields, name).is_some_and(|id| !id.is_empty()))
    {
        return Err(ApiError::bad(
            "only root projects are allowed to act as domains.",
        ));
    }
    for name in ["domain_id", "parent_id", "is_domain"] {
        fields.remove(name);
    }
    let domain = domains::add(store, fields)?;
    KIND.respond_created(call, &domain.domain_as_project())
}

/// Finds the domain and the parent of a new project, which must fit, be enabled and leave room for
/// one more level.
fn place(call: &Call, store: &Store, fields: &mut Object) -> Result<String, ApiError> {
    let domain = domain_of_new(call, fields)?;
    let parent = text(fields, "parent_id").filter(|id| !id.is_empty());
    let parent = parent.unwrap_or(&domain).to_owned();
    if store.domains.lookup(&domain).is_none() {
        return Err(ApiError::bad(format!("Could not find domain: {domain}.")));
    }
    let above = store
        .project_or_domain(&parent)
        .ok_or_else(|| ApiError::bad(format!("Could not find project: {parent}.")))?;
    let home = above.text("domain_id").unwrap_or(above.id());
    if home != domain {
        return Err(ApiError::bad(format!(
            "Cannot create project, since it specifies its domain_id {domain}, but specifies a parent in a different domain ({home})."
        )));
    }
    let mut branch = tree::ancestors(&above, store);
    branch.push(above);
    if let Some(disabled) = branch.iter().find(|project| !project.flag("enabled")) {
        return Err(ApiError::bad(format!(
            "cannot create a project in a branch containing a disabled project: {}",
            disabled.id()
        )));
    }
    if branch.len() > DEEPEST {
        return Err(ApiError::forbidden(format!(
            "Max hierarchy depth reached for {parent} branch."
        )));
    }
    fields.insert("parent_id".into(), parent.into());
    fields.insert("domain_id".into(), domain.clone().into());
    Ok(domain)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let (mut project, caller) = find("get_project", call, store)?;
    tree::refuse_contradictions(call)?;
    tree::expand(&mut project, call, caller, store);
    KIND.respond(call, &project)
}

/// The project of the path, which may be a domain, and the caller, who may do this to it.
fn find<'a>(action: &str, call: &'a Call, store: &Store) -> Result<(Record, &'a Caller), ApiError> {
    let id = call.param("project_id");
    let project = store.project_or_domain(id);
    let caller = call.require(action, TargetAttrs::some("project", project.as_ref()))?;
    let project = project.ok_or_else(|| ApiError::missing("project", id))?;
    Ok((project, caller))
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let patch = UPDATE.read(call.body())?;
    let (project, _) = find("update_project", call, store)?;
    refuse_moves(&project, &patch)?;
    let project = if project.flag("is_domain") {
        refuse_fixed(&project, &patch)?;
        update_domain(store, project.id(), patch)?
    } else {
        refuse_immutable("project", "update", &project, Some(&patch))?;
        refuse_fixed(&project, &patch)?;
        update_project(store, &project, patch)?
    };
    let shown = project.with("extra", project.extra(&KNOWN));
    KIND.respond(call, &shown)
}

/// A project that acts as a domain is changed as a domain.
fn update_domain(store: &mut Store, id: &str, mut patch: Object) -> Result<Record, ApiError> {
    for name in ["domain_id", "parent_id", "is_domain"] {
        patch.remove(name);
    }
    Ok(domains::change(store, id, patch)?.domain_as_project())
}

fn update_project(
    store: &mut Store,
    project: &Record,
    mut patch: Object,
) -> Result<Record, ApiError> {
    let id = project.id();
    refuse_switch(project, &patch, store)?;
    strip_name(&mut patch);
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, project.domain(), id, store)?;
    }
    let project = store.projects.get_mut(id)?;
    project.merge(patch);
    Ok(project.clone())
}

/// A project stays where it is, and what it is.
fn refuse_fixed(project: &Record, patch: &Object) -> Result<(), ApiError> {
    if changes(project, patch, "parent_id") {
        return Err(ApiError::forbidden("Update of `parent_id` is not allowed."));
    }
    if changes(project, patch, "is_domain") {
        return Err(ApiError::bad("Update of `is_domain` is not allowed."));
    }
    Ok(())
}

/// A project is enabled only below what is enabled, and disabled only above what is disabled.
fn refuse_switch(project: &Record, patch: &Object, store: &Store) -> Result<(), ApiError> {
    let was = project.flag("enabled");
    let will = patch.get("enabled") != Some(&Value::Bool(false));
    let id = project.id();
    let below_disabled = || {
        let above = tree::ancestors(project, store);
        above.iter().any(|above| !above.flag("enabled"))
    };
    if !was && will && below_disabled() {
        return Err(ApiError::forbidden(format!(
            "Cannot enable project {id} since it has disabled parents"
        )));
    }
    if was && !will {
        refuse_enabled_children(id, store)?;
    }
    Ok(())
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let (project, _) = find("delete_project", call, store)?;
    let id = project.id();
    if project.flag("is_domain") {
        domains::remove(store, id)?;
        return no_content();
    }
    refuse_immutable("project", "delete", &project, None)?;
    let child = store.projects.find(|other| other.is("parent_id", id));
    if child.is_some() {
        return Err(ApiError::forbidden(format!(
            "Cannot delete the project {id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree."
        )));
    }
    store.forget_project(id);
    no_content()
}

/// 403 while a project below this one is enabled.
fn refuse_enabled_children(id: &str, store: &Store) -> Result<(), ApiError> {
    let enabled = |child: &Record| child.flag("enabled") && store.is_below(child, id);
    match store.projects.find(enabled) {
        Some(_) => Err(ApiError::forbidden(format!(
            "Cannot disable project {id} since its subtree contains enabled projects."
        ))),
        None => Ok(()),
    }
}
fn refuse_taken_name(name: &str, domain: &str, own: &str, store: &Store) -> Result<(), ApiError> {
    refuse_taken("project", store.project_named(name, domain), own, |other| {
        let id = other.id();
        format!(
            "it is not permitted to have two projects with either the same name or same id in the same domain: name is {name}, project id {id}"
        )
    })
}
