//! Whether a token still holds.

use std::time::Duration;

use jiff::Timestamp;

use super::project_of;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::store::{Record, Scope, Store, Token};
use crate::v3::access_rules;

/// How long an expired token can still be looked at with `allow_expired`.
const EXPIRED_WINDOW: Duration = Duration::from_hours(48);

/// 404 unless the token is valid now: not expired, its user and scope enabled, and its roles
/// still there.
pub(super) fn check(
    store: &Store,
    token: &Token,
    now: Timestamp,
    allow_expired: bool,
) -> Result<(), Refusal> {
    let grace = if allow_expired {
        EXPIRED_WINDOW
    } else {
        Duration::ZERO
    };
    let end = token
        .expires_at
        .saturating_add(grace)
        .unwrap_or(Timestamp::MAX);
    let user = store.users.get(&token.user_id)?;
    if end <= now || !store.is_active_user(user) {
        return Err(failed());
    }
    if let Some(id) = &token.application_credential {
        store.application_credentials.get(id)?;
    }
    check_scope(store, token)?;
    if token.scope != Scope::Unscoped && store.token_roles(token).is_empty() {
        return Err(failed());
    }
    Ok(())
}

/// 401 when the caller's application credential has access rules, and none allows this call.
pub(super) fn check_access_rules(store: &Store, token: &Token, call: &Call) -> Result<(), Refusal> {
    let rules = token
        .application_credential
        .as_ref()
        .and_then(|id| access_rules_of(store, id));
    match rules {
        Some(rules) if !access_rules::allow(&rules, call) => Err(Refusal::unauthorized()),
        _ => Ok(()),
    }
}

/// 404 for a token with access rules when the asking service does not say that it honours them.
pub(super) fn check_access_rules_are_understood(
    store: &Store,
    token: &Token,
    call: &Call,
) -> Result<(), Refusal> {
    let has_rules = token
        .application_credential
        .as_ref()
        .and_then(|id| access_rules_of(store, id))
        .is_some();
    let version = call
        .header("openstack-identity-access-rules")
        .and_then(|text| text.parse::<f64>().ok());
    if has_rules && !version.is_some_and(|version| version >= 1.0) {
        Err(failed())
    } else {
        Ok(())
    }
}

fn access_rules_of(store: &Store, id: &str) -> Option<Vec<Record>> {
    let credential = store.application_credentials.look(id)?;
    credential.get("access_rules")?;
    let ids = credential.ids("access_rules").into_iter();
    Some(
        ids.filter_map(|id| store.access_rules.look(id))
            .cloned()
            .collect(),
    )
}

fn check_scope(store: &Store, token: &Token) -> Result<(), Refusal> {
    if let Scope::Trust(id) = &token.scope {
        let trust = store.trusts.get(id)?;
        let trustor = store
            .users
            .get(trust.text("trustor_user_id").unwrap_or_default())?;
        if !store.is_active_user(trustor) {
            return Err(failed());
        }
    }
    let usable = match &token.scope {
        Scope::Domain(id) => store.is_active_domain(id),
        scope => project_of(store, scope).is_none_or(|id| is_usable_project(store, id)),
    };
    if usable { Ok(()) } else { Err(failed()) }
}

fn is_usable_project(store: &Store, id: &str) -> bool {
    let project = store
        .projects
        .look(id)
        .is_some_and(|project| store.is_active_project(project));
    project || store.is_active_domain(id)
}

fn failed() -> Refusal {
    Refusal::not_found("Failed to validate token")
}
