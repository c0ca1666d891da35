//! `/v3/projects`.

mod tree;

use http::Method;
use serde_json::{Value, json};

use super::crud::{default, refuse_immutable, refuse_moves, text};
use super::domains::in_reach;
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use super::{Reply, Routes, domains, on};
use crate::answer::Answer;
use crate::call::{Call, truth};
use crate::guard::Allow;
use crate::ids;
use crate::refusal::Refusal;
use crate::store::{Object, Record, Store};

pub(super) const KIND: Kind = Kind {
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

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/projects",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/projects/{project_id}",
            on(&[
                (Method::GET, show),
                (Method::PATCH, update),
                (Method::DELETE, delete),
            ]),
        )
}

fn list(call: &Call, store: &mut Store) -> Reply {
    let asked = call.query.get("domain_id");
    let own = asked
        .or(call.caller()?.domain())
        .unwrap_or_default()
        .to_owned();
    let caller = call.require(
        "list_projects",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", &own),
        ],
    )?;
    if let Some(parent) = call.query.get("parent_id").filter(|id| !is_uuid(id)) {
        return Err(Refusal::bad(format!(
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
    let visible = |project: &Record| {
        let domain = project.text("domain_id").unwrap_or(project.id());
        in_reach(caller, domain) && has_tags(call, project)
    };
    KIND.list(call, all.into_iter().filter(visible).collect())
}

fn is_uuid(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The four tag filters: all of, any of, and their opposites.
fn has_tags(call: &Call, project: &Record) -> bool {
    let tags = project.texts("tags");
    let all = |wanted: &str| wanted.split(',').all(|tag| tags.contains(&tag));
    let any = |wanted: &str| wanted.split(',').any(|tag| tags.contains(&tag));
    call.query.get("tags").is_none_or(all)
        && call.query.get("tags-any").is_none_or(any)
        && !call.query.get("not-tags").is_some_and(all)
        && !call.query.get("not-tags-any").is_some_and(any)
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let mut fields = CREATE.read(call.body())?;
    if fields.get("is_domain") == Some(&Value::Bool(true)) {
        return create_domain(call, store, fields);
    }
    let domain = place(call, store, &mut fields)?;
    call.require(
        "create_project",
        &[Allow::Admin, Allow::DomainRole("manager", &domain)],
    )?;
    refuse_taken_name(
        text(&fields, "name").unwrap_or_default(),
        &domain,
        "",
        store,
    )?;
    default(&mut fields, "description", "");
    default(&mut fields, "enabled", true);
    default(&mut fields, "is_domain", false);
    default(&mut fields, "tags", Vec::<String>::new());
    default(&mut fields, "options", json!({}));
    let project = Record::new(&ids::resource(), fields);
    let answer = KIND.envelope(call, &project);
    store.projects.put(project);
    Ok(Answer::created(answer))
}

/// A project that acts as a domain is a domain.
fn create_domain(call: &Call, store: &mut Store, mut fields: Object) -> Reply {
    call.require("create_project", &[Allow::Admin])?;
    for name in ["domain_id", "parent_id", "is_domain"] {
        fields.remove(name);
    }
    let domain = domains::add(store, fields)?;
    Ok(Answer::created(
        KIND.envelope(call, &domain.domain_as_project()),
    ))
}

/// Finds the domain and the parent of a new project: each follows from the other, and both from
/// the caller's scope.
fn place(call: &Call, store: &Store, fields: &mut Object) -> Result<String, Refusal> {
    let caller = call.caller()?;
    let parent = text(fields, "parent_id").map(ToOwned::to_owned);
    let parent_domain = match &parent {
        None => None,
        Some(id) => {
            let parent = store.project_or_domain(id);
            let parent =
                parent.ok_or_else(|| Refusal::bad(format!("Could not find project: {id}.")))?;
            Some(parent.text("domain_id").unwrap_or(parent.id()).to_owned())
        }
    };
    let own = || {
        caller
            .domain()
            .map(ToOwned::to_owned)
            .or_else(|| caller.domain_of_project())
    };
    let named = text(fields, "domain_id").map(ToOwned::to_owned);
    let domain = named
        .or_else(|| parent_domain.clone())
        .or_else(own)
        .unwrap_or_else(|| "default".to_owned());
    if store.domains.look(&domain).is_none() {
        return Err(Refusal::bad(format!("Could not find domain: {domain}.")));
    }
    if let Some(other) = parent_domain.filter(|other| *other != domain) {
        return Err(Refusal::bad(format!(
            "Cannot create project, since it specifies its domain_id {domain}, but specifies a parent in a different domain ({other})."
        )));
    }
    fields.insert(
        "parent_id".into(),
        parent.unwrap_or_else(|| domain.clone()).into(),
    );
    fields.insert("domain_id".into(), domain.clone().into());
    Ok(domain)
}

fn show(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("project_id");
    let project = store.project_or_domain(id);
    let domain = domain_of(project.as_ref());
    let caller = call.require(
        "get_project",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", domain),
            Allow::Project(id),
        ],
    )?;
    let mut project = project.ok_or_else(|| Refusal::missing("project", id))?;
    tree::expand(&mut project, call, caller, store);
    Ok(Answer::ok(KIND.envelope(call, &project)))
}

fn update(call: &Call, store: &mut Store) -> Reply {
    let patch = UPDATE.read(call.body())?;
    let id = call.param("project_id");
    let domain = domain_of(store.projects.look(id)).to_owned();
    call.require(
        "update_project",
        &[Allow::Admin, Allow::DomainRole("manager", &domain)],
    )?;
    let project = store.projects.get(id)?;
    refuse_immutable("project", "update", project, Some(&patch))?;
    refuse_moves(project, &patch)?;
    for fixed in ["parent_id", "is_domain"] {
        if patch
            .get(fixed)
            .is_some_and(|value| Some(value) != project.get(fixed))
        {
            return Err(Refusal::forbidden(format!(
                "Update of `{fixed}` is not allowed."
            )));
        }
    }
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, &domain, id, store)?;
    }
    if patch.get("enabled") == Some(&Value::Bool(false)) {
        refuse_enabled_children(id, store)?;
    }
    let project = store.projects.get_mut(id)?;
    project.merge(patch);
    let mut shown = project.clone();
    shown.set("extra", project.extra(&KNOWN));
    Ok(Answer::ok(KIND.envelope(call, &shown)))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("project_id");
    let domain = domain_of(store.projects.look(id)).to_owned();
    call.require(
        "delete_project",
        &[Allow::Admin, Allow::DomainRole("manager", &domain)],
    )?;
    let project = store.projects.get(id)?;
    refuse_immutable("project", "delete", project, None)?;
    if store
        .projects
        .find(|other| other.is("parent_id", id))
        .is_some()
    {
        return Err(Refusal::forbidden(format!(
            "Cannot delete the project {id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree."
        )));
    }
    store.forget_project(id);
    Ok(Answer::nothing())
}

/// 403 while a project below this one is enabled.
fn refuse_enabled_children(id: &str, store: &Store) -> Result<(), Refusal> {
    let enabled = |child: &Record| child.flag("enabled") && store.is_below(child, id);
    match store.projects.find(enabled) {
        Some(_) => Err(Refusal::forbidden(format!(
            "Cannot disable project {id} since its subtree contains enabled projects."
        ))),
        None => Ok(()),
    }
}

fn domain_of(project: Option<&Record>) -> &str {
    project
        .and_then(|project| project.text("domain_id"))
        .unwrap_or_default()
}

fn refuse_taken_name(name: &str, domain: &str, own: &str, store: &Store) -> Result<(), Refusal> {
    match store.project_named(name, domain) {
        Some(other) if other.id() != own => Err(Refusal::conflict(
            "project",
            &format!(
                "it is not permitted to have two projects with either the same name or same id in the same domain: name is {name}, project id {}",
                other.id()
            ),
        )),
        _ => Ok(()),
    }
}
