//! The body of a token.

use serde_json::{Value, json};

use crate::store::{Object, Record, Scope, Store, Token, object};
use crate::v3::catalog;
use crate::v3::times::with_zone;

/// `{token: {..}}`, with the catalog when the token is scoped and `with_catalog` says so.
pub(crate) fn render(store: &Store, token: &Token, with_catalog: bool) -> Value {
    let user = store.acting_user(token);
    let mut body = Object::new();
    body.insert("methods".into(), json!(token.methods));
    body.insert("user".into(), show_user(store, &user));
    body.insert("audit_ids".into(), json!(token.audit_ids));
    body.insert("expires_at".into(), with_zone(token.expires_at).into());
    body.insert("issued_at".into(), with_zone(token.issued_at).into());
    add_scope(store, token, &mut body);
    if let Some(credential) = &token.application_credential {
        add_application_credential(store, credential, &mut body);
    }
    if let Some(id) = &token.access_token {
        let consumer = store.access_tokens.lookup(id);
        let consumer = consumer.and_then(|access| access.text("consumer_id"));
        let shown = json!({ "access_token_id": id, "consumer_id": consumer });
        body.insert("OS-OAUTH1".into(), shown);
    }
    if with_catalog && token.scope != Scope::Unscoped {
        let catalog = catalog::of(store, store.project_of(&token.scope), &user);
        body.insert("catalog".into(), catalog);
    }
    json!({ "token": body })
}

/// A user as tokens and receipts name it.
pub(super) fn name_user(store: &Store, id: &str) -> Object {
    let mut shown = Object::new();
    let Some(user) = store.users.lookup(id) else {
        return shown;
    };
    shown.insert("domain".into(), show_domain(store, user.domain()));
    shown.insert("id".into(), id.into());
    shown.insert("name".into(), user.get("name").cloned().unwrap_or_default());
    shown
}

fn show_user(store: &Store, id: &str) -> Value {
    let mut shown = name_user(store, id);
    let user = store.users.lookup(id);
    let expires = user.and_then(|user| user.get("password_expires_at"));
    shown.insert("password_expires_at".into(), json!(expires));
    Value::Object(shown)
}

fn show_domain(store: &Store, id: &str) -> Value {
    store.domains.lookup(id).map_or(Value::Null, Record::named)
}

fn add_scope(store: &Store, token: &Token, body: &mut Object) {
    match &token.scope {
        Scope::Unscoped => return,
        Scope::Domain(id) => {
            body.insert("domain".into(), show_domain(store, id));
        }
        Scope::System => {
            body.insert("system".into(), json!({ "all": true }));
        }
        Scope::Project(id) => {
            let is_domain = add_project(store, id, body);
            body.insert("is_domain".into(), is_domain.into());
        }
        Scope::Trust(id) => add_trust(store, id, body),
    }
    let full = matches!(token.scope, Scope::Trust(_));
    body.insert("roles".into(), show_roles(store, token, full));
}

/// Returns whether the project acts as a domain.
fn add_project(store: &Store, id: &str, body: &mut Object) -> bool {
    let Some(project) = store.project_or_domain(id) else {
        return false;
    };
    let domain = project
        .text("domain_id")
        .map_or(Value::Null, |id| show_domain(store, id));
    let shown = json!({ "domain": domain, "id": id, "name": project.get("name") });
    body.insert("project".into(), shown);
    project.flag("is_domain")
}

fn add_trust(store: &Store, id: &str, body: &mut Object) {
    let Some(trust) = store.trusts.lookup(id) else {
        return;
    };
    let shown = json!({
        "id": id,
        "trustor_user": { "id": trust.get("trustor_user_id") },
        "trustee_user": { "id": trust.get("trustee_user_id") },
        "impersonation": trust.get("impersonation"),
    });
    body.insert("OS-TRUST:trust".into(), shown);
    if let Some(project) = trust.text("project_id") {
        add_project(store, project, body);
    }
}

/// Trust tokens carry whole roles, all others only `{id, name}`.
fn show_roles(store: &Store, token: &Token, full: bool) -> Value {
    let roles = store.token_roles(token);
    let roles = roles.iter().filter_map(|id| store.roles.lookup(id));
    roles
        .map(|role| {
            if full {
                Value::Object(role.fields().clone())
            } else {
                role.named()
            }
        })
        .collect()
}

fn add_application_credential(store: &Store, id: &str, body: &mut Object) {
    let Some(credential) = store.application_credentials.lookup(id) else {
        return;
    };
    let mut shown = object(json!({
        "id": id,
        "name": credential.get("name"),
        "restricted": !credential.flag("unrestricted"),
    }));
    if let Some(rules) = credential.get("access_rules") {
        shown.insert("access_rules".into(), rules.clone());
    }
    body.insert("application_credential".into(), shown.into());
}
