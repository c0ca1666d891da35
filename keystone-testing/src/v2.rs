//! The Identity API v2.0 of old deployments: tokens and tenants, in the domain `default`.
//!
//! Source: Identity API v2.0, "Authenticate for admin API", "List tenants", "Show version details".

use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::call::Call;
use crate::route::{HandlerResult, ok, routes};
use crate::store::{Object, Record, Store, Token, object};
use crate::v3::auth;

/// All that v2.0 knows lives here.
const DOMAIN: &str = "default";

routes! { pub(crate),
    "/v2.0" => GET version;
    "/v2.0/tokens" => POST issue;
    "/v2.0/tenants" => GET tenants;
}

fn version(call: &Call, _: &mut Store) -> HandlerResult {
    ok(json!({ "version": describe(call) }))
}

/// The API in version documents.
pub(crate) fn describe(call: &Call) -> Value {
    json!({
        "id": "v2.0",
        "status": "deprecated",
        "updated": "2016-08-04T00:00:00Z",
        "links": [{ "rel": "self", "href": format!("{}/v2.0/", call.base()) }],
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v2.0+json",
        }],
    })
}

fn issue(call: &Call, store: &mut Store) -> HandlerResult {
    let request = as_v3(call.body())?;
    let (id, token) = auth::grant(&call.with_body(request), store)?;
    ok(show(store, &id, &token))
}

/// The same request as v3 has it.
fn as_v3(body: &Object) -> Result<Object, ApiError> {
    let auth = body.get("auth").and_then(Value::as_object);
    let auth = auth.ok_or_else(|| ApiError::expecting("auth", "request body"))?;
    let mut request = object(json!({ "identity": identity(auth)? }));
    if let Some(scope) = scope(auth) {
        request.insert("scope".into(), scope);
    }
    Ok(object(json!({ "auth": request })))
}

fn identity(auth: &Object) -> Result<Value, ApiError> {
    if let Some(token) = auth.get("token") {
        return Ok(json!({ "methods": ["token"], "token": { "id": token.get("id") } }));
    }
    let given = auth.get("passwordCredentials");
    let given = given.ok_or_else(|| ApiError::expecting("passwordCredentials or token", "auth"))?;
    let password = given.get("password");
    let user = match (given.get("userId"), given.get("username")) {
        (Some(id), None) => json!({ "id": id, "password": password }),
        (None, Some(name)) => {
            json!({ "name": name, "domain": { "id": DOMAIN }, "password": password })
        }
        _ => {
            let expected = "username or userId";
            return Err(ApiError::expecting(expected, "passwordCredentials"));
        }
    };
    Ok(json!({ "methods": ["password"], "password": { "user": user } }))
}

fn scope(auth: &Object) -> Option<Value> {
    if let Some(id) = auth.get("trust_id") {
        return Some(json!({ "OS-TRUST:trust": { "id": id } }));
    }
    let project = match (auth.get("tenantId"), auth.get("tenantName")) {
        (Some(id), _) => json!({ "id": id }),
        (None, Some(name)) => json!({ "name": name, "domain": { "id": DOMAIN } }),
        (None, None) => return None,
    };
    Some(json!({ "project": project }))
}

/// `{access: {..}}`: what v3 says of the token, in other words.
fn show(store: &Store, id: &str, token: &Token) -> Value {
    let body = auth::render(store, token, true);
    let v3 = at(&body, "/token");
    let mut shown = object(json!({
        "id": id,
        "expires": whole_seconds(&at(&v3, "/expires_at")),
        "issued_at": at(&v3, "/issued_at"),
        "audit_ids": at(&v3, "/audit_ids"),
    }));
    let project = at(&v3, "/project/id");
    if let Some(project) = project.as_str().and_then(|id| store.project_or_domain(id)) {
        shown.insert("tenant".into(), tenant(&project));
    }
    let roles = at(&v3, "/roles");
    let names: Vec<_> = items(&roles)
        .map(|role| json!({ "name": at(role, "/name") }))
        .collect();
    let ids: Vec<_> = items(&roles).map(|role| at(role, "/id")).collect();
    let mut access = json!({
        "token": shown,
        "user": {
            "id": at(&v3, "/user/id"),
            "name": at(&v3, "/user/name"),
            "username": at(&v3, "/user/name"),
            "roles": names,
            "roles_links": [],
        },
        "metadata": { "is_admin": 0, "roles": ids },
        "serviceCatalog": items(&at(&v3, "/catalog")).map(service).collect::<Vec<_>>(),
    });
    if let (Some(trust), Some(access)) = (v3.get("OS-TRUST:trust"), access.as_object_mut()) {
        access.insert("trust".into(), show_trust(trust));
    }
    json!({ "access": access })
}

fn show_trust(trust: &Value) -> Value {
    json!({
        "id": at(trust, "/id"),
        "impersonation": at(trust, "/impersonation"),
        "trustor_user_id": at(trust, "/trustor_user/id"),
        "trustee_user_id": at(trust, "/trustee_user/id"),
    })
}

/// One endpoint per region, with an address for each interface.
fn service(v3: &Value) -> Value {
    let mut endpoints: Vec<Object> = Vec::new();
    for one in items(&at(v3, "/endpoints")) {
        let region = at(one, "/region");
        let key = format!("{}URL", at(one, "/interface").as_str().unwrap_or_default());
        let mut known = endpoints.iter_mut();
        match known.find(|known| known.get("region") == Some(&region)) {
            Some(known) => _ = known.insert(key, at(one, "/url")),
            None => endpoints.push(object(
                json!({ "id": at(one, "/id"), "region": region, key: at(one, "/url") }),
            )),
        }
    }
    json!({
        "type": at(v3, "/type"),
        "name": at(v3, "/name"),
        "endpoints": endpoints,
        "endpoints_links": [],
    })
}

/// What stands at a JSON pointer, or null.
fn at(value: &Value, pointer: &str) -> Value {
    value.pointer(pointer).cloned().unwrap_or_default()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The projects on which the caller has a role.
fn tenants(call: &Call, store: &mut Store) -> HandlerResult {
    let user = &call.caller()?.user_id;
    let projects = store.projects_of(user).into_iter();
    let tenants: Vec<_> = projects
        .filter(|project| store.is_active_project(project) && project.is("domain_id", DOMAIN))
        .map(tenant)
        .collect();
    ok(json!({ "tenants": tenants, "tenants_links": [] }))
}

fn tenant(project: &Record) -> Value {
    json!({
        "id": project.id(),
        "name": project.get("name"),
        "description": project.get("description"),
        "enabled": project.flag("enabled"),
    })
}

fn whole_seconds(time: &Value) -> String {
    let text = time.as_str().unwrap_or_default();
    let whole = text.split('.').next().unwrap_or_default();
    format!("{}Z", whole.trim_end_matches('Z'))
}
