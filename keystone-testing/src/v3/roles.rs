//! `/v3/roles` and what roles imply.

mod implied;

use http::Method;
use serde_json::{Value, json};

use super::crud::{default, refuse_immutable, refuse_moves, text};
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use super::{Reply, Routes, on};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::{Allow, MANAGED_ROLES};
use crate::ids;
use crate::refusal::Refusal;
use crate::store::{Record, Store};

pub(super) const KIND: Kind = Kind {
    one: "role",
    many: "roles",
    path: "roles",
    filters: &["name", "domain_id"],
    page: Page::Echo,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("domain_id", Field::MaybeText),
    ("name", Field::Name),
    ("options", Field::Options(&["immutable"])),
];
const CREATE: Shape = Shape::create("role", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("role", FIELDS);

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .route(
            "/v3/roles",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/roles/{role_id}",
            on(&[
                (Method::GET, show),
                (Method::PATCH, update),
                (Method::DELETE, delete),
            ]),
        );
    implied::routes(routes)
}

/// The global roles, or those of the domain that is asked for.
fn list(call: &Call, store: &mut Store) -> Reply {
    let domain = call.query.get("domain_id");
    let own = call.caller()?.domain().unwrap_or_default().to_owned();
    match domain {
        Some(_) => call.require(
            "list_domain_roles",
            &[Allow::AdminOfCloud, Allow::SystemReader],
        )?,
        None => call.require(
            "list_roles",
            &[
                Allow::Admin,
                Allow::SystemReader,
                Allow::DomainRole("manager", &own),
            ],
        )?,
    };
    let roles = store
        .roles
        .iter()
        .filter(|role| domain.is_some() || role.text("domain_id").is_none());
    KIND.list(call, roles.cloned().collect())
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let mut fields = CREATE.read(call.body())?;
    let domain = text(&fields, "domain_id").map(ToOwned::to_owned);
    call.require(&action("create", domain.is_some()), &[Allow::AdminOfCloud])?;
    if let Some(domain) = &domain {
        store.domains.get(domain)?;
    }
    refuse_taken_name(
        text(&fields, "name").unwrap_or_default(),
        domain.as_deref(),
        "",
        store,
    )?;
    default(&mut fields, "domain_id", Value::Null);
    default(&mut fields, "description", Value::Null);
    default(&mut fields, "options", json!({}));
    let role = Record::new(&ids::resource(), fields);
    let answer = KIND.envelope(call, &role);
    store.roles.put(role);
    Ok(Answer::created(answer))
}

fn show(call: &Call, store: &mut Store) -> Reply {
    let own = call.caller()?.domain().unwrap_or_default();
    let role = store.roles.get(call.param("role_id"))?;
    let in_domain = role.text("domain_id").is_some();
    let mut allowed = vec![Allow::AdminOfCloud, Allow::SystemReader];
    if !in_domain {
        allowed.push(Allow::Admin);
    }
    if MANAGED_ROLES.iter().any(|name| role.is("name", name)) {
        allowed.push(Allow::DomainRole("manager", own));
    }
    call.require(&action("get", in_domain), &allowed)?;
    Ok(Answer::ok(KIND.envelope(call, role)))
}

fn update(call: &Call, store: &mut Store) -> Reply {
    let patch = UPDATE.read(call.body())?;
    let id = call.param("role_id");
    call.require(
        &action("update", is_in_domain(id, store)),
        &[Allow::AdminOfCloud],
    )?;
    let role = store.roles.get(id)?;
    refuse_immutable("role", "update", role, Some(&patch))?;
    refuse_moves(role, &patch)?;
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, role.text("domain_id"), id, store)?;
    }
    let role = store.roles.get_mut(id)?;
    role.merge(patch);
    Ok(Answer::ok(KIND.envelope(call, role)))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    call.caller()?;
    let id = call.param("role_id");
    let role = store.roles.get(id)?;
    call.require(
        &action("delete", is_in_domain(id, store)),
        &[Allow::AdminOfCloud],
    )?;
    refuse_immutable("role", "delete", role, None)?;
    store.forget_role(id);
    Ok(Answer::nothing())
}

fn is_in_domain(id: &str, store: &Store) -> bool {
    store
        .roles
        .look(id)
        .is_some_and(|role| role.text("domain_id").is_some())
}

/// The policies of global roles and of those of a domain have different names.
fn action(verb: &str, in_domain: bool) -> String {
    if in_domain {
        format!("{verb}_domain_role")
    } else {
        format!("{verb}_role")
    }
}

fn refuse_taken_name(
    name: &str,
    domain: Option<&str>,
    own: &str,
    store: &Store,
) -> Result<(), Refusal> {
    let same = |role: &Record| {
        role.is("name", name) && role.text("domain_id") == domain && role.id() != own
    };
    match store.roles.find(same) {
        Some(_) => Err(Refusal::conflict(
            "role",
            &format!("Duplicate entry found with name {name}"),
        )),
        None => Ok(()),
    }
}
