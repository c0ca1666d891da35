//! `/v3/domains`.

use http::Method;
use serde_json::json;

use super::crud::{default, refuse_immutable, text};
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use super::{Reply, Routes, on};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::{Allow, Caller};
use crate::ids;
use crate::refusal::Refusal;
use crate::store::{Object, Record, Store, Target};

pub(super) const KIND: Kind = Kind {
    one: "domain",
    many: "domains",
    path: "domains",
    filters: &["name", "enabled"],
    page: Page::MarkerWhenFull,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("enabled", Field::Bool),
    ("name", Field::ShortName),
    ("options", Field::Options(&["immutable"])),
    ("tags", Field::Tags),
];
const CREATE: Shape = Shape::create("domain", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("domain", FIELDS);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/domains",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/domains/{domain_id}",
            on(&[
                (Method::GET, show),
                (Method::PATCH, update),
                (Method::DELETE, delete),
            ]),
        )
}

fn list(call: &Call, store: &mut Store) -> Reply {
    let own = call.caller()?.domain().unwrap_or_default().to_owned();
    let caller = call.require(
        "list_domains",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", &own),
        ],
    )?;
    let visible = |domain: &&Record| in_reach(caller, domain.id());
    KIND.list(
        call,
        store.domains.iter().filter(visible).cloned().collect(),
    )
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let fields = CREATE.read(call.body())?;
    call.require("create_domain", &[Allow::AdminOfCloud])?;
    let domain = add(store, fields)?;
    Ok(Answer::created(KIND.envelope(call, &domain)))
}

/// Makes a domain; 409 when its name is taken.
pub(super) fn add(store: &mut Store, mut fields: Object) -> Result<Record, Refusal> {
    refuse_taken_name(text(&fields, "name").unwrap_or_default(), "", store)?;
    default(&mut fields, "description", "");
    default(&mut fields, "enabled", true);
    default(&mut fields, "tags", Vec::<String>::new());
    default(&mut fields, "options", json!({}));
    let domain = Record::new(&ids::resource(), fields);
    store.domains.put(domain.clone());
    Ok(domain)
}

fn show(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("domain_id");
    call.require(
        "get_domain",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::Domain(id),
            Allow::ProjectIn(id),
        ],
    )?;
    Ok(Answer::ok(KIND.envelope(call, store.domains.get(id)?)))
}

fn update(call: &Call, store: &mut Store) -> Reply {
    let mut patch = UPDATE.read(call.body())?;
    call.require("update_domain", &[Allow::AdminOfCloud])?;
    // Not refused, as it is for every other resource.
    patch.remove("id");
    let id = call.param("domain_id");
    let domain = store.domains.get(id)?;
    refuse_immutable("domain", "update", domain, Some(&patch))?;
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, id, store)?;
    }
    let domain = store.domains.get_mut(id)?;
    domain.merge(patch);
    Ok(Answer::ok(KIND.envelope(call, domain)))
}

/// Takes along everything that lives in the domain.
fn delete(call: &Call, store: &mut Store) -> Reply {
    call.caller()?;
    let id = call.param("domain_id");
    // The lookup comes first, so a missing domain is 404 to all who are known.
    let domain = store.domains.get(id)?;
    call.require("delete_domain", &[Allow::AdminOfCloud])?;
    refuse_immutable("domain", "delete", domain, None)?;
    if domain.flag("enabled") {
        return Err(Refusal::forbidden(
            "Cannot delete a domain that is enabled, please disable it first.",
        ));
    }
    store.domains.remove(id)?;
    let elsewhere = |record: &Record| !record.is("domain_id", id);
    let gone: Vec<String> = store
        .projects
        .iter()
        .filter(|one| !elsewhere(one))
        .map(|one| one.id().to_owned())
        .collect();
    for project in gone {
        store.forget_project(&project);
    }
    let gone: Vec<String> = store
        .users
        .iter()
        .filter(|one| !elsewhere(one))
        .map(|one| one.id().to_owned())
        .collect();
    for user in gone {
        store.forget_user(&user);
    }
    store.groups.retain(elsewhere);
    store.roles.retain(elsewhere);
    store
        .grants
        .retain(|grant| grant.target != Target::Domain(id.to_owned()));
    Ok(Answer::nothing())
}

/// A domain-scoped caller who is not an administrator elsewhere sees one domain only.
pub(super) fn in_reach(caller: &Caller, domain: &str) -> bool {
    caller.domain().is_none_or(|own| own == domain)
}

fn refuse_taken_name(name: &str, own: &str, store: &Store) -> Result<(), Refusal> {
    match store.domain_named(name) {
        Some(other) if other.id() != own => Err(Refusal::conflict(
            "project",
            &format!(
                "it is not permitted to have two projects acting as domains with the same name: {name}"
            ),
        )),
        _ => Ok(()),
    }
}
