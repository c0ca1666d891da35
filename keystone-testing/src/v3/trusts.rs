//! `/v3/OS-TRUST/trusts`: roles that one user delegates to another.

mod redelegation;

use serde_json::{Value, json};

use super::application_credentials::role_id;
use super::crud::{default, text};
use super::list::{Page, ResourceKind};
use super::roles;
use super::schema::{Field, Shape};
use super::times::{read_future, with_zone};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, created, no_content, ok, routes};
use crate::store::{Object, Record, Store, Target};

const KIND: ResourceKind = ResourceKind {
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
        ("redelegation_count", Field::MaybeCountFromZero),
        ("remaining_uses", Field::MaybeCount),
        ("roles", Field::Objects),
        ("trustee_user_id", Field::Text),
        ("trustor_user_id", Field::Text),
    ],
);

routes! { pub(super),
    "/v3/OS-TRUST/trusts" => GET list, POST create;
    "/v3/OS-TRUST/trusts/{trust_id}" => GET show, DELETE delete;
    "/v3/OS-TRUST/trusts/{trust_id}/roles" => GET list_roles;
    "/v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}" => GET show_role;
}

/// All for administrators, or those of one trustor or trustee; any other query finds nothing.
fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let asked = |name| call.query.get(name).filter(|id| !id.is_empty());
    let sides = [
        ("trustor", "trustor_user_id"),
        ("trustee", "trustee_user_id"),
    ];
    let side = sides
        .into_iter()
        .find_map(|(side, name)| Some((side, asked(name)?)));
    let caller = match side {
        Some((side, user)) => call.require(
            &format!("list_trusts_for_{side}"),
            TargetAttrs::field(&format!("trust.{side}_user_id"), Some(user)),
        )?,
        None => call.require("list_trusts", TargetAttrs::nothing())?,
    };
    refuse_delegated_tokens(caller)?;
    let any_query = call.query.pairs().next().is_some();
    let trusts = store.trusts.iter().filter(|trust| match side {
        Some((side, user)) => trust.is(&format!("{side}_user_id"), user),
        None => !any_query,
    });
    KIND.unfiltered(call, trusts.map(|trust| trust.without("roles")))
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    let caller = call.require("create_trust", TargetAttrs::new("trust", &fields))?;
    refuse_delegated_tokens(caller)?;
    let project = text(&fields, "project_id").filter(|id| !id.is_empty());
    if project.is_some() && listed_roles(&fields).is_empty() {
        return Err(ApiError::forbidden(
            "At least one role should be specified.",
        ));
    }
    let user = |name| text(&fields, name).unwrap_or_default();
    store.users.get(user("trustee_user_id"))?;
    let trustor = user("trustor_user_id");
    let roles = delegated_roles(&fields, trustor, store)?;
    fields.insert("roles".into(), roles.into());
    let expires = read_future(fields.get("expires_at"), call.now)?;
    fields.insert(
        "expires_at".into(),
        expires.map_or(Value::Null, |time| with_zone(time).into()),
    );
    redelegation::settle(&mut fields, caller.trust(), store)?;
    default(&mut fields, "project_id", Value::Null);
    default(&mut fields, "remaining_uses", Value::Null);
    default(&mut fields, "deleted_at", Value::Null);
    let trust = Record::new(&ids::resource(), fields);
    let response = KIND.envelope(call, &with_linked_roles(call, &trust));
    store.trusts.put(trust);
    created(response)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let trust = find(call, store, "get_trust")?;
    KIND.respond(call, &with_linked_roles(call, trust))
}

/// Deletes the redelegated trusts too.
fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let id = find(call, store, "delete_trust")?.id().to_owned();
    store.forget_trust(&id);
    no_content()
}

fn list_roles(call: &Call, store: &mut Store) -> HandlerResult {
    let trust = find(call, store, "list_roles_for_trust")?;
    let shown = with_linked_roles(call, trust);
    ok(json!({ "roles": shown.get("roles"), "links": shown.get("roles_links") }))
}

fn show_role(call: &Call, store: &mut Store) -> HandlerResult {
    let trust = find(call, store, "get_role_for_trust")?;
    let id = call.param("role_id");
    if !trust.ids("roles").contains(&id) {
        return Err(ApiError::missing("role", id));
    }
    roles::KIND.respond(call, store.roles.get(id)?)
}

/// The trust of the path: 404 to every authenticated caller, before the policy.
fn find<'a>(call: &Call, store: &'a Store, action: &str) -> Result<&'a Record, ApiError> {
    call.caller()?;
    let trust = store.trusts.get(call.param("trust_id"))?;
    if trust.get("remaining_uses").and_then(Value::as_u64) == Some(0) {
        return Err(ApiError::missing("trust", trust.id()));
    }
    let caller = call.require(action, TargetAttrs::some("trust", Some(trust)))?;
    refuse_delegated_tokens(caller)?;
    Ok(trust)
}

/// A token delegated other than by a trust may neither read nor create trusts.
fn refuse_delegated_tokens(caller: &Caller) -> Result<(), ApiError> {
    if caller.has_delegated_methods() {
        return Err(ApiError::denied("Delegated tokens cannot manage trusts."));
    }
    Ok(())
}

fn listed_roles(fields: &Object) -> &[Value] {
    let roles = fields.get("roles").and_then(Value::as_array);
    roles.map(Vec::as_slice).unwrap_or_default()
}

/// The roles to delegate, which the trustor must have on the project.
fn delegated_roles(fields: &Object, trustor: &str, store: &Store) -> Result<Vec<Value>, ApiError> {
    let asked: Vec<String> = listed_roles(fields)
        .iter()
        .map(|role| named_role(role, store))
        .collect::<Result<_, _>>()?;
    let project = text(fields, "project_id").filter(|id| !id.is_empty());
    let held = match project {
        None => Vec::new(),
        Some(id) => {
            store
                .project_or_domain(id)
                .ok_or_else(|| ApiError::missing("project", id))?;
            store.all_roles_of(trustor, &Target::Project(id.to_owned()))
        }
    };
    let mut roles = Vec::new();
    for id in asked {
        if !held.contains(&id) {
            return Err(ApiError::missing("role", &id));
        }
        roles.push(Value::Object(store.roles.get(&id)?.fields().clone()));
    }
    Ok(roles)
}

/// The id of a role as a trust names it; whether it exists is asked later.
fn named_role(role: &Value, store: &Store) -> Result<String, ApiError> {
    match role.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => role_id(role, store),
    }
}

/// With the links of the roles; that of the whole list lacks a part of its path in the real
/// response too.
fn with_linked_roles(call: &Call, trust: &Record) -> Record {
    let roles = trust.items("roles").filter_map(Value::as_object).cloned();
    let roles: Vec<Value> = roles
        .map(|role| {
            let id = text(&role, "id").unwrap_or_default().to_owned();
            roles::KIND.show(call, &Record::new(&id, role))
        })
        .collect();
    let url = call.link(&format!("{}/roles", trust.id()));
    let links = json!({ "next": null, "self": url, "previous": null });
    trust.with("roles", roles).with("roles_links", links)
}
