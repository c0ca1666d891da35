//! `/v3/OS-TRUST/trusts`: roles that one user lends to another.

use http::Method;
use serde_json::{Value, json};

use super::application_credentials::role_id;
use super::crud::{default, text};
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use super::times::{read_future, with_zone};
use super::{Reply, Routes, on, roles};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::Allow;
use crate::ids;
use crate::refusal::Refusal;
use crate::store::{Object, Record, Scope, Store, Target};

const KIND: Kind = Kind {
    one: "trust",
    many: "trusts",
    path: "OS-TRUST/trusts",
    filters: &["trustor_user_id", "trustee_user_id"],
    page: Page::Whole,
};
const CREATE: Shape = Shape::create(
    "trust",
    &["trustor_user_id", "trustee_user_id", "impersonation"],
    &[
        ("allow_redelegation", Field::MaybeBool),
        ("expires_at", Field::MaybeText),
        ("impersonation", Field::Bool),
        ("project_id", Field::MaybeText),
        ("remaining_uses", Field::MaybeCount),
        ("roles", Field::Objects),
        ("trustee_user_id", Field::Text),
        ("trustor_user_id", Field::Text),
    ],
);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/OS-TRUST/trusts",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/OS-TRUST/trusts/{trust_id}",
            on(&[(Method::GET, show), (Method::DELETE, delete)]),
        )
        .route(
            "/v3/OS-TRUST/trusts/{trust_id}/roles",
            on(&[(Method::GET, list_roles)]),
        )
        .route(
            "/v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}",
            on(&[(Method::GET, show_role)]),
        )
}

/// All for administrators, or those of one trustor or trustee; any other query finds nothing.
fn list(call: &Call, store: &mut Store) -> Reply {
    let trustor = call.query.get("trustor_user_id");
    let trustee = call.query.get("trustee_user_id");
    let admins = [Allow::AdminOfCloud, Allow::SystemReader];
    if let Some(user) = trustor {
        call.require(
            "list_trusts_for_trustor",
            &[admins.as_slice(), &[Allow::User(user)]].concat(),
        )?;
    }
    if let Some(user) = trustee {
        call.require(
            "list_trusts_for_trustee",
            &[admins.as_slice(), &[Allow::User(user)]].concat(),
        )?;
    }
    let any_query = call.query.pairs().next().is_some();
    if trustor.is_none() && trustee.is_none() {
        call.require("list_trusts", &admins)?;
        if any_query {
            return Ok(KIND.unfiltered(call, &[]));
        }
    }
    KIND.list(call, store.trusts.iter().map(without_roles).collect())
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let mut fields = CREATE.read(call.body())?;
    let trustor = text(&fields, "trustor_user_id")
        .unwrap_or_default()
        .to_owned();
    let caller = call.require("create_trust", &[Allow::User(&trustor)])?;
    if caller.restricted || matches!(caller.token.scope, Scope::Trust(_)) {
        return Err(Refusal::forbidden(
            "You are not authorized to perform the requested action.",
        ));
    }
    store
        .users
        .get(text(&fields, "trustee_user_id").unwrap_or_default())?;
    let expires = read_future(fields.get("expires_at"), call.now)?;
    let roles = lent_roles(&fields, &trustor, store)?;
    fields.insert(
        "expires_at".into(),
        expires.map_or(Value::Null, |time| with_zone(time).into()),
    );
    fields.insert("roles".into(), roles.into());
    fields.remove("allow_redelegation");
    default(&mut fields, "project_id", Value::Null);
    default(&mut fields, "remaining_uses", Value::Null);
    default(&mut fields, "deleted_at", Value::Null);
    default(&mut fields, "redelegated_trust_id", Value::Null);
    default(&mut fields, "redelegation_count", 0);
    let trust = Record::new(&ids::resource(), fields);
    let answer = KIND.envelope(call, &with_linked_roles(call, &trust));
    store.trusts.put(trust);
    Ok(Answer::created(answer))
}

fn show(call: &Call, store: &mut Store) -> Reply {
    let trust = find(call, store, "get_trust")?;
    Ok(Answer::ok(
        KIND.envelope(call, &with_linked_roles(call, trust)),
    ))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    let id = call.param("trust_id");
    let trustor = store
        .trusts
        .look(id)
        .and_then(|trust| trust.text("trustor_user_id"))
        .unwrap_or_default();
    call.require("delete_trust", &[Allow::AdminOfCloud, Allow::User(trustor)])?;
    store.trusts.remove(id)?;
    Ok(Answer::nothing())
}

fn list_roles(call: &Call, store: &mut Store) -> Reply {
    let trust = find(call, store, "list_roles_for_trust")?;
    let shown = with_linked_roles(call, trust);
    Ok(Answer::ok(
        json!({ "roles": shown.get("roles"), "links": shown.get("roles_links") }),
    ))
}

fn show_role(call: &Call, store: &mut Store) -> Reply {
    let trust = find(call, store, "get_role_for_trust")?;
    let id = call.param("role_id");
    if !trust.ids("roles").contains(&id) {
        return Err(Refusal::missing("role", id));
    }
    Ok(Answer::ok(roles::KIND.envelope(call, store.roles.get(id)?)))
}

/// The trust of the path, for its two sides and for administrators.
fn find<'a>(call: &Call, store: &'a Store, action: &str) -> Result<&'a Record, Refusal> {
    call.caller()?;
    let trust = store.trusts.get(call.param("trust_id"))?;
    let side = |name| Allow::User(trust.text(name).unwrap_or_default());
    call.require(
        action,
        &[
            Allow::AdminOfCloud,
            Allow::SystemReader,
            side("trustor_user_id"),
            side("trustee_user_id"),
        ],
    )?;
    Ok(trust)
}

/// The roles to lend, which the trustor must have on the project.
fn lent_roles(fields: &Object, trustor: &str, store: &Store) -> Result<Vec<Value>, Refusal> {
    let project = text(fields, "project_id");
    if let Some(project) = project {
        store.projects.get(project)?;
    }
    let asked = fields
        .get("roles")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if project.is_some() && asked.is_empty() {
        return Err(Refusal::forbidden("At least one role should be specified."));
    }
    let held = project.map(|project| store.roles_of(trustor, &Target::Project(project.to_owned())));
    let held = held.unwrap_or_default();
    let mut roles = Vec::new();
    for role in asked {
        let id = role_id(role, store)?;
        if !held.contains(&id) {
            return Err(Refusal::missing("role", &id));
        }
        roles.push(Value::Object(store.roles.get(&id)?.fields().clone()));
    }
    Ok(roles)
}

fn without_roles(trust: &Record) -> Record {
    let mut trust = trust.clone();
    trust.remove("roles");
    trust
}

/// With the links of the roles; that of the whole list lacks a part of its path in the real
/// answer too.
fn with_linked_roles(call: &Call, trust: &Record) -> Record {
    let mut shown = trust.clone();
    let roles = trust
        .get("roles")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let roles = roles.filter_map(Value::as_object).cloned();
    let roles: Vec<Value> = roles
        .map(|role| {
            let id = text(&role, "id").unwrap_or_default().to_owned();
            roles::KIND.show(call, &Record::new(&id, role))
        })
        .collect();
    let url = call.link(&format!("{}/roles", trust.id()));
    shown.set("roles", roles);
    shown.set(
        "roles_links",
        json!({ "next": null, "self": url, "previous": null }),
    );
    shown
}
