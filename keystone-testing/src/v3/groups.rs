//! `/v3/groups` and their members.

use http::Method;
use serde_json::Value;

use super::crud::{default, refuse_moves, text};
use super::domains::in_reach;
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use super::{Reply, Routes, on, users};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::Allow;
use crate::ids;
use crate::refusal::Refusal;
use crate::store::{Record, Store};

pub(super) const KIND: Kind = Kind {
    one: "group",
    many: "groups",
    path: "groups",
    filters: &["domain_id", "name"],
    page: Page::Marker,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("domain_id", Field::Text),
    ("name", Field::Name),
];
const CREATE: Shape = Shape::create("group", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("group", FIELDS);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/groups",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/groups/{group_id}",
            on(&[
                (Method::GET, show),
                (Method::PATCH, update),
                (Method::DELETE, delete),
            ]),
        )
        .route(
            "/v3/groups/{group_id}/users",
            on(&[(Method::GET, list_users)]),
        )
        .route(
            "/v3/groups/{group_id}/users/{user_id}",
            on(&[
                (Method::GET, check_user),
                (Method::PUT, add_user),
                (Method::DELETE, remove_user),
            ]),
        )
        .route(
            "/v3/users/{user_id}/groups",
            on(&[(Method::GET, list_of_user)]),
        )
}

fn list(call: &Call, store: &mut Store) -> Reply {
    let asked = call.query.get("domain_id");
    let own = asked
        .or(call.caller()?.domain())
        .unwrap_or_default()
        .to_owned();
    let caller = call.require(
        "list_groups",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", &own),
        ],
    )?;
    let visible = |group: &&Record| in_reach(caller, group.text("domain_id").unwrap_or_default());
    KIND.list(call, store.groups.iter().filter(visible).cloned().collect())
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let mut fields = CREATE.read(call.body())?;
    let domain = users::domain_of_new(call, &fields)?;
    call.require(
        "create_group",
        &[Allow::Admin, Allow::DomainRole("manager", &domain)],
    )?;
    store.domains.get(&domain)?;
    refuse_taken_name(
        text(&fields, "name").unwrap_or_default(),
        &domain,
        "",
        store,
    )?;
    fields.insert("domain_id".into(), domain.into());
    default(&mut fields, "description", "");
    let group = Record::new(&ids::resource(), fields);
    let answer = KIND.envelope(call, &group);
    store.groups.put(group);
    Ok(Answer::created(answer))
}

fn show(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("group_id");
    let domain = domain_of(id, store);
    call.require(
        "get_group",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", domain),
        ],
    )?;
    Ok(Answer::ok(KIND.envelope(call, store.groups.get(id)?)))
}

fn update(call: &Call, store: &mut Store) -> Reply {
    let patch = UPDATE.read(call.body())?;
    let id = call.param("group_id");
    let domain = domain_of(id, store).to_owned();
    call.require(
        "update_group",
        &[Allow::Admin, Allow::DomainRole("manager", &domain)],
    )?;
    refuse_moves(store.groups.get(id)?, &patch)?;
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, &domain, id, store)?;
    }
    let group = store.groups.get_mut(id)?;
    group.merge(patch);
    Ok(Answer::ok(KIND.envelope(call, group)))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("group_id");
    let domain = domain_of(id, store);
    call.require(
        "delete_group",
        &[Allow::Admin, Allow::DomainRole("manager", domain)],
    )?;
    store.groups.get(id)?;
    store.forget_group(id);
    Ok(Answer::nothing())
}

fn list_users(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("group_id");
    let domain = domain_of(id, store);
    call.require(
        "list_users_in_group",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", domain),
        ],
    )?;
    store.groups.get(id)?;
    let members = store
        .users
        .iter()
        .filter(|user| is_member(store, id, user.id()));
    let kind = Kind {
        page: Page::Echo,
        ..users::KIND
    };
    kind.list(call, members.cloned().collect())
}

fn list_of_user(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("user_id");
    let domain = users::domain_of(id, store);
    call.require(
        "list_groups_for_user",
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", domain),
            Allow::User(id),
        ],
    )?;
    store.users.get(id)?;
    let groups = store
        .groups
        .iter()
        .filter(|group| is_member(store, group.id(), id));
    let groups = groups.cloned().map(|mut group| {
        group.set("membership_expires_at", Value::Null);
        group
    });
    let kind = Kind {
        page: Page::Echo,
        ..KIND
    };
    kind.list(call, groups.collect())
}

fn check_user(call: &Call, store: &mut Store) -> Reply {
    let (group, user) = require_members(call, store, "check_user_in_group", "reader")?;
    if is_member(store, &group, &user) {
        Ok(Answer::nothing())
    } else {
        Err(no_member(&group, &user))
    }
}

fn add_user(call: &Call, store: &mut Store) -> Reply {
    let pair = require_members(call, store, "add_user_to_group", "manager")?;
    store.members.insert(pair);
    Ok(Answer::nothing())
}

fn remove_user(call: &Call, store: &mut Store) -> Reply {
    let (group, user) = require_members(call, store, "remove_user_from_group", "manager")?;
    if store.members.remove(&(group.clone(), user.clone())) {
        Ok(Answer::nothing())
    } else {
        Err(no_member(&group, &user))
    }
}

/// The group and the user of the path, which must exist; a role in a domain counts only when both
/// are of it.
fn require_members(
    call: &Call,
    store: &Store,
    action: &str,
    role: &str,
) -> Result<(String, String), Refusal> {
    let (group, user) = (call.param("group_id"), call.param("user_id"));
    let domain = domain_of(group, store);
    let mut allowed = vec![Allow::Admin];
    if role == "reader" {
        allowed.push(Allow::SystemReader);
    }
    if domain == users::domain_of(user, store) {
        allowed.push(Allow::DomainRole(role, domain));
    }
    call.require(action, &allowed)?;
    store.groups.get(group)?;
    store.users.get(user)?;
    Ok((group.to_owned(), user.to_owned()))
}

fn is_member(store: &Store, group: &str, user: &str) -> bool {
    store.members.contains(&(group.to_owned(), user.to_owned()))
}

fn no_member(group: &str, user: &str) -> Refusal {
    Refusal::not_found(format!("User '{user}' not found in group '{group}'"))
}

pub(super) fn domain_of<'a>(id: &str, store: &'a Store) -> &'a str {
    store
        .groups
        .look(id)
        .and_then(|group| group.text("domain_id"))
        .unwrap_or_default()
}

fn refuse_taken_name(name: &str, domain: &str, own: &str, store: &Store) -> Result<(), Refusal> {
    let same = |group: &Record| {
        group.is("name", name) && group.is("domain_id", domain) && group.id() != own
    };
    match store.groups.find(same) {
        Some(_) => Err(Refusal::conflict(
            "group",
            &format!("Duplicate entry found with name {name} at domain ID {domain}"),
        )),
        None => Ok(()),
    }
}
