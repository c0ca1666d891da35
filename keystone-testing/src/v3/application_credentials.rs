//! `/v3/users/{id}/application_credentials` and the access rules in them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::crud::{default, name_of, refuse_taken, text};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use super::times::{read_future, without_zone};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, routes};
use crate::store::{Object, Record, Store, object};

/// The links of the real responses lack the user.
const KIND: ResourceKind = ResourceKind {
    one: "application_credential",
    many: "application_credentials",
    path: "application_credentials",
    filters: &["name"],
    page: Page::Whole,
};
const RULES: ResourceKind = ResourceKind {
    one: "access_rule",
    many: "access_rules",
    path: "access_rules",
    filters: &["service", "path", "method"],
    page: Page::Whole,
};
const CREATE: Shape = Shape::create(
    "application_credential",
    &["name"],
    &[
        ("access_rules", Field::AccessRules),
        ("description", Field::MaybeText),
        ("expires_at", Field::MaybeText),
        ("id", Field::Text),
        ("name", Field::Name),
        ("project_id", Field::Text),
        ("roles", Field::Objects),
        ("secret", Field::MaybeText),
        ("system", Field::MaybeText),
        ("unrestricted", Field::MaybeBool),
    ],
)
.closed();

routes! { pub(super),
    "/v3/users/{user_id}/application_credentials" => GET list, POST create;
    "/v3/users/{user_id}/application_credentials/{credential_id}" => GET show, DELETE delete;
    "/v3/users/{user_id}/access_rules" => GET list_rules;
    "/v3/users/{user_id}/access_rules/{rule_id}" => GET show_rule, DELETE delete_rule;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let user = call.param("user_id");
    let caller = call.require("list_application_credentials", TargetAttrs::nothing())?;
    caller.refuse_delegated_but_application_credentials()?;
    let own = store
        .application_credentials
        .iter()
        .filter(|credential| credential.is("user_id", user));
    KIND.list(call, own)
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    let user = call.param("user_id");
    let caller = call.require("create_application_credential", TargetAttrs::nothing())?;
    caller.refuse_delegated_but_application_credentials()?;
    caller.refuse_restricted()?;
    let secret = text(&fields, "secret").map_or_else(ids::secret, ToOwned::to_owned);
    fields.remove("secret");
    settle(&mut fields, caller, store, call.now)?;
    refuse_taken_name(name_of(&fields), user, store)?;
    let credential = Record::new(&ids::resource(), fields);
    let shown = credential.with("secret", secret.as_str());
    store.secrets.insert(credential.id().to_owned(), secret);
    store.application_credentials.put(credential);
    KIND.respond_created(call, &shown)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let (credential, _) = find("get_application_credential", call, store)?;
    KIND.respond(call, credential?)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let (credential, caller) = find("delete_application_credential", call, store)?;
    caller.refuse_restricted()?;
    let id = credential?.id().to_owned();
    store.application_credentials.remove(&id)?;
    store.secrets.remove(&id);
    no_content()
}

fn list_rules(call: &Call, store: &mut Store) -> HandlerResult {
    let user = call.param("user_id");
    require_for_rules("list_access_rules", call, store)?;
    let own = store
        .access_rules
        .iter()
        .filter(|rule| rule.is("user_id", user));
    RULES.list(call, own.map(|rule| rule.without("user_id")))
}

fn show_rule(call: &Call, store: &mut Store) -> HandlerResult {
    require_for_rules("get_access_rule", call, store)?;
    let rule = find_rule(call, store)?;
    RULES.respond(call, &rule.without("user_id"))
}

fn delete_rule(call: &Call, store: &mut Store) -> HandlerResult {
    require_for_rules("delete_access_rule", call, store)?;
    let id = find_rule(call, store)?.id();
    let used = |credential: &Record| credential.ids("access_rules").contains(&id);
    if store.application_credentials.find(used).is_some() {
        return Err(ApiError::forbidden(format!(
            "Access rule {id} is in use by an application credential."
        )));
    }
    store.access_rules.remove(call.param("rule_id"))?;
    no_content()
}

/// Fills in what the request left out, and puts whole roles and rules in the place of references.
fn settle(
    fields: &mut Object,
    caller: &Caller,
    store: &mut Store,
    now: Timestamp,
) -> Result<(), ApiError> {
    let roles = delegated_roles(fields, caller, store)?;
    let expires = read_future(fields.get("expires_at"), now)?.map(without_zone);
    fields.extend(object(json!({
        "expires_at": expires,
        "project_id": caller.project(),
        "user_id": caller.user_id,
        "system": null,
        "roles": roles,
    })));
    default(fields, "description", Value::Null);
    default(fields, "unrestricted", Value::Null);
    if let Some(Value::Array(rules)) = fields.remove("access_rules") {
        let rules: Vec<Value> = rules
            .iter()
            .map(|rule| keep_rule(rule, &caller.user_id, store))
            .collect();
        fields.insert("access_rules".into(), rules.into());
    }
    Ok(())
}

/// The roles that are asked for, with what they imply, or all of the caller's. The caller's are
/// those of its token, so that a part of the roles is not delegated as all of them.
fn delegated_roles(
    fields: &Object,
    caller: &Caller,
    store: &Store,
) -> Result<Vec<Value>, ApiError> {
    let held = store.token_roles(&caller.token);
    let whole = match fields.get("roles").and_then(Value::as_array) {
        Some(roles) if !roles.is_empty() => with_implied(roles, store)?,
        _ => held.clone(),
    };
    if whole.iter().any(|role| !held.contains(role)) {
        return Err(ApiError::bad(
            "Invalid application credential: Cannot create an application credential with unassigned role",
        ));
    }
    let roles = whole.iter().filter_map(|id| store.roles.lookup(id));
    Ok(roles
        .map(|role| Value::Object(role.fields().clone()))
        .collect())
}

fn with_implied(roles: &[Value], store: &Store) -> Result<Vec<String>, ApiError> {
    let mut whole: Vec<String> = Vec::new();
    for role in roles {
        // An unknown id is as good as a role that the caller lacks; an unknown name is not.
        let id = match role.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => role_id(role, store)?,
        };
        for (role, _) in store.implied_closure(&id) {
            if !whole.contains(&role) {
                whole.push(role);
            }
        }
    }
    Ok(whole)
}

/// A role that is named by id or name.
pub(super) fn role_id(role: &Value, store: &Store) -> Result<String, ApiError> {
    if let Some(id) = role.get("id").and_then(Value::as_str) {
        return store.roles.get(id).map(|role| role.id().to_owned());
    }
    let name = role.get("name").and_then(Value::as_str).unwrap_or_default();
    let global = |role: &Record| role.is("name", name) && role.text("domain_id").is_none();
    let role = store.roles.find(global);
    role.map(|role| role.id().to_owned())
        .ok_or_else(|| ApiError::not_found(format!("Role {name} is not defined")))
}

/// Equal rules of a user are one.
fn keep_rule(rule: &Value, user: &str, store: &mut Store) -> Value {
    let field = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
    let same = |other: &Record| {
        other.is("user_id", user)
            && ["service", "path", "method"]
                .iter()
                .all(|name| other.is(name, field(name)))
    };
    let id = store
        .access_rules
        .find(same)
        .map_or_else(ids::resource, |known| known.id().to_owned());
    let mut fields = Object::new();
    for name in ["service", "path", "method"] {
        fields.insert(name.into(), field(name).into());
    }
    let shown = Record::new(&id, fields);
    store.access_rules.put(shown.with("user_id", user));
    Value::Object(shown.into_fields())
}

fn refuse_taken_name(name: &str, user: &str, store: &Store) -> Result<(), ApiError> {
    let same = |other: &Record| other.is("name", name) && other.is("user_id", user);
    let other = store.application_credentials.find(same);
    refuse_taken("application_credential", other, "", |_| {
        format!("Duplicate entry found with name {name}")
    })
}

/// The application credential of the path, or a 404, and the caller, who may do this to it. Its
/// owner counts, whatever user the path names.
fn find<'a>(
    action: &str,
    call: &'a Call,
    store: &'a Store,
) -> Result<(Result<&'a Record, ApiError>, &'a Caller), ApiError> {
    let credential = store
        .application_credentials
        .get(call.param("credential_id"));
    let owner = credential
        .as_ref()
        .ok()
        .and_then(|credential| credential.text("user_id"));
    let target = owner.iter().fold(TargetAttrs::nothing(), |target, owner| {
        target.part("user_id", owner)
    });
    let caller = call.require(action, target)?;
    caller.refuse_delegated_but_application_credentials()?;
    Ok((credential, caller))
}

fn require_for_rules(action: &str, call: &Call, store: &Store) -> Result<(), ApiError> {
    let user = store.users.lookup(call.param("user_id"));
    let caller = call.require(action, TargetAttrs::some("user", user))?;
    caller.refuse_delegated_but_application_credentials()
}

/// The rule of the path, which must be of the user of the path.
fn find_rule<'a>(call: &Call, store: &'a Store) -> Result<&'a Record, ApiError> {
    let id = call.param("rule_id");
    let rule = store.access_rules.get(id)?;
    if rule.is("user_id", call.param("user_id")) {
        Ok(rule)
    } else {
        Err(ApiError::missing("access rule", id))
    }
}
